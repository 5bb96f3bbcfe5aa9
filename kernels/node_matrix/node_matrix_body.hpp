// SPDX-License-Identifier: Apache-2.0
// One row of a product with an assembled matrix: by one thread, and a lane's share of it on the GPU.
#pragma once

#include "kernels/node_matrix/node_matrix.hpp"
#include "kernels/stiffness/stiffness_node.hpp"

namespace osteon::kernels {

/// y_row = (A x)_row
template <class Real>
OSTEON_HD inline void node_row(const NodeMatrixView<Real>& a, std::size_t row, const Real* x, Real y[3]) {
  y[0] = y[1] = y[2] = 0;
  for (std::int64_t k = a.start[row]; k < a.start[row + 1]; ++k) {
    const Real* block = a.values + 9 * k;
    const Real* v = x + 3 * std::size_t(a.column[k]);
    for (int i = 0; i < 3; ++i) y[i] += block[3 * i] * v[0] + block[3 * i + 1] * v[1] + block[3 * i + 2] * v[2];
  }
}

template <class Real>
struct NodeMatrixMultiply {
  NodeMatrixView<Real> a;
  int columns;
  const Real* x;
  Real* y;
  OSTEON_HD void operator()(std::size_t row) const {
    for (int c = 0; c < columns; ++c) {
      const std::size_t first = std::size_t(c) * 3 * a.rows;
      Real out[3];
      node_row(a, row, x + first, out);
      for (int i = 0; i < 3; ++i) y[first + 3 * row + i] = out[i];
    }
  }
};

template <class Real>
struct NodeMatrixSmooth {
  NodeMatrixView<Real> a;
  int columns;
  NodeStep<Real> step;
  OSTEON_HD void operator()(std::size_t row) const {
    for (int c = 0; c < columns; ++c) {
      const NodeStep<Real> s = step.of_column(std::size_t(c), 3 * std::size_t(a.rows));
      Real product[3];
      node_row(a, row, s.d, product);
      finish_smoother_node(s, row, product);
    }
  }
};

/// y and the row's share of x . y
template <class Real>
struct NodeMatrixDot {
  NodeMatrixView<Real> a;
  const Real* x;
  Real* y;
  NodeMatrixDot started(std::size_t column) const {
    const std::size_t first = column * 3 * a.rows;
    return {a, x + first, y + first};
  }
  double operator()(std::size_t row) const {
    Real out[3];
    node_row(a, row, x, out);
    double dot = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      y[3 * row + i] = out[i];
      dot += static_cast<double>(x[3 * row + i]) * static_cast<double>(out[i]);
    }
    return dot;
  }
};

/// The lanes of a warp that work on a row: three blocks at once, lane = 9 block + 3 i + j, so that they read one run.
inline constexpr int k_node_lane_blocks = 3, k_node_lanes = k_node_lane_blocks * k_node_block;

/// A lane's share of y_i, i = lane % 9 / 3: that of the lane's j and of every third block.
template <class Real>
OSTEON_HD inline Real node_row_lane(const NodeMatrixView<Real>& a, std::size_t row, int lane, const Real* x) {
  const int entry = lane % k_node_block, j = entry % 3;
  Real sum = 0;
  for (std::int64_t k = a.start[row] + lane / k_node_block; k < a.start[row + 1]; k += k_node_lane_blocks)
    sum += a.values[k_node_block * k + entry] * x[std::size_t{3} * a.column[k] + static_cast<std::size_t>(j)];
  return sum;
}

}  // namespace osteon::kernels
