// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace osteon {

/// "0.1.0"
std::string version();
/// Commit the build came from, "unknown" outside a checkout; "+" is appended when the tree was dirty.
std::string git_revision();
/// Version and commit in one: "0.1.0 (1a2b3c4d5e)".
std::string build_name();
/// What this build can do: "cuda", "itk", "vtk".
bool built_with(const std::string& part);

}  // namespace osteon
