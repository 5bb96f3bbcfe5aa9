// SPDX-License-Identifier: Apache-2.0
// The inverse 3x3 diagonal block of one node; called by every loop, the host's set-up too.
#pragma once

#include "kernels/galerkin/galerkin.hpp"

namespace osteon::kernels {

/// Corner a has the element on its high side along axis d unless bit d is set. In the Walsh-Hadamard basis the node's
/// block is sum_r block_r[i][j] times the signs of both modes, which differ in bits i and j only.
inline CornerBlock corner_block(const Hex8Blocks<double>& law) {
  constexpr int k_row[6] = {0, 1, 2, 1, 0, 0}, k_column[6] = {0, 1, 2, 2, 2, 1};
  CornerBlock out{};
  for (int v = 0; v < 6; ++v)
    for (int r = 0; r < 8; ++r) out.value[v] += law.block[r][k_row[v]][k_column[v]];
  return out;
}

/// k += the block of corner `corner` of an element.
OSTEON_HD inline void add_corner_block(const CornerBlock& unit, double modulus, int corner, double k[6]) {
  const double x = corner & 1 ? 1 : -1, y = corner >> 1 & 1 ? 1 : -1, z = corner >> 2 ? 1 : -1;
  for (int v = 0; v < 3; ++v) k[v] += modulus * unit.value[v];
  k[3] += modulus * (y * z) * unit.value[3];
  k[4] += modulus * (x * z) * unit.value[4];
  k[5] += modulus * (x * y) * unit.value[5];
}

/// Inverse of the symmetric block k (xx yy zz yz zx xy) over the components that are free, rounded; zero for the
/// others. `constrained`: bit c = component c.
OSTEON_HD inline void pack_inverse_node(const double k[6], int constrained, std::size_t node, std::uint16_t* packed) {
  constexpr double k_safe_pivot = 0.05;  // of its diagonal entry; far above the rounding of 2^-9
  const bool x = constrained & 1, y = constrained & 2, z = constrained & 4;
  const double a = x ? 1 : k[0], b = y ? 1 : k[1], c = z ? 1 : k[2];
  const double d = y || z ? 0 : k[3], e = x || z ? 0 : k[4], f = x || y ? 0 : k[5];
  double m[6] = {b * c - d * d, a * c - e * e, a * b - f * f, e * f - a * d, d * f - b * e, d * e - c * f};
  const double determinant = a * m[0] + f * m[5] + e * m[4];
  for (int v = 0; v < 6; ++v) m[v] /= determinant;
  // Nearly dependent rows (Poisson's ratio close to 1/2 at a corner) could lose definiteness by rounding: such a node
  // is smoothed by its diagonal alone. Pivots of the inverse: its minor of two is c / determinant, its determinant
  // 1 / determinant.
  if (constrained == 0 && (c < k_safe_pivot * m[0] * m[1] * determinant || 1 < k_safe_pivot * c * m[2])) {
    m[0] = 1 / a, m[1] = 1 / b, m[2] = 1 / c;
    m[3] = m[4] = m[5] = 0;
  }
  if (x) m[0] = 0;
  if (y) m[1] = 0;
  if (z) m[2] = 0;
  for (int v = 0; v < 6; ++v) packed[node_diagonal_place(node, v)] = upper_half_of_float(static_cast<float>(m[v]));
}

/// The node at place `at` (x + 8 y + 64 z) of brick b, if there is one.
OSTEON_HD inline void inverse_node(const StiffnessView<double>& s, const CornerBlock* corners, const PackedNode* packed,
                                   std::int32_t b, int at, std::uint16_t* inverse) {
  const int x = at % k_brick_edge, y = at / k_brick_edge % k_brick_edge, z = at / (k_brick_edge * k_brick_edge);
  const std::uint32_t node = s.grid.bricks[b].node(x, y, z);
  if (node == k_no_node) return;
  double k[6] = {};
  for (int a = 0; a < 8; ++a) {
    const std::uint32_t e = s.grid.element_near(b, x - (a & 1), y - (a >> 1 & 1), z - (a >> 2));
    if (e != k_no_node) add_corner_block(corners[s.palette_index[e]], static_cast<double>(s.modulus_mpa[e]), a, k);
  }
  pack_inverse_node(k, packed[node].bits >> 12, node, inverse);
}

}  // namespace osteon::kernels
