// SPDX-License-Identifier: Apache-2.0
// [patient] and [scores] of `osteon solve`: what follows from the analysis, and its share of the summary.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis.hpp"

namespace osteon::app {

/// After the solves: the scores of the load case asked for.
void run_score_part(const Case& wanted, Monitor& monitor, Analysis& analysis);

nlohmann::ordered_json scores_json(const ScoredBone& bone);

/// For the terminal and the log; empty without scores.
std::string score_lines(const Analysis& analysis);

}  // namespace osteon::app
