// SPDX-License-Identifier: Apache-2.0
// Block products of the coarse levels, compiled once per instruction set. No standard containers here.
#include "kernels/coarse/coarse_simd.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

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
using Vector = typename Column<Real>::vector;

template <class Real>
OSTEON_ALWAYS_INLINE Vector<Real> load_column(const Real* p) {
  return *reinterpret_cast<const typename Column<Real>::vector*>(p);
}

/// Six values and two zeros.
OSTEON_ALWAYS_INLINE Float8 load_six(const float* x) {
#if defined(__AVX2__)
  return _mm256_maskload_ps(x, _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, 0, 0));
#else
  return Float8{x[0], x[1], x[2], x[3], x[4], x[5], 0, 0};
#endif
}
OSTEON_ALWAYS_INLINE Double8 load_six(const double* x) { return Double8{x[0], x[1], x[2], x[3], x[4], x[5], 0, 0}; }

/// Lane i = sum over the lanes of v[i], six vectors.
OSTEON_ALWAYS_INLINE Float8 sum_lanes(const Float8 v[k_block]) {
#if defined(__AVX2__)
  const __m256 first = _mm256_hadd_ps(_mm256_hadd_ps(v[0], v[1]), _mm256_hadd_ps(v[2], v[3]));
  const __m256 rest = _mm256_hadd_ps(_mm256_hadd_ps(v[4], v[5]), _mm256_setzero_ps());
  const __m128 low = _mm_add_ps(_mm256_castps256_ps128(first), _mm256_extractf128_ps(first, 1));
  const __m128 high = _mm_add_ps(_mm256_castps256_ps128(rest), _mm256_extractf128_ps(rest, 1));
  return _mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1);
#else
  Float8 out{};
  for (int i = 0; i < k_block; ++i)
    out[i] = ((v[i][0] + v[i][1]) + (v[i][2] + v[i][3])) + (v[i][4] + v[i][5]);
  return out;
#endif
}
OSTEON_ALWAYS_INLINE Double8 sum_lanes(const Double8 v[k_block]) {
  Double8 out{};
  for (int i = 0; i < k_block; ++i)
    out[i] = ((v[i][0] + v[i][1]) + (v[i][2] + v[i][3])) + (v[i][4] + v[i][5]);
  return out;
}

/// (A x) of one block row in lanes 0 to 5.
template <class Real>
OSTEON_ALWAYS_INLINE Vector<Real> block_row(const BlockRowsView<Real>& a, std::uint32_t row, const Real* x) {
  typedef typename Column<Real>::vector V;
  V even{}, odd{};  // two chains hide the latency of the multiply-add
  if (a.start != nullptr)
    for (std::int64_t k = a.start[row]; k < a.start[row + 1]; ++k) {
      const Real* values = a.values + k_block_values * k;
      const Real* in = x + k_block * static_cast<std::size_t>(a.column[k]);
      for (int j = 0; j < k_block; j += 2) {
        even += load_column(values + k_block * j) * in[j];
        odd += load_column(values + k_block * (j + 1)) * in[j + 1];
      }
    }
  if (a.transposed_start == nullptr) return even + odd;
  typename Column<Real>::vector product[k_block] = {};
  for (std::int64_t e = a.transposed_start[row]; e < a.transposed_start[row + 1]; ++e) {
    const Real* values = a.values + std::size_t{k_block_values} * a.transposed_block[e];
    const V in = load_six(x + k_block * static_cast<std::size_t>(a.transposed_column[e]));
    for (int i = 0; i < k_block; ++i) product[i] += load_column(values + k_block * i) * in;
  }
  return even + odd + sum_lanes(product);
}

template <class Real>
void multiply_rows(const BlockRowsView<Real>& a, std::uint32_t begin, std::uint32_t end, const Real* x, Real* y,
                   Real* sum) {
  for (std::uint32_t row = begin; row < end; ++row) {
    const typename Column<Real>::vector product = block_row(a, row, x);
    const std::size_t first = k_block * static_cast<std::size_t>(row);
    for (int i = 0; i < k_block; ++i) y[first + i] = product[i];
    if (sum == nullptr) continue;
    for (int i = 0; i < k_block; ++i) sum[first + i] += product[i];
  }
}

template <class Real>
void smooth_rows(const BlockRowsView<Real>& a, std::uint32_t begin, std::uint32_t end, const BlockStep<Real>& s) {
  for (std::uint32_t row = begin; row < end; ++row) {
    typename Column<Real>::vector z{};
    const typename Column<Real>::vector product = block_row(a, row, s.d);
    const std::size_t first = k_block * static_cast<std::size_t>(row);
    Real residual[k_block];
    for (int i = 0; i < k_block; ++i) s.r[first + i] = residual[i] = s.r[first + i] - product[i];
    if (s.inverse_diagonal == nullptr) continue;
    const Real* m = s.inverse_diagonal + k_block_values * static_cast<std::size_t>(row);
    for (int j = 0; j < k_block; ++j) z += load_column(m + k_block * j) * residual[j];
    for (int i = 0; i < k_block; ++i) {
      const Real d = s.a * s.d[first + i] + s.b * z[i];
      s.next[first + i] = d;
      s.x[first + i] += d;
    }
  }
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

const CoarseSimd k_coarse = {{&multiply_rows<float>, &smooth_rows<float>},
                             {&multiply_rows<double>, &smooth_rows<double>},
                             &multiply_add,
                             &element_galerkin};

}  // namespace osteon::kernels::OSTEON_SIMD
