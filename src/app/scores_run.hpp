// SPDX-License-Identifier: Apache-2.0
// [patient], [scores] and [risk.probability] of `osteon solve`: settings, what follows from the analysis, its share of
// summary and result file.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "analysis.hpp"

namespace osteon::app {

/// After the solves: fields FailureProbability, and the scores of the load case asked for.
void run_score_part(const Case& wanted, const BoneModel& model, Monitor& monitor, Analysis& analysis);

nlohmann::ordered_json scores_json(const ScoredBone& bone);
nlohmann::ordered_json probability_json(const Case& wanted, const std::vector<StructureRisk>& probability);

/// For the terminal and the log; empty without scores and probability.
std::string score_lines(const Analysis& analysis);

}  // namespace osteon::app
