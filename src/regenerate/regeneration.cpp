// SPDX-License-Identifier: Apache-2.0
#include "osteon/regenerate/regeneration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "biology.hpp"
#include "bone_solve.hpp"
#include "osteon/core/error.hpp"
#include "placement.hpp"
#include "saved_state.hpp"

namespace osteon {

namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Unit laws over the range of the tissues' Poisson's ratios behind the model's own; returns the first new entry.
int add_mixture_laws(MaterialField& material, const HealingParameters& h) {
  const int first = static_cast<int>(material.palette.size());
  if (h.poisson_levels < 1 || first + h.poisson_levels > 256)
    throw UsageError(
        fmt::format("poisson_levels = {} with {} materials needs more than 256 elastic laws", h.poisson_levels, first));
  const auto [low, high] = std::minmax_element(h.poisson_ratio.begin(), h.poisson_ratio.end());
  const double from = std::min(*low, h.granulation_poisson), to = std::max(*high, h.granulation_poisson);
  for (int level = 0; level < h.poisson_levels; ++level) {
    const double share = h.poisson_levels > 1 ? static_cast<double>(level) / (h.poisson_levels - 1) : 0;
    material.palette.push_back(isotropic_elasticity(1, from + share * (to - from)));
  }
  return first;
}

}  // namespace

struct Regeneration::Impl {
  ElasticModel& model;
  RegenerationSettings settings;
  int palette_first;
  SiteGrid sites;
  Biology biology;
  BoneSolve bone;
  std::vector<std::uint32_t> gap_sites;
  int step = 0;
  double day = 0;

  Impl(Device& device, ElasticModel& model_in, const ResolvedLoadCase& load_case,
       const RegenerationSettings& settings_in)
      : model(model_in),
        settings(settings_in),
        palette_first(add_mixture_laws(model.material, settings.healing)),
        sites(device, model, settings.regions),
        biology(device, sites, model, settings, palette_first),
        bone(device, model, load_case, sites, settings) {
    if (settings.healing.level == HealingLevel::a0 && !settings.deliveries.empty())
      throw UsageError("level a0 knows no delivered cells; use level = \"a1\"");
    if (!(load_case.applied_displacement_mm != 0))
      throw UsageError(
          "regenerate needs a load case that moves one end along its axis; the force comes from "
          "regenerate.force_n");
    for (const Delivery& d : settings.deliveries) placement(d, sites, model, settings.regions);  // reaches sites?
    follow_tissue();
  }

  /// Stiffness of today's tissue into the model and the solver.
  void follow_tissue() {
    std::vector<float> modulus;
    std::vector<std::uint8_t> palette;
    biology.material(day, modulus, palette);
    for (std::size_t s = 0; s < modulus.size(); ++s)
      if (!(modulus[s] > 0) || !std::isfinite(modulus[s]))
        throw SimulationError(fmt::format("day {:g}: Young's modulus of a regenerating voxel is {}", day, modulus[s]));
    bone.set_material(modulus, palette);
  }

  void describe_tissue(RegenerationStep& record) const {
    const std::size_t n = sites.count();
    const std::vector<double> tissues = biology.tissues().to_host();
    const Vec3& h = model.mesh->spacing_mm();
    const double volume = h[0] * h[1] * h[2];
    double bone_sum = 0, gap_sum = 0;
    for (std::size_t t = 0; t < k_tissue_kinds; ++t) {
      double sum = 0;
      for (std::size_t s = 0; s < n; ++s) sum += tissues[t * n + s];
      record.tissue_mm3[t] = volume * sum;
      if (t >= kernels::k_woven) bone_sum += sum;
    }
    record.callus_bone_fraction = bone_sum / static_cast<double>(n);
    for (const std::uint32_t s : gap_sites)
      gap_sum += tissues[kernels::k_woven * n + s] + tissues[kernels::k_lamellar * n + s];
    if (!gap_sites.empty()) record.gap_bone_fraction = gap_sum / static_cast<double>(gap_sites.size());
    const std::vector<double> now = biology.totals_now();
    for (int p = 0; p < biology.populations(); ++p)
      record.cells.emplace_back(biology.population_name(p), now[static_cast<std::size_t>(p)]);
    record.cohorts = biology.balances();
    record.host_balance_error = biology.host_balance_error();
  }

  template <class Values>
  std::vector<float> on_elements(const Values& values, std::size_t first, double factor) const {
    std::vector<float> out(model.mesh->element_count(), 0.0f);
    for (std::size_t s = 0; s < sites.count(); ++s)
      out[sites.elements()[s]] = static_cast<float>(factor * static_cast<double>(values[first + s]));
    return out;
  }
};

Regeneration::Regeneration(Device& device, ElasticModel& model, const ResolvedLoadCase& load_case,
                           const RegenerationSettings& settings)
    : impl_(std::make_unique<Impl>(device, model, load_case, settings)) {}

Regeneration::~Regeneration() = default;

void Regeneration::set_gap_box(const std::array<double, 6>& box_mm) {
  impl_->gap_sites.clear();
  for (std::size_t s = 0; s < impl_->sites.count(); ++s) {
    const Vec3 at = impl_->sites.centre_mm(s);
    bool inside = true;
    for (std::size_t d = 0; d < 3; ++d) inside = inside && at[d] >= box_mm[2 * d] && at[d] <= box_mm[2 * d + 1];
    if (inside) impl_->gap_sites.push_back(static_cast<std::uint32_t>(s));
  }
  if (impl_->gap_sites.empty()) throw UsageError("regenerate.gap_box_mm holds no regenerating voxel");
}

double Regeneration::day() const { return impl_->day; }
int Regeneration::step_number() const { return impl_->step; }
bool Regeneration::finished() const { return impl_->day >= impl_->settings.days - 1e-9; }
std::size_t Regeneration::site_count() const { return impl_->sites.count(); }
const std::vector<std::uint32_t>& Regeneration::site_elements() const { return impl_->sites.elements(); }
const std::vector<double>& Regeneration::displacement_mm() const { return impl_->bone.displacement_mm(); }

RegenerationStep Regeneration::solve_bone(Monitor& monitor) {
  Impl& s = *impl_;
  RegenerationStep record;
  record.number = s.step;
  record.day = s.day;
  s.biology.deliver(s.day, s.settings.step_days, monitor);
  const auto start = std::chrono::steady_clock::now();
  s.bone.solve(s.biology, record, monitor);
  record.mechanics_s = seconds_since(start);
  s.describe_tissue(record);
  if (record.overstrained_sites > 0)
    monitor.note(
        fmt::format("day {:g}: {} of {} regenerating voxels are strained beyond {:g} %, where a linear solve "
                    "is only indicative",
                    s.day, record.overstrained_sites, s.sites.count(), 100 * s.settings.strain_limit));
  return record;
}

void Regeneration::grow(RegenerationStep& step) {
  Impl& s = *impl_;
  const auto start = std::chrono::steady_clock::now();
  s.biology.advance(s.day, s.settings.step_days, s.bone.fate());
  ++s.step;
  s.day = s.step * s.settings.step_days;
  s.biology.check(s.day);
  s.follow_tissue();
  step.biology_s = seconds_since(start);
}

std::vector<RegenerationField> Regeneration::fields() const {
  const Impl& s = *impl_;
  const std::size_t n = s.sites.count();
  std::vector<RegenerationField> out;
  const std::vector<double> cells = s.biology.cells().to_host(), tissues = s.biology.tissues().to_host();
  const double density = s.settings.healing.saturation_cells_per_mm3;
  for (int p = 0; p < s.biology.populations(); ++p)
    out.push_back({"Cells_" + s.biology.population_name(p), "cells/mm3",
                   s.on_elements(cells, static_cast<std::size_t>(p) * n, density)});
  for (std::size_t t = 0; t < k_tissue_kinds; ++t)
    out.push_back({std::string("Tissue_") + tissue_name(static_cast<int>(t)), "1", s.on_elements(tissues, t * n, 1)});
  out.push_back({"Stimulus", "1", s.on_elements(s.bone.stimulus(), 0, 1)});
  if (!s.biology.oxygen().empty())
    out.push_back({"Oxygen", "mol/m3", s.on_elements(s.biology.oxygen().to_host(), 0, 1)});
  if (s.settings.scaffold.volume_fraction > 0 || s.settings.scaffold.modulus_mpa > 0)
    out.push_back({"Scaffold", "1", s.on_elements(s.biology.scaffold(), 0, s.biology.scaffold_left(s.day))});
  return out;
}

RegenerationState Regeneration::save() const {
  RegenerationState state;
  state.step = impl_->step;
  state.day = impl_->day;
  impl_->biology.save(state);
  impl_->bone.save(state);
  return state;
}

void Regeneration::restore(const RegenerationState& state, Monitor& monitor) {
  impl_->biology.restore(state);
  impl_->bone.restore(state);
  impl_->step = state.step;
  impl_->day = state.day;
  impl_->follow_tissue();
  impl_->bone.restore_solver(state, monitor);
}

}  // namespace osteon
