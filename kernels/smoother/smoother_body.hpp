// SPDX-License-Identifier: Apache-2.0
// One block of a solve, called by both loops.
#pragma once

#include "kernels/smoother/smoother.hpp"

namespace osteon::kernels {

template <class Real>
OSTEON_HD inline void solve_node(const std::uint16_t* diagonal, std::size_t node, Real s, const Real* x, Real* y,
                                 Real* copy) {
  Real z[3];
  const Real in[3] = {x[3 * node], x[3 * node + 1], x[3 * node + 2]};
  multiply_node_diagonal(diagonal, node, in, z);
  for (int c = 0; c < 3; ++c) {
    y[3 * node + c] = s * z[c];
    if (copy != nullptr) copy[3 * node + c] = s * z[c];
  }
}

/// y = D^-1 x with D^-1 6x6 column-major.
template <class Real>
OSTEON_HD inline void multiply_block6(const Real* m, const Real* x, Real* y) {
  for (int i = 0; i < 6; ++i) y[i] = 0;
  for (int j = 0; j < 6; ++j)
    for (int i = 0; i < 6; ++i) y[i] += m[6 * j + i] * x[j];
}

/// Row of y = D^-1 x; `block_x` holds the six values of the row's block.
template <class Real>
OSTEON_HD inline Real multiply_row6(const Real* inverse_diagonal, std::size_t row, const Real* block_x) {
  const Real* m = inverse_diagonal + 36 * (row / 6) + row % 6;
  Real sum = 0;
  for (int j = 0; j < 6; ++j) sum += m[6 * j] * block_x[j];
  return sum;
}

}  // namespace osteon::kernels
