// SPDX-License-Identifier: Apache-2.0
// Writes a file so that it is either whole or not there.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace osteon {

/// Writes the pieces one after the other beside `path`, then moves the file there. Throws InputError when `path`
/// exists already or cannot be written.
void write_whole_file(const std::filesystem::path& path, const std::vector<std::string_view>& pieces);

}  // namespace osteon
