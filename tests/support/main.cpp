// SPDX-License-Identifier: Apache-2.0
// Entry point of every test program. OSTEON_BACKEND chooses the backend; an unusable one skips with code 77, or fails
// when OSTEON_REQUIRE_CUDA is set, so that a GPU machine can never pass by skipping.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "osteon/core/device.hpp"
#include "osteon/core/startup.hpp"
#include "support/backend.hpp"

int main(int argc, char** argv) {
  osteon::wait_briefly_at_barriers(argv);
  const std::string backend = osteon::test::backend_name();
  for (const auto& device : osteon::list_devices()) {
    if (backend == osteon::device_kind_name(device.kind) && !device.usable) {
      std::printf("backend %s cannot be used: %s\n", backend.c_str(), device.description.c_str());
      return std::getenv("OSTEON_REQUIRE_CUDA") != nullptr ? 1 : 77;
    }
  }
  doctest::Context context(argc, argv);
  return context.run();
}
