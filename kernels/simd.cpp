// SPDX-License-Identifier: Apache-2.0
#include "kernels/simd.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace osteon::kernels {

namespace {

SimdLevel detect() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw"))
    return SimdLevel::avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return SimdLevel::avx2;
#endif
  return SimdLevel::baseline;
}

SimdLevel choose() {
  const SimdLevel best = detect();
  const char* wish = std::getenv("OSTEON_SIMD");
  const std::string name = wish != nullptr ? wish : "";
  if (name == "baseline") return SimdLevel::baseline;
  if (name == "avx2") return std::min(best, SimdLevel::avx2);
  return best;
}

}  // namespace

SimdLevel simd_level() {
  static const SimdLevel level = choose();
  return level;
}

}  // namespace osteon::kernels
