// SPDX-License-Identifier: Apache-2.0
// The table of functions that stiffness_simd.cpp exports once per instruction set.
#pragma once

#include "kernels/stiffness/stiffness.hpp"

namespace osteon::kernels {

/// Adds K x of one brick to y. Only the brick's own nodes and the low faces of its seven upper neighbours are touched.
struct StiffnessSimd {
  void (*apply_brick_f32)(const StiffnessView<float>& view, std::int32_t brick, const float* x, float* y);
  void (*apply_brick_f64)(const StiffnessView<double>& view, std::int32_t brick, const double* x, double* y);
};

namespace simd_baseline {
extern const StiffnessSimd k_stiffness;
}
#if defined(OSTEON_SIMD_X86)
namespace simd_avx2 {
extern const StiffnessSimd k_stiffness;
}
namespace simd_avx512 {
extern const StiffnessSimd k_stiffness;
}
#endif

}  // namespace osteon::kernels
