// SPDX-License-Identifier: Apache-2.0
// A lane's share of a block row and of a dense row, as the GPU's warps cut them, for up to k_together columns at once:
// a value of the matrix is read once for all of them, and each column adds its terms in the order it has alone.
#pragma once

#include "kernels/coarse/coarse.hpp"

namespace osteon::kernels {

/// The blocks of a row are one run of columns of six values. 30 lanes take five columns at a time, so a load is one
/// run of 30 values; lane = 6 (column of the five) + row inside the block.
inline constexpr int k_lane_columns = 5;
inline constexpr int k_block_lanes = k_block * k_lane_columns;

/// Columns that share one reading of the matrix; further columns read it again.
inline constexpr int k_together = 4;

/// sums[c] += value * x[i] of each of `columns` <= Most columns of n entries.
template <int Most, class Real>
OSTEON_HD inline void add_to_columns(int columns, std::size_t n, Real value, const Real* x, std::size_t i, Real* sums) {
  for (int c = 0; c < Most; ++c)
    if (Most == 1 || c < columns) sums[c] += value * x[static_cast<std::size_t>(c) * n + i];
}

/// Share of `lane` < k_block_lanes in (A x) of block row `row`, of each of `columns` <= Most columns of x. The row's
/// sum adds lanes i, i + 6, ..., i + 24 in order. Transposed blocks: lane = 6 (source component among five) +
/// component of the row.
template <int Most, class Real>
OSTEON_HD inline void block_row_lane(const BlockRowsView<Real>& a, std::size_t row, int lane, int columns,
                                     const Real* x, Real* sums) {
  const std::size_t n = k_block * static_cast<std::size_t>(a.inputs);
  for (int c = 0; c < Most; ++c) sums[c] = 0;
  if (a.start != nullptr) {
    const std::int64_t first = a.start[row];
    const std::int64_t terms = k_block * (a.start[row + 1] - first);
    const Real* values = a.values + k_block_values * first + lane;
    const std::uint32_t* block_column = a.column + first;
    for (std::int64_t j = lane / k_block; j < terms; j += k_lane_columns) {
      const std::size_t in =
          k_block * static_cast<std::size_t>(block_column[j / k_block]) + static_cast<std::size_t>(j % k_block);
      add_to_columns<Most>(columns, n, *values, x, in, sums);
      values += k_block_lanes;
    }
  }
  if (a.transposed_start != nullptr) {
    const std::int64_t first = a.transposed_start[row];
    const std::int64_t sources = k_block * (a.transposed_start[row + 1] - first);
    for (std::int64_t j = lane / k_block; j < sources; j += k_lane_columns) {
      const std::size_t entry = static_cast<std::size_t>(first + j / k_block),
                        component = static_cast<std::size_t>(j % k_block);
      const Real* block = a.values + std::size_t{k_block_values} * a.transposed_block[entry];
      add_to_columns<Most>(columns, n, block[k_block * (lane % k_block) + static_cast<int>(component)], x,
                           k_block * static_cast<std::size_t>(a.transposed_column[entry]) + component, sums);
    }
  }
}

/// One component of a smoother step, in two halves with a barrier between them (all six residuals of the row are
/// needed): the residual, then the step.
template <class Real>
OSTEON_HD inline Real step_residual(const BlockStep<Real>& s, std::size_t i, Real ad) {
  return s.r[i] -= ad;
}
template <class Real>
OSTEON_HD inline void step_direction(const BlockStep<Real>& s, std::size_t i, const Real residual[6]) {
  const Real* m = s.inverse_diagonal + k_block_values * (i / k_block) + i % k_block;
  Real z = 0;
  for (int j = 0; j < k_block; ++j) z += m[k_block * j] * residual[j];
  const Real d = s.a * s.d[i] + s.b * z;
  s.next[i] = d;
  s.x[i] += d;
}

/// Share of a lane in row i of a dense n x n product, of each of `columns` <= Most columns.
template <int Most, class Real>
OSTEON_HD inline void dense_row_lane(std::uint32_t n, const Real* row, std::uint32_t lane, std::uint32_t lanes,
                                     int columns, const Real* x, Real* sums) {
  for (int c = 0; c < Most; ++c) sums[c] = 0;
  for (std::uint32_t j = lane; j < n; j += lanes) add_to_columns<Most>(columns, n, row[j], x, j, sums);
}

}  // namespace osteon::kernels
