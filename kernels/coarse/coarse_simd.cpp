// SPDX-License-Identifier: Apache-2.0
// Block products of the coarse levels, compiled once per instruction set. No standard containers here.
#include "kernels/coarse/coarse_simd.hpp"

#include "kernels/lanes.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace osteon::kernels::OSTEON_SIMD {

namespace {

// A column of six is loaded as eight lanes; the two spare lanes hold the next column's start and are never used.
template <class Real>
OSTEON_ALWAYS_INLINE Lanes<Real> load_column(const Real* p) {
  return Lanes<Real>::load(p);
}
template <class Real>
OSTEON_ALWAYS_INLINE void store_six(const Lanes<Real>& v, Real* p) {
  alignas(64) Real values[8];
  v.store(values);
  for (int i = 0; i < k_block; ++i) p[i] = values[i];
}

/// Six values and two zeros.
template <class Real>
OSTEON_ALWAYS_INLINE Lanes<Real> load_six(const Real* x) {
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) return {{_mm256_maskload_ps(x, _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, 0, 0))}};
#endif
  alignas(64) const Real values[8] = {x[0], x[1], x[2], x[3], x[4], x[5], 0, 0};
  return Lanes<Real>::load(values);
}

/// Lane i = sum over the lanes of v[i], six vectors.
template <class Real>
OSTEON_ALWAYS_INLINE Lanes<Real> sum_lanes(const Lanes<Real> v[k_block]) {
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) {
    const __m256 first =
        _mm256_hadd_ps(_mm256_hadd_ps(v[0].part[0], v[1].part[0]), _mm256_hadd_ps(v[2].part[0], v[3].part[0]));
    const __m256 rest = _mm256_hadd_ps(_mm256_hadd_ps(v[4].part[0], v[5].part[0]), _mm256_setzero_ps());
    const __m128 low = _mm_add_ps(_mm256_castps256_ps128(first), _mm256_extractf128_ps(first, 1));
    const __m128 high = _mm_add_ps(_mm256_castps256_ps128(rest), _mm256_extractf128_ps(rest, 1));
    return {{_mm256_insertf128_ps(_mm256_castps128_ps256(low), high, 1)}};
  }
#endif
  alignas(64) Real sums[8] = {}, lanes[8];
  for (int i = 0; i < k_block; ++i) {
    v[i].store(lanes);
    sums[i] = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + (lanes[4] + lanes[5]);
  }
  return Lanes<Real>::load(sums);
}

/// (A x) of one block row in lanes 0 to 5.
template <class Real>
OSTEON_ALWAYS_INLINE Lanes<Real> block_row(const BlockRowsView<Real>& a, std::uint32_t row, const Real* x) {
  using V = Lanes<Real>;
  V even = V::zero(), odd = V::zero();  // two chains hide the latency of the multiply-add
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
  V product[k_block] = {};
  for (std::int64_t e = a.transposed_start[row]; e < a.transposed_start[row + 1]; ++e) {
    const Real* values = a.values + std::size_t{k_block_values} * a.transposed_block[e];
    const V in = load_six(x + k_block * static_cast<std::size_t>(a.transposed_column[e]));
    for (int i = 0; i < k_block; ++i) product[i] += load_column(values + k_block * i) * in;
  }
  return even + odd + sum_lanes(product);
}

// Several columns: all rows of a run for one column, then for the next, so that both the run's blocks and the column's
// entries stay in the cache. Measured (rods 96^3, six columns, one core, time of the smoother steps): run by run 0.62
// of six columns alone, row by row 0.76, two columns per reading of a block 0.9.
template <class Real>
OSTEON_ALWAYS_INLINE void multiply_row(const BlockRowsView<Real>& a, std::uint32_t row, const Real* x, Real* y,
                                       Real* sum) {
  const std::size_t first = k_block * static_cast<std::size_t>(row);
  store_six(block_row(a, row, x), y + first);
  if (sum == nullptr) return;
  for (int i = 0; i < k_block; ++i) sum[first + i] += y[first + i];
}

template <class Real>
void multiply_rows(const BlockRowsView<Real>& a, std::uint32_t begin, std::uint32_t end, int columns, const Real* x,
                   Real* y, Real* sum) {
  const std::size_t n = k_block * std::size_t{a.rows}, inputs = k_block * std::size_t{a.inputs};
  for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column)
    for (std::uint32_t row = begin; row < end; ++row)
      multiply_row(a, row, x + column * inputs, y + column * n, sum != nullptr ? sum + column * n : nullptr);
}

template <class Real>
OSTEON_ALWAYS_INLINE void smooth_row(const BlockRowsView<Real>& a, std::uint32_t row, const BlockStep<Real>& s) {
  const std::size_t first = k_block * static_cast<std::size_t>(row);
  Real residual[k_block], z[k_block];
  store_six(block_row(a, row, s.d), residual);
  for (int i = 0; i < k_block; ++i) s.r[first + i] = residual[i] = s.r[first + i] - residual[i];
  if (s.inverse_diagonal == nullptr) return;
  const Real* m = s.inverse_diagonal + k_block_values * static_cast<std::size_t>(row);
  Lanes<Real> solved = Lanes<Real>::zero();
  for (int j = 0; j < k_block; ++j) solved += load_column(m + k_block * j) * residual[j];
  store_six(solved, z);
  for (int i = 0; i < k_block; ++i) {
    const Real d = s.a * s.d[first + i] + s.b * z[i];
    s.next[first + i] = d;
    s.x[first + i] += d;
  }
}

template <class Real>
void smooth_rows(const BlockRowsView<Real>& a, std::uint32_t begin, std::uint32_t end, int columns,
                 const BlockStep<Real>& step) {
  const std::size_t n = k_block * std::size_t{a.rows};
  for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column)
    for (std::uint32_t row = begin; row < end; ++row) smooth_row(a, row, step.of_column(column, n));
}

/// C += sum over `terms` of (column k of a) (b_k0 ... b_k5), where b_kj = b[k + stride j].
template <int Terms, int BStep, int BStride>
OSTEON_ALWAYS_INLINE void add_products(const double* a, const double* b, double* c) {
  Lanes<double> column[k_block];
  for (int j = 0; j < k_block; ++j) column[j] = load_column(c + k_block * j);
  for (int k = 0; k < Terms; ++k) {
    const Lanes<double> left = load_column(a + k_block * k);
    for (int j = 0; j < k_block; ++j) column[j] += left * b[BStep * k + BStride * j];
  }
  // Each store spills two stale lanes into the next column, which is stored right after; the last one is cut to size.
  for (int j = 0; j + 1 < k_block; ++j) column[j].store(c + k_block * j);
  store_six(column[k_block - 1], c + k_block * (k_block - 1));
}

void multiply_add(const double* a, const double* b, double* c) { add_products<6, 1, 6>(a, b, c); }
void outer_add(const double* a, const double* b, double* c) { add_products<3, 6, 1>(a, b, c); }

/// One stage of the Walsh-Hadamard transform over nodes that differ in one bit, or of its transpose for forces.
OSTEON_ALWAYS_INLINE void butterfly(Lanes<double> m[3][8], int bit, bool forces) {
  for (int c = 0; c < 3; ++c)
    for (int s = 0; s < 8; ++s) {
      if (s & bit) continue;
      const Lanes<double> low = m[c][s], high = m[c][s + bit];
      m[c][s] = forces ? low - high : low + high;
      m[c][s + bit] = forces ? low + high : high - low;
    }
}

void element_multiply(int m, double modulus, const Hex8Blocks<double>& blocks, double* x) {
  alignas(64) const double all[8] = {modulus, modulus, modulus, modulus, modulus, modulus, modulus, modulus};
  const Lanes<double> scale = Lanes<double>::load(all);
  for (int first = 0; first < m; first += 8) {
    Lanes<double> u[3][8], f[3][8];
    for (int node = 0; node < 8; ++node)
      for (int c = 0; c < 3; ++c) {
        u[c][node] = load_column(x + (3 * node + c) * m + first);
        f[c][node] = Lanes<double>::zero();
      }
    for (int bit = 1; bit < 8; bit *= 2) butterfly(u, bit, false);
    add_modal_force(blocks, scale, u, f);
    for (int bit = 1; bit < 8; bit *= 2) butterfly(f, bit, true);
    for (int node = 0; node < 8; ++node)
      for (int c = 0; c < 3; ++c) f[c][node].store(x + (3 * node + c) * m + first);
  }
}

}  // namespace

const CoarseSimd k_coarse = {{&multiply_rows<float>, &smooth_rows<float>},
                             {&multiply_rows<double>, &smooth_rows<double>},
                             &multiply_add,
                             &outer_add,
                             &element_multiply};

}  // namespace osteon::kernels::OSTEON_SIMD
