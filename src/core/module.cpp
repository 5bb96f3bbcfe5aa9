// SPDX-License-Identifier: Apache-2.0
#include "osteon/core/module.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <system_error>

#include "osteon/core/version.hpp"

namespace osteon {

namespace {

namespace fs = std::filesystem;

/// The first folder that holds the file; the last one where none does, for the message.
fs::path module_file(const std::string& name) {
  fs::path file;
  std::error_code ignored;
  for (const fs::path& folder : module_folders()) {
    file = folder / (name + ".so");
    if (fs::exists(file, ignored)) break;
  }
  return file;
}

std::string last_error() {
  const char* text = dlerror();
  return text != nullptr ? text : "no reason given";
}

}  // namespace

std::vector<fs::path> module_folders() {
  if (const char* folder = std::getenv("OSTEON_MODULES"); folder != nullptr && *folder != 0) return {folder};
  std::error_code ignored;
  const fs::path beside = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  return {beside / "lib/osteon", beside.parent_path() / "lib/osteon"};
}

ModuleEntry find_in_module(const std::string& name, const char* symbol) {
  const fs::path file = module_file(name);
  const auto missing = [&](const std::string& why) {
    return ModuleEntry{nullptr, "its module could not be loaded: " + why + "; expected at " + file.string() +
                                    " (install Osteon as a whole, or set OSTEON_MODULES to the folder of its modules)"};
  };
  // RTLD_LOCAL: what a module links stays out of the way of the program's own symbols. Never closed: its exceptions and
  // functions may live as long as the program.
  void* module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return missing(last_error());
  const auto* build = static_cast<const char*>(dlsym(module, "osteon_module_build"));
  const std::string own = build_name();
  if (build == nullptr || build != own)
    return missing(std::string("it is of another build (") + (build != nullptr ? build : "unknown") +
                   ") than the program (" + own + ")");
  const void* address = dlsym(module, symbol);
  if (address == nullptr) return missing(last_error());
  return {address, ""};
}

}  // namespace osteon
