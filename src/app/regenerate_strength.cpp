// SPDX-License-Identifier: Apache-2.0
#include "regenerate_strength.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "osteon/core/error.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr double k_same_day = 1e-6;

/// The model with a material for every elastic law of the regenerating voxels: yield laws are made per material, and
/// Poisson's ratio of tissue differs from voxel to voxel. There are as many as elastic laws at most, which fit a byte.
ElasticModel one_law_per_material(const ElasticModel& model, const std::vector<RegionRole>& regions) {
  ElasticModel split = model;
  MaterialField& m = split.material;
  std::map<std::pair<int, int>, std::uint8_t> numbers;  // material and elastic law to the new material
  for (std::size_t e = 0; e < m.material_index.size(); ++e) {
    const std::uint8_t of = model.material.material_index[e];
    if (regions[of].kind == RegionRole::Kind::inert) continue;
    const auto [place, is_new] = numbers.try_emplace({of, m.palette_index[e]}, std::uint8_t{0});
    if (is_new) {
      if (m.materials.size() >= 256)
        throw UsageError(
            "strength: more than 256 elastic laws in the regenerating tissue; set evaluate = false for one "
            "of its materials");
      place->second = static_cast<std::uint8_t>(m.materials.size());
      m.materials.push_back(model.material.materials[of]);
    }
    m.material_index[e] = place->second;
  }
  return split;
}

Json mark_json(const CurveMark& mark) {
  return {{"force_n", mark.force}, {"displacement_mm", mark.displacement}, {"work_mj", mark.work_mj}};
}

/// From the part of the bone that is meshed to the whole: forces by its section, displacements by its halves.
void make_whole(CurveMark& mark, double halves, double section_fraction) {
  mark.force /= section_fraction;
  mark.displacement *= halves;
  mark.work_mj *= halves / section_fraction;
}

}  // namespace

bool strength_is_due(const Case& wanted, double day, bool last) {
  if (!wanted.strength) return false;
  const std::vector<double>& days = wanted.strength->days;
  if (days.empty()) return last;
  return std::any_of(days.begin(), days.end(), [&](double d) { return std::fabs(d - day) < k_same_day; });
}

DayStrength day_strength(const Case& wanted, const ElasticModel& model, const ResolvedLoadCase& load_case,
                         Device& device, Monitor& monitor) {
  Stopwatch watch;
  const ElasticModel split = one_law_per_material(model, wanted.regenerate->settings.regions);
  StrengthResult result;
  run_strength(device, split, load_case, wanted.strength->settings, result, monitor);
  const Fixator& fixator = wanted.regenerate->settings.fixator;
  const double halves = fixator.half_model ? 2 : 1;
  DayStrength strength;
  strength.completed = result.solver.completed;
  strength.failure = result.solver.failure;
  strength.initial_stiffness_n_per_mm = result.initial_stiffness / (fixator.section_fraction * halves);
  strength.offset_yield = result.offset_yield;
  strength.ultimate = result.ultimate;
  strength.ultimate_is_peak = result.ultimate_is_peak;
  if (strength.offset_yield) make_whole(*strength.offset_yield, halves, fixator.section_fraction);
  make_whole(strength.ultimate, halves, fixator.section_fraction);
  if (result.first_yield) strength.first_yield_material = result.first_yield->material;
  strength.seconds = watch.lap();
  return strength;
}

Json day_strength_json(const DayStrength& s) {
  Json json = {{"completed", s.completed}};
  if (!s.failure.empty()) json["failure"] = s.failure;
  json["initial_stiffness_n_per_mm"] = s.initial_stiffness_n_per_mm;
  json["offset_yield"] = s.offset_yield ? mark_json(*s.offset_yield) : Json();
  json["ultimate"] = mark_json(s.ultimate);
  json["ultimate"]["is_peak"] = s.ultimate_is_peak;
  if (!s.first_yield_material.empty()) json["first_yield_material"] = s.first_yield_material;
  json["of"] = "the whole bone without fixator; yield strains are bone's, not calibrated for healing tissue";
  return json;
}

}  // namespace osteon::app
