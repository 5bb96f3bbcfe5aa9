// SPDX-License-Identifier: Apache-2.0
// One step of the Chebyshev smoother (smoother.hpp) as it is fused with the product of its level.
#pragma once

#include <cstddef>

#include "osteon/core/real.hpp"

namespace osteon::kernels {

/// r -= A d; then, unless inverse_diagonal is null, next = a d + b D^-1 r and x += next.
/// Without inverse_diagonal `next` is scratch and x is not touched. d and next must differ.
/// Diagonal: node_diagonal.hpp's halves on the finest level; below 36 Reals per row, column-major, + k_block_padding.
template <class Real, class Diagonal>
struct SmootherStep {
  const Real* d = nullptr;
  Real* next = nullptr;
  Real* r = nullptr;
  Real* x = nullptr;
  const Diagonal* inverse_diagonal = nullptr;
  Real a = 0, b = 0;

  /// The step of one column of block vectors whose columns have n entries.
  OSTEON_HD SmootherStep of_column(std::size_t column, std::size_t n) const {
    const std::size_t first = column * n;
    return {d + first, next + first, r + first, x + first, inverse_diagonal, a, b};
  }
};

}  // namespace osteon::kernels
