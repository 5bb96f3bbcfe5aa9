// SPDX-License-Identifier: Apache-2.0
// The [falls] part of `osteon solve`: strength in every direction, the share of falls that break the bone, and what is
// written of both.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis.hpp"
#include "unit_loads.hpp"

namespace osteon::app {

/// After the load cases. Directions known when an interrupt comes stay in `analysis`.
void run_falls_part(const Case& wanted, const BoneModel& model, UnitLoadCache& unit_loads, StageTimes& times,
                    Monitor& monitor, Analysis& analysis);

nlohmann::ordered_json falls_json(const Case& wanted, const FallsResult& falls);

/// "angle_1_deg,angle_2_deg,direction_x,..." and a line per direction.
std::string falls_csv(const FallsResult& falls);

/// For the terminal and the log; empty without [falls].
std::string falls_lines(const Analysis& analysis);

/// Not asked for, or had.
bool falls_completed(const Case& wanted, const Analysis& analysis);

}  // namespace osteon::app
