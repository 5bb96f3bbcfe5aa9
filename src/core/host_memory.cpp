// SPDX-License-Identifier: Apache-2.0
// Memory of host and process, as Linux tells it under /proc.
#include <malloc.h>
#include <unistd.h>

#include <fstream>

#include "osteon/core/machine.hpp"

namespace osteon {

namespace {

/// Value of a "Key:   123 kB" line in bytes.
std::optional<std::size_t> bytes_of(const char* path, const std::string& wanted) {
  std::ifstream info(path);
  for (std::string key, rest; info >> key; std::getline(info, rest)) {
    std::size_t kib = 0;
    if (key == wanted && info >> kib) return kib * 1024;
  }
  return {};
}

/// Sets the peak of the resident memory back to its present value (proc(5), clear_refs).
bool restart_peak() {
  std::ofstream control("/proc/self/clear_refs");
  control << "5" << std::flush;
  return control.good();
}

}  // namespace

std::size_t free_host_memory() { return bytes_of("/proc/meminfo", "MemAvailable:").value_or(0); }

std::size_t resident_program_bytes() { return bytes_of("/proc/self/status", "RssFile:").value_or(0); }

std::size_t last_level_cache_bytes() {
  for (const int level : {_SC_LEVEL4_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE, _SC_LEVEL2_CACHE_SIZE}) {
    const long bytes = sysconf(level);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
  }
  return 0;
}

void return_freed_memory() { malloc_trim(0); }

HostMemoryPeak::HostMemoryPeak() {
  return_freed_memory();  // what was freed before goes back to the system, or its reuse would not count as growth
  if (restart_peak()) start_bytes_ = bytes_of("/proc/self/status", "VmRSS:");
}

std::optional<std::size_t> HostMemoryPeak::growth_bytes() const {
  const std::optional<std::size_t> peak = bytes_of("/proc/self/status", "VmHWM:");
  if (!start_bytes_ || !peak) return {};
  return *peak > *start_bytes_ ? *peak - *start_bytes_ : 0;
}

}  // namespace osteon
