// SPDX-License-Identifier: Apache-2.0
// One block of the smoother step, called by both loops.
#pragma once

#include "kernels/smoother/smoother.hpp"

namespace osteon::kernels {

/// y = D^-1 x with D^-1 symmetric 3x3 stored xx yy zz yz zx xy.
template <class Real>
OSTEON_HD inline void multiply_block3(const Real* m, const Real* x, Real* y) {
  const Real x0 = x[0], x1 = x[1], x2 = x[2];
  y[0] = m[0] * x0 + m[5] * x1 + m[4] * x2;
  y[1] = m[5] * x0 + m[1] * x1 + m[3] * x2;
  y[2] = m[4] * x0 + m[3] * x1 + m[2] * x2;
}

/// y = D^-1 x with D^-1 6x6 column-major.
template <class Real>
OSTEON_HD inline void multiply_block6(const Real* m, const Real* x, Real* y) {
  for (int i = 0; i < 6; ++i) y[i] = 0;
  for (int j = 0; j < 6; ++j)
    for (int i = 0; i < 6; ++i) y[i] += m[6 * j + i] * x[j];
}

template <int N, class Real>
OSTEON_HD inline void multiply_block(const Real* m, const Real* x, Real* y) {
  if constexpr (N == 3)
    multiply_block3(m, x, y);
  else
    multiply_block6(m, x, y);
}

template <int N, class Real>
OSTEON_HD inline void smoother_step_block(const SmootherStep<Real>& s, std::size_t block) {
  constexpr int k_stored = N == 3 ? 6 : 36;
  const std::size_t first = N * block;
  Real residual[N], z[N];
  for (int i = 0; i < N; ++i) residual[i] = s.r[first + i];
  if (s.q != nullptr) {
    for (int i = 0; i < N; ++i) residual[i] -= s.q[first + i];
    for (int i = 0; i < N; ++i) s.r[first + i] = residual[i];
  }
  multiply_block<N>(s.inverse_diagonal + k_stored * block, residual, z);
  for (int i = 0; i < N; ++i) {
    Real d = s.b * z[i];
    if (s.a != Real(0)) d += s.a * s.d[first + i];
    s.d[first + i] = d;
    s.x[first + i] = s.overwrite_x ? d : s.x[first + i] + d;
  }
}

/// What follows does the same for 6x6 blocks by rows, one thread each, in two phases with a barrier between them: six
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
