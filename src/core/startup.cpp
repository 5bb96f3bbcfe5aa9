// SPDX-License-Identifier: Apache-2.0
#include "osteon/core/startup.hpp"

#include <unistd.h>

#include <cstdlib>

namespace osteon {

void sleep_at_barriers(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  execv("/proc/self/exe", argv);  // returns only when it failed; spinning is no error
}

}  // namespace osteon
