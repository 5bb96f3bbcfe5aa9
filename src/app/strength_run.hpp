// SPDX-License-Identifier: Apache-2.0
// The [strength] part of `osteon solve`: settings from the case, the run, and its share of summary and result file.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis.hpp"

namespace osteon::app {

/// Runs the load case asked for, after the linear solve, and adds fields PlasticStrain, Failed and, with damage,
/// Damage. The curve so far stays in `analysis` when an interrupt comes.
void run_strength_part(const Case& wanted, const BoneModel& model, Device& device, StageTimes& times, Monitor& monitor,
                       Analysis& analysis);

nlohmann::ordered_json strength_json(const Case& wanted, const StrengthResult& result, const MaterialField& material);

/// For the terminal and the log.
std::string strength_lines(const StrengthResult& result);

/// Not asked for, or run to the end.
bool strength_completed(const Case& wanted, const Analysis& analysis);

}  // namespace osteon::app
