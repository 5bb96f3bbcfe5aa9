// SPDX-License-Identifier: Apache-2.0
// [risk.probability] of `osteon solve`: its fields, and its share of the summary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis.hpp"
#include "unit_loads.hpp"

namespace osteon::app {

/// After the solves: fields FailureProbability, and with load_direction_deg LoadDirectionLogDeviation.
void run_probability_part(const Case& wanted, const BoneModel& model, UnitLoadCache& unit_loads, Monitor& monitor,
                          Analysis& analysis);

nlohmann::ordered_json probability_json(const Case& wanted, const std::vector<StructureRisk>& probability);

/// For the terminal and the log; empty without probability.
std::string probability_lines(const Analysis& analysis);

/// Not asked for, or had of every load case.
bool probability_completed(const Case& wanted, const Analysis& analysis);

}  // namespace osteon::app
