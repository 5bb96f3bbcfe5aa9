// SPDX-License-Identifier: Apache-2.0
// What a person reads about a model and a run.
#pragma once

#include <filesystem>
#include <string>

#include "summary.hpp"

namespace osteon::app {

/// The model before solving: what --dry-run prints.
std::string model_text(const Case& wanted, const RunRecord& record, const BoneModel& model);

/// The end of a run: the main numbers and the files to open.
std::string run_summary(const Case& wanted, const RunRecord& record, const BoneModel& model, const Analysis& analysis,
                        const std::filesystem::path& folder);

}  // namespace osteon::app
