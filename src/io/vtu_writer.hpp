// SPDX-License-Identifier: Apache-2.0
// The writer of .vtu files lives in a loadable module (modules/), because VTK is large: what it hands out.
#pragma once

#include <filesystem>

#include "osteon/io/result_file.hpp"

namespace osteon {

/// Interface of the module osteon_io_vtk.
struct VtuWriter {
  /// Writes the file `path`; throws InputError with VTK's reason, naming `target`.
  void (*write)(const StoredResult& result, const std::filesystem::path& path, const std::filesystem::path& target);
};

extern "C" {  // defined in the module, found by name
extern const VtuWriter osteon_io_vtk;
}

}  // namespace osteon
