// SPDX-License-Identifier: Apache-2.0
// Block products of the coarse levels, compiled once per instruction set. No standard containers here.
#include "kernels/coarse/coarse_simd.hpp"

namespace osteon::kernels::OSTEON_SIMD {

namespace {

// A column of six is loaded as eight lanes; the two spare lanes hold the next column's start and are never stored.
typedef float Float8 __attribute__((vector_size(32), aligned(4)));
typedef double Double8 __attribute__((vector_size(64), aligned(8)));

template <class Real, class Vector>
void block_row(const BlockMatrixView<Real>& a, std::uint32_t row, const Real* x, Real s, const Real* b, Real* y) {
  Vector even{}, odd{};  // two chains hide the latency of the multiply-add
  for (std::int64_t k = a.row_start[row]; k < a.row_start[row + 1]; ++k) {
    const Real* values = a.values + k_block_values * k;
    const Real* in = x + k_block * static_cast<std::size_t>(a.column[k]);
    for (int j = 0; j < k_block; j += 2) {
      even += *reinterpret_cast<const Vector*>(values + k_block * j) * in[j];
      odd += *reinterpret_cast<const Vector*>(values + k_block * (j + 1)) * in[j + 1];
    }
  }
  const Vector sum = even + odd;
  const std::size_t first = k_block * static_cast<std::size_t>(row);
  for (int i = 0; i < k_block; ++i) y[first + i] = (b != nullptr ? b[first + i] : Real(0)) + s * sum[i];
}

void multiply_add(const double* a, const double* b, double* c) {
  for (int j = 0; j < k_block; ++j) {
    Double8 sum{};
    for (int k = 0; k < k_block; ++k) sum += *reinterpret_cast<const Double8*>(a + k_block * k) * b[k_block * j + k];
    for (int i = 0; i < k_block; ++i) c[k_block * j + i] += sum[i];
  }
}

void transposed_multiply_add(const double* a, const double* b, double* c) {
  double t[k_block_values + k_block_padding];
  for (int j = 0; j < k_block; ++j)
    for (int i = 0; i < k_block; ++i) t[k_block * j + i] = a[k_block * i + j];
  for (std::size_t i = 0; i < k_block_padding; ++i) t[k_block_values + i] = 0;
  multiply_add(t, b, c);
}

void gram(int m, int k, int ld, const double* x, const double* y, double* c, int ldc) {
  for (int i = 0; i < m; i += 4)  // 4 x 8 tiles of C stay in registers
    for (int j = 0; j < m; j += 8) {
      Double8 sum[4] = {};
      for (int row = 0; row < k; ++row) {
        const Double8 in = *reinterpret_cast<const Double8*>(y + static_cast<std::size_t>(row) * ld + j);
        const double* left = x + static_cast<std::size_t>(row) * ld + i;
        for (int q = 0; q < 4; ++q) sum[q] += in * left[q];
      }
      for (int q = 0; q < 4; ++q) {
        Double8* target = reinterpret_cast<Double8*>(c + static_cast<std::size_t>(i + q) * ldc + j);
        *target = *target + sum[q];
      }
    }
}

}  // namespace

const CoarseSimd k_coarse = {&block_row<float, Float8>, &block_row<double, Double8>, &multiply_add,
                             &transposed_multiply_add, &gram};

}  // namespace osteon::kernels::OSTEON_SIMD
