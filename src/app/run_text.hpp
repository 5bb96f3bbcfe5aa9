// SPDX-License-Identifier: Apache-2.0
// What a person reads about a model and a run.
#pragma once

#include <filesystem>
#include <string>

#include "summary.hpp"

namespace osteon::app {

/// One material in words: law and its source.
std::string material_line(const Material& material);

/// One load case in words: type, axis, size, number of nodes held and loaded.
std::string load_case_line(const ResolvedLoadCase& load_case);

/// Reaction, failure load and risk of one load case.
std::string result_lines(const Case& wanted, const LoadCaseResult& result);

/// The model before solving: what --dry-run prints. `together`: load cases solved at once.
std::string model_text(const Case& wanted, const RunRecord& record, const BoneModel& model, int together);

/// The end of a run: the main numbers and the files to open.
std::string run_summary(const Case& wanted, const RunRecord& record, const BoneModel& model, const Analysis& analysis,
                        const std::filesystem::path& folder);

}  // namespace osteon::app
