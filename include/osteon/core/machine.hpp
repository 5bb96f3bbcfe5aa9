// SPDX-License-Identifier: Apache-2.0
// The machine the program runs on: its processor, and the memory of host and process.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace osteon {

/// As the system names it, "CPU" where it does not.
std::string cpu_model();
/// Cores this process may use (affinity and OMP_NUM_THREADS respected).
int available_threads();
/// Bytes of host memory the system says can be used without swapping.
std::size_t free_host_memory();
/// Bytes of memory that the program's own files (itself and its libraries) take in this process.
std::size_t resident_program_bytes();
/// Bytes of the last-level cache, 0 where the system does not say.
std::size_t last_level_cache_bytes();

/// Gives memory that was freed back to the system, where the C library would keep it: after work that makes and drops
/// many small arrays, before large ones are made.
void return_freed_memory();

/// How far the resident memory of this process has grown since the object was made. One at a time: making one
/// restarts the system's own count of the peak.
class HostMemoryPeak {
 public:
  HostMemoryPeak();
  /// Bytes above the start, at the highest; nothing where the system cannot restart its count.
  std::optional<std::size_t> growth_bytes() const;

 private:
  std::optional<std::size_t> start_bytes_;
};

}  // namespace osteon
