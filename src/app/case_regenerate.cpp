// SPDX-License-Identifier: Apache-2.0
// [regenerate] and [[therapy]] to RegenerationSettings.
#include <fmt/format.h>

#include <algorithm>

#include "case.hpp"
#include "case_values.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

/// Reads the values of one table by name.
class Reader {
 public:
  explicit Reader(const CaseTable& table) : table_(table) {}
  void operator()(const char* key, double& target) const {
    if (const auto value = table_.number(key)) target = *value;
  }
  void operator()(const char* key, int& target) const {
    if (const auto value = table_.number(key)) target = static_cast<int>(*value);
  }
  void operator()(const char* key, bool& target) const {
    if (const CaseValue* value = table_.find(key)) target = value->flag;
  }
  template <std::size_t Count>
  void operator()(const char* key, std::array<double, Count>& target) const {
    if (const CaseValue* value = table_.find(key)) std::copy_n(value->numbers.begin(), Count, target.begin());
  }

 private:
  const CaseTable& table_;
};

HealingParameters healing_parameters(const CaseTable& table) {
  HealingParameters h;
  const Reader read(table);
  h.level = table.text("level") == "a0" ? HealingLevel::a0 : HealingLevel::a1;
  h.mixture = table.text("mixture") == "linear" ? Mixture::linear : Mixture::cubic;
  h.sharp_windows = table.text("windows") == "sharp";
  const auto& names = kernels::k_stimulus_names;
  h.stimulus = static_cast<Stimulus>(std::find(std::begin(names), std::end(names), *table.text("stimulus")) -
                                     std::begin(names));  // the key table has checked that it is there
  read("hysteresis", h.hysteresis);
  read("mature_below", h.mature_below);
  read("diffusivity_mm2_per_day", h.diffusivity_mm2_per_day);
  read("host_proliferation", h.host_proliferation);
  read("host_death", h.host_death);
  read("differentiation", h.differentiation);
  read("differentiation_from_day", h.differentiation_from_day);
  read("initial_cells", h.initial_cells);
  read("saturation_cells_per_mm3", h.saturation_cells_per_mm3);
  read("proliferation", h.proliferation);
  read("death", h.death);
  read("production", h.production);
  read("lamellar_days", h.lamellar_days);
  read("resorption", h.resorption);
  read("granulation_mpa", h.granulation_mpa);
  read("granulation_poisson", h.granulation_poisson);
  read("modulus_mpa", h.modulus_mpa);
  read("poisson_ratio", h.poisson_ratio);
  read("oxygen", h.oxygen);
  read("oxygen_supply_mol_per_m3", h.oxygen_supply_mol_per_m3);
  read("anoxic_death", h.anoxic_death);
  read("paracrine_gain", h.paracrine_gain);
  read("paracrine_half", h.paracrine_half);
  return h;
}

std::vector<Vec3> points(const CaseTable& table) {
  std::vector<Vec3> result;
  const CaseValue* value = table.find("points_mm");
  if (value == nullptr) return result;
  if (value->numbers.empty() || value->numbers.size() % 3 != 0)
    fail(value->where, "therapy.points_mm must hold points of three numbers: [[x, y, z], ...]");
  for (std::size_t i = 0; i < value->numbers.size(); i += 3)
    result.push_back({value->numbers[i], value->numbers[i + 1], value->numbers[i + 2]});
  return result;
}

Delivery delivery(const CaseTable& table, std::size_t number) {
  Delivery d;
  const Reader read(table);
  d.name = table.text("name").value_or(number == 1 ? "cells" : fmt::format("cells{}", number));
  if (!table.number("cells")) fail(table.where, fmt::format("therapy '{}' does not say how many cells", d.name));
  d.carrier = table.text("carrier") == "implant" ? Carrier::implant : Carrier::injection;
  d.points_mm = points(table);
  if (d.carrier == Carrier::injection && d.points_mm.empty())
    fail(table.where, fmt::format("therapy '{}' is injected and needs points_mm", d.name));
  if (d.carrier == Carrier::implant && !d.points_mm.empty())
    fail(table.find("points_mm")->where, fmt::format("therapy '{}' is implanted: it takes region_label", d.name));
  d.is_path = table.text("shape") != "points";
  d.source = table.text("source") == "adipose" ? CellSource::adipose : CellSource::marrow;
  d.product = table.text("product") == "concentrate" ? CellProduct::concentrate : CellProduct::expanded;
  read("day", d.day);
  read("cells", d.cells);
  read("spread_mm", d.spread_mm);
  read("region_label", d.region_label);
  read("retention", d.retention);
  read("donor", d.donor);
  read("donor_age_years", d.donor_age_years);
  read("passage", d.passage);
  read("proliferation", d.proliferation);
  read("late_proliferation", d.late_proliferation);
  read("capacity_days", d.capacity_days);
  read("differentiation_from_day", d.differentiation_from_day);
  read("survival_weight", d.survival_weight);
  read("survival_fast_days", d.survival_fast_days);
  read("survival_slow_days", d.survival_slow_days);
  read("diffusivity_mm2_per_day", d.diffusivity_mm2_per_day);
  return d;
}

RegionRole region_role(const CaseTable& material) {
  RegionRole role;
  const std::string text = material.text("role").value_or("inert");
  if (text == "callus") role.kind = RegionRole::Kind::callus;
  if (text == "scaffold") role.kind = RegionRole::Kind::scaffold;
  role.cell_source = material.number("cell_source");
  if (role.cell_source && role.kind != RegionRole::Kind::inert)
    fail(material.find("cell_source")->where,
         "cell_source belongs to a material that does not regenerate; cells reach the others through its faces");
  return role;
}

}  // namespace

RegenerateCase build_regenerate_case(const CaseDocument& document, const SolverSettings& solver) {
  RegenerateCase result;
  RegenerationSettings& s = result.settings;
  const CaseTable& table = document.sections.at("regenerate");
  const Reader read(table);
  s.healing = healing_parameters(table);
  s.solver = solver_of_series(solver);
  read("days", s.days);
  read("step_days", s.step_days);
  read("strain_limit", s.strain_limit);
  s.outer_source = table.number("outer_cell_source");
  read("force_n", s.fixator.force_n);
  read("fixator_n_per_mm", s.fixator.stiffness_n_per_mm);
  read("free_play_mm", s.fixator.free_play_mm);
  const std::string fraction = table.text("model_fraction").value_or("full");
  s.fixator.half_model = fraction == "half" || fraction == "eighth";
  s.fixator.section_fraction = fraction == "quarter" || fraction == "eighth" ? 0.25 : 1;
  read("scaffold_mpa", s.scaffold.modulus_mpa);
  read("scaffold_fraction", s.scaffold.volume_fraction);
  read("scaffold_days", s.scaffold.degradation_days);
  read("write_every", result.write_every);
  if (const CaseValue* box = table.find("gap_box_mm")) {
    result.gap_box_mm.emplace();
    std::copy_n(box->numbers.begin(), 6, result.gap_box_mm->begin());
  }
  for (const CaseTable& material : document.materials) s.regions.push_back(region_role(material));
  for (const CaseTable& therapy : document.therapies) {
    s.deliveries.push_back(delivery(therapy, s.deliveries.size() + 1));
    for (std::size_t i = 0; i + 1 < s.deliveries.size(); ++i)
      if (s.deliveries[i].name == s.deliveries.back().name)
        fail(therapy.where, fmt::format("two therapies are called '{}'; give each a name", s.deliveries[i].name));
  }
  return result;
}

}  // namespace osteon::app
