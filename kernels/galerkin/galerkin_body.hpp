// SPDX-License-Identifier: Apache-2.0
// One item of the coarse set-up: a row's diagonal, a column of a prolongator's block, a share of a Galerkin block, an
// entry of the dense inverse. Called by both loops.
#pragma once

#include <cmath>

#include "kernels/coarse/coarse_body.hpp"
#include "kernels/galerkin/galerkin.hpp"
#include "kernels/transfer/transfer_body.hpp"

namespace osteon::kernels {

template <class Real>
OSTEON_HD inline void fill_dropped_row(const BlockPattern& pattern, const std::uint8_t* mode_count, std::size_t row,
                                       Real* values) {
  const int count = mode_count[row];
  if (count == k_block) return;
  Real* block = values + k_block_values * pattern.start[row];
  Real trace = 0;
  for (int m = 0; m < count; ++m) trace += block[7 * m];
  const Real fill = count > 0 && trace > 0 ? trace / static_cast<Real>(count) : Real(1);
  for (int m = count; m < k_block; ++m) block[7 * m] = fill;
}

/// One Jacobi rotation of the symmetric m that makes m[P][Q] zero; v turns along (Golub and Van Loan, 8.5).
template <int P, int Q>
OSTEON_HD OSTEON_ALWAYS_INLINE void rotate_pair(double m[6][6], double v[6][6]) {
  if (m[P][Q] == 0) return;
  const double tau = (m[Q][Q] - m[P][P]) / (2 * m[P][Q]);
  const double t = (tau >= 0 ? 1.0 : -1.0) / ((tau >= 0 ? tau : -tau) + sqrt(1 + tau * tau));
  const double c = 1 / sqrt(1 + t * t), s = t * c;
  const double shift = t * m[P][Q];
  m[P][P] -= shift;
  m[Q][Q] += shift;
  m[P][Q] = 0;
  OSTEON_UNROLL
  for (int i = 0; i < 6; ++i) {
    if (i != P && i != Q) {
      double& ip = i < P ? m[i][P] : m[P][i];  // the upper half is kept
      double& iq = i < Q ? m[i][Q] : m[Q][i];
      const double before = ip;
      ip = c * before - s * iq;
      iq = s * before + c * iq;
    }
    const double before = v[i][P];
    v[i][P] = c * before - s * v[i][Q];
    v[i][Q] = s * before + c * v[i][Q];
  }
}

OSTEON_HD OSTEON_ALWAYS_INLINE void sweep_pairs(double m[6][6], double v[6][6]) {
  rotate_pair<0, 1>(m, v), rotate_pair<0, 2>(m, v), rotate_pair<0, 3>(m, v), rotate_pair<0, 4>(m, v);
  rotate_pair<0, 5>(m, v), rotate_pair<1, 2>(m, v), rotate_pair<1, 3>(m, v), rotate_pair<1, 4>(m, v);
  rotate_pair<1, 5>(m, v), rotate_pair<2, 3>(m, v), rotate_pair<2, 4>(m, v), rotate_pair<2, 5>(m, v);
  rotate_pair<3, 4>(m, v), rotate_pair<3, 5>(m, v), rotate_pair<4, 5>(m, v);
}

/// Pseudo-inverse of the row's diagonal block by cyclic Jacobi rotations.
template <class Real>
OSTEON_HD inline void inverse_block(const BlockPattern& pattern, std::size_t row, const Real* values, Real* inverse) {
  constexpr double k_drop = 1e-11, k_small = 1e-30;  // squares of entries beside the diagonal, of the whole
  constexpr int k_sweeps = 30;                       // six or seven are usual
  const Real* block = values + k_block_values * pattern.start[row];
  double m[6][6], v[6][6];
  OSTEON_UNROLL
  for (int i = 0; i < 6; ++i) {
    OSTEON_UNROLL
    for (int j = 0; j < 6; ++j) {
      m[i][j] = static_cast<double>(block[6 * i + j]);  // symmetric; j >= i: the half that Eigen reads too
      v[i][j] = i == j ? 1 : 0;
    }
  }
  for (int sweep = 0; sweep < k_sweeps; ++sweep) {
    double off = 0, whole = 0;
    OSTEON_UNROLL
    for (int i = 0; i < 6; ++i) {
      whole += m[i][i] * m[i][i];
      OSTEON_UNROLL
      for (int j = i + 1; j < 6; ++j) off += m[i][j] * m[i][j];
    }
    if (!(off > k_small * whole)) break;
    sweep_pairs(m, v);
  }
  double largest = m[0][0];
  OSTEON_UNROLL
  for (int e = 1; e < 6; ++e) largest = m[e][e] > largest ? m[e][e] : largest;
  double factor[6];
  OSTEON_UNROLL
  for (int e = 0; e < 6; ++e) factor[e] = m[e][e] > k_drop * largest ? 1 / m[e][e] : 0;
  Real* out = inverse + k_block_values * row;
  OSTEON_UNROLL
  for (int i = 0; i < 6; ++i) {
    OSTEON_UNROLL
    for (int j = 0; j < 6; ++j) {
      double sum = 0;
      OSTEON_UNROLL
      for (int e = 0; e < 6; ++e) sum += v[i][e] * factor[e] * v[j][e];
      out[6 * j + i] = static_cast<Real>(sum);
    }
  }
}

/// y += B x or B^T x, B column-major.
template <class Real>
OSTEON_HD inline void add_block(const Real* block, bool transposed, const double x[6], double y[6]) {
  const int along = transposed ? 1 : k_block, across = transposed ? k_block : 1;
  OSTEON_UNROLL
  for (int j = 0; j < k_block; ++j) {
    OSTEON_UNROLL
    for (int i = 0; i < k_block; ++i) y[i] += static_cast<double>(block[along * j + across * i]) * x[j];
  }
}

/// visit(column, stored block, transposed) for the blocks of a symmetric matrix's row, columns ascending.
template <class Real, class Visit>
OSTEON_HD inline void each_block(const BlockRowsView<Real>& a, std::size_t row, const Visit& visit) {
  const std::int64_t first = a.start[row], entry = a.transposed_start[row];
  const std::int64_t lower = a.transposed_start[row + 1] - entry, blocks = lower + a.start[row + 1] - first;
  for (std::int64_t i = 0; i < blocks; ++i) {  // one loop: the GPU's code and registers for one visit
    const bool transposed = i < lower;
    const std::int64_t k = transposed ? static_cast<std::int64_t>(a.transposed_block[entry + i]) : first + (i - lower);
    visit(transposed ? a.transposed_column[entry + i] : a.column[k], k, transposed);
  }
}

/// Mode q of an aggregate as a motion of one of its members (galerkin_coarse.cpp, motion_transform).
template <class Real>
OSTEON_HD inline void member_motion(const ProlongatorView<Real>& v, std::size_t member, std::size_t aggregate, int q,
                                    double motion[6]) {
  double t[6], arm[3];
  for (int i = 0; i < 6; ++i) t[i] = static_cast<double>(v.aggregates.basis[36 * aggregate + 6 * q + i]);
  for (int d = 0; d < 3; ++d)
    arm[d] = (v.rows.centre[3 * member + d] - v.aggregates.centre[3 * aggregate + d]) / v.aggregates.length_mm;
  rigid_displacement(t, arm, motion);
  for (int d = 0; d < 3; ++d) motion[3 + d] = v.rows.length_mm / v.aggregates.length_mm * t[3 + d];
}

/// Coefficients of a motion in a row's modes. The columns of T are orthogonal, so its inverse is its scaled transpose.
template <class Real>
OSTEON_HD inline void in_modes(const RigidBasis<Real>& rows, std::size_t row, const double motion[6], double modes[6]) {
  const Real* basis = rows.basis + 36 * row;
  OSTEON_UNROLL
  for (int e = 0; e < 6; ++e) {
    double product = 0, square = 0;
    OSTEON_UNROLL
    for (int i = 0; i < 6; ++i) {
      const double value = static_cast<double>(basis[6 * e + i]);
      product += value * motion[i];
      square += value * value;
    }
    modes[e] = square > 0 ? product / square : 0;
  }
}

/// Column q of the prolongator's block k, of row `row`.
template <class Real>
OSTEON_HD inline void prolongator_column(const ProlongatorView<Real>& v, std::size_t row, std::int64_t k, int q,
                                         Real* values) {
  const std::uint32_t aggregate = v.pattern.column[k], own = v.aggregate_of_row[row];
  const bool keeps_all = v.mode_count[row] < k_block;  // a row that lost modes has no lumped form
  double own_motion[6], sum[6] = {};
  member_motion(v, row, own, q, own_motion);
  each_block(v.matrix, row, [&](std::uint32_t j, std::int64_t block, bool transposed) {
    const bool kept = keeps_all || j == row || v.strong[block] != 0;
    if ((kept ? v.aggregate_of_row[j] : own) != aggregate) return;
    double motion[6], modes[6];
    member_motion(v, j, aggregate, q, motion);
    for (int i = 0; i < 6; ++i) motion[i] = kept ? motion[i] : own_motion[i];
    in_modes(v.rows, j, motion, modes);
    add_block(v.matrix.values + k_block_values * block, transposed, modes, sum);
  });
  double out[6] = {}, modes[6];
  add_block(v.inverse_diagonal + k_block_values * row, false, sum, out);
  in_modes(v.rows, row, own_motion, modes);
  for (int i = 0; i < 6; ++i)
    values[k_block_values * k + k_block * q + i] =
        static_cast<Real>((aggregate == own ? modes[i] : 0) - v.omega * out[i]);
}

/// The columns of a prolongator's row that `lane` of a warp makes: 30 lanes, five blocks at a time.
template <class Real>
OSTEON_HD inline void prolongator_lane(const ProlongatorView<Real>& v, std::size_t row, int lane, Real* values) {
  for (std::int64_t k = v.pattern.start[row] + lane / k_block; k < v.pattern.start[row + 1]; k += k_lane_columns)
    prolongator_column(v, row, k, lane % k_block, values);
}

/// Row of a stored block.
OSTEON_HD inline std::uint32_t row_of_block(const BlockPattern& pattern, std::int64_t k) {
  std::uint32_t low = 0, high = pattern.rows;  // start[low] <= k < start[high]
  while (high - low > 1) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (pattern.start[middle] <= k)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/// Number of block (row, column), -1 when there is none.
template <class Real>
OSTEON_HD inline std::int64_t find_block(const BlockRowsView<Real>& a, std::size_t row, std::uint32_t column) {
  std::int64_t k = a.start[row];
  const std::int64_t end = a.start[row + 1];
  while (k < end && a.column[k] < column) ++k;
  return k < end && a.column[k] == column ? k : -1;
}

/// Share of a lane in block (row, column) of P^T A P: lane = 6 share + column of the block, over the rows share,
/// share + 5, ... of those with P's column `row`. The block's column adds its five shares in order.
template <class Real>
OSTEON_HD inline void product_lane(const ProductView<Real>& v, std::uint32_t row, std::uint32_t column, int lane,
                                   double y[6]) {
  const BlockRowsView<Real>& p = v.prolongator;
  for (int i = 0; i < k_block; ++i) y[i] = 0;
  for (std::int64_t e = p.transposed_start[row] + lane / k_block; e < p.transposed_start[row + 1];
       e += k_lane_columns) {
    double t[6] = {};
    each_block(v.matrix, p.transposed_column[e], [&](std::uint32_t j, std::int64_t block, bool transposed) {
      const std::int64_t k = find_block(p, j, column);
      if (k < 0) return;
      double x[6];
      for (int i = 0; i < k_block; ++i)
        x[i] = static_cast<double>(p.values[k_block_values * k + k_block * (lane % k_block) + i]);
      add_block(v.matrix.values + k_block_values * block, transposed, x, t);
    });
    add_block(p.values + std::size_t{k_block_values} * p.transposed_block[e], true, t, y);
  }
}

/// Entry `i` of the block and of its mirror in the dense matrix of n = 6 rows.
template <class Real>
OSTEON_HD inline void expand_entry(const BlockPattern& pattern, const Real* values, std::size_t entry, double* dense) {
  constexpr double k_shift = 1e-12;  // rounding of the Galerkin products
  const auto k = static_cast<std::int64_t>(entry / k_block_values);
  const std::size_t n = std::size_t{k_block} * pattern.rows, at = entry % k_block_values;
  const std::size_t i = std::size_t{k_block} * row_of_block(pattern, k) + at % k_block,
                    j = std::size_t{k_block} * pattern.column[k] + at / k_block;
  const double value = static_cast<double>(values[entry]);
  if (i / k_block == j / k_block && i > j) return;  // a diagonal block's upper half counts
  dense[n * i + j] = dense[n * j + i] = i == j ? value * (1 + k_shift) : value;
}

/// Inverse of a symmetric 6x6 block, in place; false unless it is positive definite.
OSTEON_HD inline bool invert_pivot(double m[6][6]) {
  bool positive = true;
  OSTEON_UNROLL
  for (int k = 0; k < 6; ++k) {
    positive = positive && m[k][k] > 0;
    const double inverse = 1 / m[k][k];
    OSTEON_UNROLL
    for (int i = 0; i < 6; ++i) {
      if (i == k) continue;
      const double factor = m[i][k] * inverse;
      OSTEON_UNROLL
      for (int j = 0; j < 6; ++j)
        if (j != k) m[i][j] -= factor * m[k][j];
      m[i][k] = -factor;
    }
    OSTEON_UNROLL
    for (int j = 0; j < 6; ++j)
      if (j != k) m[k][j] *= inverse;
    m[k][k] = inverse;
  }
  return positive;
}

/// Gauss-Jordan by block rows; a step is two loops over all threads. `work`: the pivot's block row times its inverse (6
/// rows of n), then the pivot's block column (n rows of 6). Symmetric positive definite matrices need no pivoting.
/// First loop: entry j of those.
OSTEON_HD inline void invert_panel(std::size_t n, std::size_t pivot, std::size_t j, const double* dense, double* work,
                                   int* failed) {
  double m[6][6];
  OSTEON_UNROLL
  for (int a = 0; a < 6; ++a) {
    OSTEON_UNROLL
    for (int b = 0; b < 6; ++b) m[a][b] = dense[n * (pivot + a) + pivot + b];
  }
  const bool positive = invert_pivot(m);
  if (!positive && j == pivot) *failed = 1;
  double *row = work + j, *column = work + 6 * n + 6 * j, above[6];
  OSTEON_UNROLL
  for (int b = 0; b < 6; ++b) {
    above[b] = dense[n * (pivot + b) + j];
    column[b] = dense[n * j + pivot + b];
  }
  const std::size_t inside = j - pivot;  // < 6: a column of the pivot, which becomes its inverse
  OSTEON_UNROLL
  for (int a = 0; a < 6; ++a) {
    double sum = 0, own = 0;
    OSTEON_UNROLL
    for (int b = 0; b < 6; ++b) {
      sum += m[a][b] * above[b];
      own = static_cast<std::size_t>(b) == inside ? m[a][b] : own;
    }
    row[n * a] = inside < 6 ? own : sum;
  }
}
/// Second loop: entry i n + j of the matrix.
OSTEON_HD inline void invert_update(std::size_t n, std::size_t pivot, std::size_t entry, const double* work,
                                    double* dense) {
  const std::size_t i = entry / n, j = entry % n;
  if (i - pivot < 6) {
    dense[entry] = work[n * (i - pivot) + j];
    return;
  }
  const double* column = work + 6 * n + 6 * i;
  double value = j - pivot < 6 ? 0 : dense[entry];
  OSTEON_UNROLL
  for (int b = 0; b < 6; ++b) value -= column[b] * work[n * b + j];
  dense[entry] = value;
}
template <class Real>
OSTEON_HD inline void invert_store(std::size_t n, std::size_t entry, const double* dense, Real* inverse) {
  const std::size_t i = entry / n, j = entry % n;
  inverse[entry] = static_cast<Real>(0.5 * (dense[entry] + dense[n * j + i]));
}

}  // namespace osteon::kernels
