// SPDX-License-Identifier: Apache-2.0
// One row of a product with an assembled matrix, called by both loops.
#pragma once

#include "kernels/grid/node_diagonal.hpp"
#include "kernels/node_matrix/node_matrix.hpp"

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
      Real product[3], r[3];
      node_row(a, row, s.d, product);
      for (int i = 0; i < 3; ++i) s.r[3 * row + i] = r[i] = s.r[3 * row + i] - product[i];
      if (s.inverse_diagonal == nullptr) continue;
      Real solved[3];
      multiply_node_diagonal(s.inverse_diagonal, row, r, solved);
      for (int i = 0; i < 3; ++i) {
        const Real next = s.a * s.d[3 * row + i] + s.b * solved[i];
        s.next[3 * row + i] = next;
        s.x[3 * row + i] += next;
      }
    }
  }
};

}  // namespace osteon::kernels
