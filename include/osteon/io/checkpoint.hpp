// SPDX-License-Identifier: Apache-2.0
// A simulation's state on disk, bit for bit, with a checksum and one file to fall back on.
#pragma once

#include <filesystem>
#include <string>

#include "osteon/regenerate/regeneration.hpp"

namespace osteon {

/// Writes `path` aside, syncs it and renames it; the one before stays as PATH.previous. At every instant at least one of
/// the two is whole. Not compressed. Throws InputError with the path and the system's reason.
/// `text`: the resolved case or its hash, for the caller to compare.
void write_checkpoint(const std::filesystem::path& path, const RegenerationState& state, const std::string& text);

struct Checkpoint {
  RegenerationState state;
  std::string text;
  std::string warning;  ///< why PATH.previous was used; empty when `path` is whole
};
/// Reads `path`, or PATH.previous when `path` is missing or damaged. A damaged `path` is put aside as PATH.damaged, so
/// that the next write does not make it the file to fall back on. Throws InputError when neither is whole.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// `path` or PATH.previous exists.
bool has_checkpoint(const std::filesystem::path& path);

}  // namespace osteon
