// SPDX-License-Identifier: Apache-2.0
// One block of the smoother step, called by both loops.
#pragma once

#include "kernels/smoother/smoother.hpp"

namespace osteon::kernels {

template <class Real>
OSTEON_HD inline void solve_node(const std::uint16_t* diagonal, std::size_t node, Real s, const Real* x, Real* y) {
  Real z[3];
  const Real in[3] = {x[3 * node], x[3 * node + 1], x[3 * node + 2]};
  multiply_node_diagonal(diagonal, node, in, z);
  for (int c = 0; c < 3; ++c) y[3 * node + c] = s * z[c];
}

/// y = D^-1 x with D^-1 6x6 column-major.
template <class Real>
OSTEON_HD inline void multiply_block6(const Real* m, const Real* x, Real* y) {
  for (int i = 0; i < 6; ++i) y[i] = 0;
  for (int j = 0; j < 6; ++j)
    for (int i = 0; i < 6; ++i) y[i] += m[6 * j + i] * x[j];
}

template <class Real>
OSTEON_HD inline void smoother_step_block6(const SmootherStep<Real>& s, std::size_t block) {
  const std::size_t first = 6 * block;
  Real residual[6], z[6];
  for (int i = 0; i < 6; ++i) residual[i] = s.r[first + i];
  if (s.q != nullptr) {
    for (int i = 0; i < 6; ++i) residual[i] -= s.q[first + i];
    for (int i = 0; i < 6; ++i) s.r[first + i] = residual[i];
  }
  multiply_block6(s.inverse_diagonal + 36 * block, residual, z);
  for (int i = 0; i < 6; ++i) {
    Real d = s.b * z[i];
    if (s.a != Real(0)) d += s.a * s.d[first + i];
    s.d[first + i] = d;
    s.x[first + i] = s.overwrite_x ? d : s.x[first + i] + d;
  }
}

/// What follows does the same by rows, one thread each, in two phases with a barrier between them: six
/// neighbouring threads share the residual of a block. `row` counts scalars.
template <class Real>
OSTEON_HD inline Real smoother_row_residual(const SmootherStep<Real>& s, std::size_t row) {
  if (s.q == nullptr) return s.r[row];
  return s.r[row] -= s.q[row];
}

/// Row of y = D^-1 x; `block_x` holds the six values of the row's block.
template <class Real>
OSTEON_HD inline Real multiply_row6(const Real* inverse_diagonal, std::size_t row, const Real* block_x) {
  const Real* m = inverse_diagonal + 36 * (row / 6) + row % 6;
  Real sum = 0;
  for (int j = 0; j < 6; ++j) sum += m[6 * j] * block_x[j];
  return sum;
}

template <class Real>
OSTEON_HD inline void smoother_finish_row6(const SmootherStep<Real>& s, std::size_t row, const Real* block_residual) {
  Real d = s.b * multiply_row6(s.inverse_diagonal, row, block_residual);
  if (s.a != Real(0)) d += s.a * s.d[row];
  s.d[row] = d;
  s.x[row] = s.overwrite_x ? d : s.x[row] + d;
}

}  // namespace osteon::kernels
