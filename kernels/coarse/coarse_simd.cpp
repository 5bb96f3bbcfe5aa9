// SPDX-License-Identifier: Apache-2.0
// Block products of the coarse levels, compiled once per instruction set. No standard containers here.
#include "kernels/coarse/coarse_simd.hpp"

namespace osteon::kernels::OSTEON_SIMD {

namespace {

// A column of six is loaded as eight lanes; the two spare lanes hold the next column's start and are never stored.
typedef float Float8 __attribute__((vector_size(32), aligned(4)));
typedef double Double8 __attribute__((vector_size(64), aligned(8)));

// A template argument would lose the alignment of the types above, so the choice goes through members.
template <class Real>
struct Column;
template <>
struct Column<float> {
  typedef Float8 vector;
};
template <>
struct Column<double> {
  typedef Double8 vector;
};

template <class Real>
void block_row(const BlockMatrixView<Real>& a, std::uint32_t row, const Real* x, Real s, const Real* b, Real* y) {
  typedef typename Column<Real>::vector Vector;
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
  Double8 column[k_block];
  for (int j = 0; j < k_block; ++j) column[j] = *reinterpret_cast<const Double8*>(c + k_block * j);
  for (int k = 0; k < k_block; ++k) {
    const Double8 left = *reinterpret_cast<const Double8*>(a + k_block * k);
    for (int j = 0; j < k_block; ++j) column[j] += left * b[k_block * j + k];
  }
  // Each store spills two stale lanes into the next column, which is stored right after; the last one is cut to size.
  for (int j = 0; j + 1 < k_block; ++j) *reinterpret_cast<Double8*>(c + k_block * j) = column[j];
  for (int i = 0; i < k_block; ++i) c[k_block * (k_block - 1) + i] = column[k_block - 1][i];
}

/// c = x^T y over `rows` rows of m columns; 4 x 8 tiles of c stay in registers.
void gram(int m, int rows, const double* x, const double* y, double* c) {
  for (int i = 0; i < m; i += 4)
    for (int j = 0; j < m; j += 8) {
      Double8 sum[4] = {};
      for (int row = 0; row < rows; ++row) {
        const Double8 right = *reinterpret_cast<const Double8*>(y + row * m + j);
        const double* left = x + row * m + i;
        for (int q = 0; q < 4; ++q) sum[q] += right * left[q];
      }
      for (int q = 0; q < 4; ++q) *reinterpret_cast<Double8*>(c + (i + q) * m + j) = sum[q];
    }
}

void element_galerkin(int m, double modulus, const Hex8Blocks<double>& blocks, double* x, double* y, double* c) {
  for (int bit = 1; bit < 8; bit *= 2)  // Walsh-Hadamard butterflies over the nodes
    for (int node = 0; node < 8; ++node) {
      if (node & bit) continue;
      double *low = x + 3 * node * m, *high = x + 3 * (node + bit) * m;
      for (int k = 0; k < 3 * m; ++k) {
        const double sum = low[k] + high[k], difference = high[k] - low[k];
        low[k] = sum, high[k] = difference;
      }
    }
  for (int row = 3; row < 24; ++row) {  // mode 0 carries nothing
    const int mode = row / 3, i = row % 3, r = mode ^ (1 << i);
    double* out = y + row * m;
    for (int k = 0; k < m; ++k) out[k] = 0;
    for (int j = 0; j < 3; ++j) {
      const double factor = modulus * blocks.block[r][i][j];
      if (factor == 0) continue;
      const double* in = x + (3 * (r ^ (1 << j)) + j) * m;
      for (int k = 0; k < m; ++k) out[k] += factor * in[k];
    }
  }
  gram(m, 21, x + 3 * m, y + 3 * m, c);
}

}  // namespace

const CoarseSimd k_coarse = {&block_row<float>, &block_row<double>, &multiply_add, &element_galerkin};

}  // namespace osteon::kernels::OSTEON_SIMD
