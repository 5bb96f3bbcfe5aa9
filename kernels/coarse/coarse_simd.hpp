// SPDX-License-Identifier: Apache-2.0
// The tables of functions that coarse_simd.cpp exports once per instruction set.
#pragma once

#include "kernels/coarse/coarse.hpp"
#include "kernels/element/hex8.hpp"

namespace osteon::kernels {

template <class Real>
struct CoarseRowsOf {
  /// Rows [begin, end) of the family's products, all columns.
  void (*multiply)(const BlockRowsView<Real>& a, std::uint32_t begin, std::uint32_t end, int columns, const Real* x,
                   Real* y, Real* sum);
  void (*smooth)(const BlockRowsView<Real>& a, std::uint32_t begin, std::uint32_t end, int columns,
                 const BlockStep<Real>& step);
};

struct CoarseSimd {
  CoarseRowsOf<float> f32;
  CoarseRowsOf<double> f64;
  /// C (6 x 6) += A (6 x 6) B (6 x 6), all column-major doubles with k_block_padding readable values behind A and C.
  void (*multiply_add)(const double* a, const double* b, double* c);
  /// C (6 x 6, column-major) += A^T B of two 3 x 6 blocks, row-major; padding behind A and C as above.
  void (*outer_add)(const double* a, const double* b, double* c);
  /// x = K_e x for m columns: x has 24 rows (3 node + component) of m values, m a multiple of 8; `blocks` are those of
  /// the element's law, in the Walsh-Hadamard basis.
  void (*element_multiply)(int m, double modulus, const Hex8Blocks<double>& blocks, double* x);
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
