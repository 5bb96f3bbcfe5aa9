// SPDX-License-Identifier: Apache-2.0
// The inverse 3x3 diagonal block of every node, as the smoother of the finest level reads it.
//
// Symmetric, six values (xx yy zz yz zx xy), each kept as the upper half of a float (8 bits of mantissa, the range of
// fp32): a smoother needs no more, and 12 B per node instead of 24 are read in every step. Eight nodes are stored
// together, value by value, so that a vector of eight lanes reads one run: [node / 8][value][node % 8].
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "osteon/core/real.hpp"

namespace osteon {

inline constexpr std::size_t k_diagonal_group = 8;
inline constexpr std::size_t k_diagonal_values = 6;

/// Entries of the array for `nodes` nodes; the last group is whole.
inline std::size_t node_diagonal_size(std::size_t nodes) {
  return (nodes + k_diagonal_group - 1) / k_diagonal_group * k_diagonal_group * k_diagonal_values;
}
OSTEON_HD inline std::size_t node_diagonal_place(std::size_t node, int value) {
  return (node / k_diagonal_group * k_diagonal_values + static_cast<std::size_t>(value)) * k_diagonal_group +
         node % k_diagonal_group;
}

OSTEON_HD inline float float_from_upper_half(std::uint16_t half) {
  const std::uint32_t bits = static_cast<std::uint32_t>(half) << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
/// Rounded to nearest; the value must be finite.
OSTEON_HD inline std::uint16_t upper_half_of_float(float value) {
  std::uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}

/// y = D^-1 x at one node.
template <class Real>
OSTEON_HD inline void multiply_node_diagonal(const std::uint16_t* diagonal, std::size_t node, const Real x[3],
                                             Real y[3]) {
  Real m[6];
  for (int v = 0; v < 6; ++v) m[v] = static_cast<Real>(float_from_upper_half(diagonal[node_diagonal_place(node, v)]));
  y[0] = m[0] * x[0] + m[5] * x[1] + m[4] * x[2];
  y[1] = m[5] * x[0] + m[1] * x[1] + m[3] * x[2];
  y[2] = m[4] * x[0] + m[3] * x[1] + m[2] * x[2];
}

}  // namespace osteon
