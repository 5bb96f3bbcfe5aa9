// SPDX-License-Identifier: Apache-2.0
// What the commands that run a case share: from the command line to a document, and a few facts of the process.
#pragma once

#include <cstddef>
#include <filesystem>
#include <future>
#include <vector>

#include "case_document.hpp"
#include "commands.hpp"
#include "summary.hpp"

namespace osteon::app {

/// Profile, then case file, then the command line; with defaults.
CaseDocument make_document(const SolveOptions& options, Console& console);

/// NAME.osteon in the current folder.
std::filesystem::path default_folder(const std::filesystem::path& input);

std::size_t peak_host_bytes();

/// Hashes of the case's input files, computed beside the work.
std::future<std::vector<InputFile>> hash_inputs(const Case& wanted);

}  // namespace osteon::app
