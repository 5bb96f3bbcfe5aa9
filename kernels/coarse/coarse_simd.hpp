// SPDX-License-Identifier: Apache-2.0
// The tables of functions that coarse_simd.cpp exports once per instruction set.
#pragma once

#include "kernels/coarse/coarse.hpp"
#include "kernels/element/hex8.hpp"

namespace osteon::kernels {

struct CoarseSimd {
  /// One block row of y = s A x + b.
  void (*row_f32)(const BlockMatrixView<float>& a, std::uint32_t row, const float* x, float s, const float* b, float* y);
  void (*row_f64)(const BlockMatrixView<double>& a, std::uint32_t row, const double* x, double s, const double* b,
                  double* y);
  /// C (6 x 6) += A (6 x 6) B (6 x 6), all column-major doubles with k_block_padding readable values behind A and C.
  void (*multiply_add)(const double* a, const double* b, double* c);
  /// c (m x m, row-major) = E X^T S X of one hex8 element, S its Walsh-Hadamard blocks. x: 24 rows (3 node + component)
  /// of m columns, turned into modes in place; y: scratch of the same size. m is a multiple of 8.
  void (*element_galerkin)(int m, double modulus, const Hex8Blocks<double>& blocks, double* x, double* y, double* c);
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
