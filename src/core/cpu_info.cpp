// SPDX-License-Identifier: Apache-2.0
#include "cpu_info.hpp"

#include <omp.h>

#include <fstream>
#include <sstream>

namespace osteon {

namespace {

const char* vector_extension() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return "AVX-512";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2";
#endif
  return "baseline SIMD";
}

}  // namespace

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const auto colon = line.find(':');
    if (colon != std::string::npos && colon + 2 <= line.size()) return line.substr(colon + 2);
  }
  return "CPU";
}

std::string cpu_description(int threads) {
  std::ostringstream text;
  text << cpu_model() << ", " << threads << (threads == 1 ? " thread, " : " threads, ") << vector_extension();
  return text.str();
}

int available_threads() {
  static const int threads = omp_get_max_threads();  // before anybody calls omp_set_num_threads
  return threads;
}

}  // namespace osteon
