// SPDX-License-Identifier: Apache-2.0
// The pieces of an assembled block, and one item of each loop.
#pragma once

#include <cmath>

#include "kernels/assembly/assembly.hpp"
#include "kernels/element/shapes.hpp"
#include "kernels/element/solid.hpp"

namespace osteon::kernels {

/// m[d][i] = sqrt(w det J) (J^-1)_di at a point, i in the material's axes. A gradient in space times sqrt(w det J) is
/// then m^T times the gradient on the reference element, and products of two need no weight.
template <class Shape>
OSTEON_HD inline void point_geometry(const AssemblyView& v, const ElementsView& s, std::size_t e, int q,
                                     double m[3][3]) {
  const double* reference = s.reference + static_cast<std::size_t>(q) * (1 + 3 * Shape::k_nodes);
  double j[3][3] = {};
  for (int a = 0; a < Shape::k_nodes; ++a) {
    const double* x = v.position_mm + std::size_t{3} * s.nodes[e * Shape::k_nodes + static_cast<std::size_t>(a)];
    const double* slope = reference + 1 + 3 * a;
    for (int i = 0; i < 3; ++i)
      for (int d = 0; d < 3; ++d) j[i][d] += x[i] * slope[d];
  }
  double inverse[3][3];
  const double root = std::sqrt(reference[0] * invert(j, inverse));
  const double* axes = s.axes == nullptr ? nullptr : s.axes + 9 * e;
  for (int d = 0; d < 3; ++d)
    for (int i = 0; i < 3; ++i)
      m[d][i] = root * (axes == nullptr ? inverse[d][i]
                                        : inverse[d][0] * axes[3 * i] + inverse[d][1] * axes[3 * i + 1] +
                                              inverse[d][2] * axes[3 * i + 2]);
}

OSTEON_HD inline void scaled_gradient(const double m[3][3], const double* slope, double h[3]) {
  for (int i = 0; i < 3; ++i) h[i] = slope[0] * m[0][i] + slope[1] * m[1][i] + slope[2] * m[2][i];
}
OSTEON_HD inline double point_modulus(const ElementsView& s, std::size_t e, int q) {
  return static_cast<double>(s.modulus_mpa[e * static_cast<std::size_t>(s.moduli) +
                                           (s.moduli == 1 ? std::size_t{0} : static_cast<std::size_t>(q))]);
}
/// From the sum of products of gradients to the block.
OSTEON_HD inline void finish_block(const AssemblyView& v, const ElementsView& s, std::size_t e, const double g[3][3],
                                   double block[3][3]) {
  stiffness_block(v.palette[s.law == nullptr ? 0 : s.law[e]], g, block);
  if (s.axes != nullptr) turn_block(reinterpret_cast<const double(*)[3]>(s.axes + 9 * e), block);
}

/// Geometry of point i % p of element i / p.
template <class Shape>
struct FindGeometry {
  AssemblyView view;
  ElementsView elements;
  double* geometry;
  OSTEON_HD void operator()(std::size_t i) const {
    double m[3][3];
    point_geometry<Shape>(view, elements, i / Shape::k_points, static_cast<int>(i % Shape::k_points), m);
    for (int k = 0; k < 9; ++k) geometry[9 * i + static_cast<std::size_t>(k)] = m[k / 3][k % 3];
  }
};

/// What the elements of one type add to block k; the first type overwrites.
template <class Shape>
struct AssembleEntry {
  AssemblyView view;
  ElementsView s;
  bool first;
  double* values;

  OSTEON_HD void operator()(std::size_t k) const {
    constexpr std::uint32_t n = Shape::k_nodes;
    double sum[9] = {};
    for (std::uint32_t c = s.entry_start[k]; c < s.entry_start[k + 1]; ++c) {
      const std::size_t e = s.contribution[c] / (n * n);
      const std::uint32_t pair = s.contribution[c] % (n * n);
      double block[3][3];
      pair_block(e, static_cast<int>(pair / n), static_cast<int>(pair % n), block);
      for (int i = 0; i < 9; ++i) sum[i] += block[i / 3][i % 3];
    }
    double* out = values + 9 * k;
    if (first)
      for (int i = 0; i < 9; ++i) out[i] = sum[i];
    else if (s.entry_start[k] != s.entry_start[k + 1])
      for (int i = 0; i < 9; ++i) out[i] += sum[i];
  }

 private:
  OSTEON_HD void pair_block(std::size_t e, int a, int b, double block[3][3]) const {
    double g[3][3] = {};
    for (int q = 0; q < Shape::k_points; ++q) {
      const double* stored = s.geometry + 9 * (e * Shape::k_points + static_cast<std::size_t>(q));
      const double* slopes = s.reference + static_cast<std::size_t>(q) * (1 + 3 * Shape::k_nodes) + 1;
      double m[3][3], ha[3], hb[3];
      for (int i = 0; i < 9; ++i) m[i / 3][i % 3] = stored[i];
      scaled_gradient(m, slopes + 3 * a, ha);
      scaled_gradient(m, slopes + 3 * b, hb);
      const double modulus = point_modulus(s, e, q);
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) g[i][j] += modulus * (ha[i] * hb[j]);
    }
    finish_block(view, s, e, g, block);
  }
};

}  // namespace osteon::kernels
