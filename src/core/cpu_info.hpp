// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace osteon {

/// Model name, threads used and vector extension, for summaries.
std::string cpu_description(int threads);
/// Cores this process may use (affinity and OMP_NUM_THREADS respected).
int available_threads();
/// Bytes of host memory the system says can be used without swapping.
std::size_t free_host_memory();

}  // namespace osteon
