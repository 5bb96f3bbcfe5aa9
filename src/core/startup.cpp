// SPDX-License-Identifier: Apache-2.0
#include "osteon/core/startup.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cstdlib>

namespace osteon {

void wait_briefly_at_barriers(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  setenv("GOMP_SPINCOUNT", "30000", 0);  // some 30 us: longer than the wait at most barriers of a balanced loop
  execv("/proc/self/exe", argv);         // returns only when it failed; spinning is no error
}

void return_large_arrays() {
  constexpr int k_bytes = 1 << 20;
  if (std::getenv("MALLOC_MMAP_THRESHOLD_") == nullptr) mallopt(M_MMAP_THRESHOLD, k_bytes);
}

}  // namespace osteon
