// SPDX-License-Identifier: Apache-2.0
// Loadable modules: parts of Osteon in libraries of their own, opened when first asked for, so that the program does
// not carry what they link (ITK and VTK: 28 MB of memory at every start).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace osteon {

/// What a look into a module found.
struct ModuleEntry {
  const void* address = nullptr;  ///< null when there is none
  std::string problem;            ///< why not: what failed, where it was looked for, what to try
};

/// Address of the object `symbol` (extern "C", the interface that the module's room declares) in the module NAME.so,
/// which stays open until the program ends. A module of another build is refused. For any thread.
ModuleEntry find_in_module(const std::string& name, const char* symbol);

/// Where modules are looked for, in this order: the folder in the environment variable OSTEON_MODULES alone where that
/// is set, else lib/osteon beside the running program (build tree) and ../lib/osteon (installed).
std::vector<std::filesystem::path> module_folders();

}  // namespace osteon
