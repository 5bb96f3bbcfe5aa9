// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "osteon/core/device.hpp"

namespace osteon::test {

/// Backend under test: OSTEON_BACKEND, else cpu.
inline std::string backend_name() {
  const char* name = std::getenv("OSTEON_BACKEND");
  return name != nullptr && *name != 0 ? name : "cpu";
}
inline std::unique_ptr<Device> make_test_device() { return make_device(backend_name(), 0, silent_monitor()); }

/// Folder of real bone for checks; empty when absent, and tests that need it then report "skipped".
inline std::filesystem::path validation_data() {
  const char* path = std::getenv("OSTEON_VALIDATION_DATA");
  if (path == nullptr || !std::filesystem::is_directory(path)) return {};
  return path;
}

}  // namespace osteon::test
