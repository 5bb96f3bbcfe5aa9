// SPDX-License-Identifier: Apache-2.0
// The tables of functions that coarse_simd.cpp exports once per instruction set.
#pragma once

#include "kernels/coarse/coarse.hpp"

namespace osteon::kernels {

struct CoarseSimd {
  /// One block row of y = s A x + b.
  void (*row_f32)(const BlockMatrixView<float>& a, std::uint32_t row, const float* x, float s, const float* b, float* y);
  void (*row_f64)(const BlockMatrixView<double>& a, std::uint32_t row, const double* x, double s, const double* b,
                  double* y);
  /// C (6 x 6) += A (6 x 6) B (6 x 6), all column-major doubles with k_block_padding readable values behind A and C.
  void (*multiply_add)(const double* a, const double* b, double* c);
  /// C (6 x 6) += A^T (6 x 6) B (6 x 6)
  void (*transposed_multiply_add)(const double* a, const double* b, double* c);
  /// C (m x m, row-major, leading dimension ldc) += X^T Y with X, Y of k rows and leading dimension ld; m, ld multiples of 8.
  void (*gram)(int m, int k, int ld, const double* x, const double* y, double* c, int ldc);
};

namespace simd_baseline {
extern const CoarseSimd k_coarse;
}
#if defined(OSTEON_SIMD_X86)
namespace simd_avx2 {
extern const CoarseSimd k_coarse;
}
namespace simd_avx512 {
extern const CoarseSimd k_coarse;
}
#endif

/// The table for this machine.
const CoarseSimd& coarse_simd();

}  // namespace osteon::kernels
