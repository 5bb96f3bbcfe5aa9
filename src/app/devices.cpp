// SPDX-License-Identifier: Apache-2.0
// `osteon devices`: what this build and this machine can run on.
#include <fmt/format.h>

#include "commands.hpp"
#include "osteon/core/device.hpp"
#include "osteon/core/version.hpp"

namespace osteon::app {

int run_devices() {
  for (const DeviceAvailability& device : list_devices())
    fmt::print("{:<8} {:<11} {}\n", device_kind_name(device.kind), device.usable ? "usable" : "not usable",
               device.description);
  for (const char* part : {"cuda", "itk", "vtk"})
    fmt::print("{:<8} {}\n", part, built_with(part) ? "built in" : "not built in");
  return 0;
}

}  // namespace osteon::app
