// SPDX-License-Identifier: Apache-2.0
// [strength] within `osteon regenerate`: the bone of a day loaded beyond yield.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "analysis.hpp"
#include "osteon/regenerate/regeneration.hpp"

namespace osteon::app {

/// Strength of one day, of the whole bone without its fixator.
struct DayStrength {
  bool completed = false;
  std::string failure;
  double initial_stiffness_n_per_mm = 0;
  std::optional<CurveMark> offset_yield;
  CurveMark ultimate;
  bool ultimate_is_peak = false;
  std::string first_yield_material;
  double seconds = 0;
};

/// True on the days of strength.days; where there are none, on the last.
bool strength_is_due(const Case& wanted, double day, bool last);

/// Voxels of materials with a role yield as bone does where the material is evaluated, else they stay elastic: no yield
/// strain is calibrated for healing tissue.
DayStrength day_strength(const Case& wanted, const ElasticModel& model, const ResolvedLoadCase& load_case,
                         Device& device, Monitor& monitor);

nlohmann::ordered_json day_strength_json(const DayStrength& strength);

}  // namespace osteon::app
