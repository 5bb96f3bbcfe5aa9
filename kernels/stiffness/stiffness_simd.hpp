// SPDX-License-Identifier: Apache-2.0
// The table of functions that the CPU files of this family export once per instruction set.
#pragma once

#include "kernels/stiffness/stiffness.hpp"

namespace osteon::kernels {

/// Work on one chunk of bricks (BrickChunk). Only nodes of the chunk are written.
template <class Real>
struct StiffnessSimdOf {
  void (*apply)(const StiffnessView<Real>& view, const BrickChunk& chunk, const Real* x, Real* y);
  /// brick_sums[b] = x . y over the nodes of brick b
  void (*apply_dot)(const StiffnessView<Real>& view, const BrickChunk& chunk, const Real* x, Real* y,
                    double* brick_sums);
  void (*smooth)(const StiffnessView<Real>& view, const BrickChunk& chunk, const FusedStep<Real>& step);
};
struct StiffnessSimd {
  StiffnessSimdOf<float> f32;
  StiffnessSimdOf<double> f64;
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
