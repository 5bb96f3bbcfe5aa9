// SPDX-License-Identifier: Apache-2.0
// Isoparametric solid elements: Jacobian, strain at any point, stiffness, quality; written once for host and device.
//
// Arrays of nodes are [node][component]; J[i][d] = dx_i / dxi_d. The stiffness is the readable form for tests, checks
// and oracles; the assembly (kernels/assembly) makes the same blocks from the same pieces.
#pragma once

#include <limits>

#include "kernels/element/shapes.hpp"
#include "kernels/element/unit_law.hpp"

namespace osteon {

OSTEON_HD inline double determinant(const double m[3][3]) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}
/// inverse[d][i] = (m^-1)_di; returns the determinant, which must not be zero.
OSTEON_HD inline double invert(const double m[3][3], double inverse[3][3]) {
  const double det = determinant(m), scale = 1 / det;
  for (int d = 0; d < 3; ++d)
    for (int i = 0; i < 3; ++i) {
      const int i1 = (i + 1) % 3, i2 = (i + 2) % 3, d1 = (d + 1) % 3, d2 = (d + 2) % 3;
      inverse[d][i] = (m[i1][d1] * m[i2][d2] - m[i1][d2] * m[i2][d1]) * scale;
    }
  return det;
}

template <class Shape>
OSTEON_HD inline void jacobian(const double x[][3], const double xi[3], double j[3][3]) {
  for (int i = 0; i < 3; ++i) j[i][0] = j[i][1] = j[i][2] = 0;
  for (int a = 0; a < Shape::k_nodes; ++a) {
    double value, slope[3];
    Shape::node(a, xi, value, slope);
    for (int i = 0; i < 3; ++i)
      for (int d = 0; d < 3; ++d) j[i][d] += x[a][i] * slope[d];
  }
}

/// Gradients of the shape functions in space at xi, 1/mm; returns det J.
template <class Shape>
OSTEON_HD inline double gradients(const double x[][3], const double xi[3], double g[][3]) {
  double j[3][3], inverse[3][3];
  jacobian<Shape>(x, xi, j);
  const double det = invert(j, inverse);
  for (int a = 0; a < Shape::k_nodes; ++a) {
    double value, slope[3];
    Shape::node(a, xi, value, slope);
    for (int i = 0; i < 3; ++i)
      g[a][i] = slope[0] * inverse[0][i] + slope[1] * inverse[1][i] + slope[2] * inverse[2][i];
  }
  return det;
}

/// The columns of B that belong to a node: strain_v += b[v][i] u_i, from the gradient of its shape function.
OSTEON_HD inline void strain_columns(const double g[3], double b[6][3]) {
  for (int v = 0; v < 6; ++v) b[v][0] = b[v][1] = b[v][2] = 0;
  b[k_xx][0] = b[k_xy][1] = b[k_zx][2] = g[0];
  b[k_yy][1] = b[k_xy][0] = b[k_yz][2] = g[1];
  b[k_zz][2] = b[k_yz][1] = b[k_zx][0] = g[2];
}

/// Strain at the reference point xi, voigt.hpp, engineering shear. u in mm.
template <class Shape>
OSTEON_HD inline void strain_at(const double x[][3], const double u[][3], const double xi[3], double strain[6]) {
  double g[Shape::k_nodes][3];
  gradients<Shape>(x, xi, g);
  for (int v = 0; v < 6; ++v) strain[v] = 0;
  for (int a = 0; a < Shape::k_nodes; ++a) {
    double b[6][3];
    strain_columns(g[a], b);
    for (int v = 0; v < 6; ++v) strain[v] += b[v][0] * u[a][0] + b[v][1] * u[a][1] + b[v][2] * u[a][2];
  }
}

OSTEON_HD inline void stress_of(const UnitLaw& law, double modulus_mpa, const double strain[6], double stress[6]) {
  for (int v = 0; v < 6; ++v) {
    double sum = 0;
    for (int w = 0; w < 6; ++w) sum += law.c[v][w] * strain[w];
    stress[v] = modulus_mpa * sum;
  }
}

/// K, row-major (3 k_nodes)^2, N/mm: B^T C B at the Gauss points. `modulus_mpa`: one per point.
template <class Shape>
inline void solid_stiffness(const double x[][3], const UnitLaw& law, const double* modulus_mpa, double* k) {
  constexpr int n = Shape::k_nodes, size = 3 * n;
  for (int i = 0; i < size * size; ++i) k[i] = 0;
  for (int q = 0; q < Shape::k_points; ++q) {
    double xi[3], weight, g[n][3], b[n][6][3];
    Shape::point(q, xi, weight);
    weight *= gradients<Shape>(x, xi, g);
    for (int a = 0; a < n; ++a) strain_columns(g[a], b[a]);
    for (int c = 0; c < n; ++c)
      for (int j = 0; j < 3; ++j) {
        double strain[6], stress[6];
        for (int v = 0; v < 6; ++v) strain[v] = b[c][v][j];
        stress_of(law, weight * modulus_mpa[q], strain, stress);
        for (int a = 0; a < n; ++a)
          for (int i = 0; i < 3; ++i)
            for (int v = 0; v < 6; ++v) k[(3 * a + i) * size + 3 * c + j] += b[a][v][i] * stress[v];
      }
  }
}

/// Where the Gauss points are, mm, [point][component], and the volume each stands for, mm3.
template <class Shape>
inline void gauss_points(const double x[][3], double position_mm[][3], double* volume_mm3) {
  for (int q = 0; q < Shape::k_points; ++q) {
    double xi[3], j[3][3];
    Shape::point(q, xi, volume_mm3[q]);
    jacobian<Shape>(x, xi, j);
    volume_mm3[q] *= determinant(j);
    for (int i = 0; i < 3; ++i) position_mm[q][i] = 0;
    for (int a = 0; a < Shape::k_nodes; ++a) {
      double value, slope[3];
      Shape::node(a, xi, value, slope);
      for (int i = 0; i < 3; ++i) position_mm[q][i] += value * x[a][i];
    }
  }
}

/// Reference coordinates of a node.
template <class Shape>
inline void node_place(int a, double xi[3]) {
  constexpr bool k_cube = Shape::k_type == ElementType::hex8 || Shape::k_type == ElementType::hex20;
  if constexpr (k_cube) {
    if (a < 8) {
      for (int d = 0; d < 3; ++d) xi[d] = hex_side(a, d);
      return;
    }
    const int axis = a >= 16 ? 2 : a & 1, c = a >= 16 ? a - 16 : a - 8;
    for (int d = 0; d < 3; ++d) xi[d] = d == axis ? 0 : hex_side(c, d);
  } else if constexpr (Shape::k_type == ElementType::wedge6) {
    for (int d = 0; d < 2; ++d) xi[d] = a % 3 - 1 == d ? 1 : 0;
    xi[2] = a < 3 ? 1 : -1;
  } else {
    const auto corner = [](int i, int d) { return i - 1 == d ? 1.0 : 0.0; };
    const int i = a < 4 ? a : a < 7 ? a - 4 : a - 7, j = a < 4 ? a : a < 7 ? (a - 3) % 3 : 3;
    for (int d = 0; d < 3; ++d) xi[d] = (corner(i, d) + corner(j, d)) / 2;
  }
}

/// Smallest det J, mm3 per volume of the reference element. An element cannot be used where that of a Gauss point is
/// not positive; where only a node's is not, its shape is poor, and strain at that node means nothing.
struct SmallestJacobian {
  double at_points = std::numeric_limits<double>::infinity(), at_nodes = std::numeric_limits<double>::infinity();
};
template <class Shape>
inline SmallestJacobian smallest_jacobian(const double x[][3]) {
  SmallestJacobian smallest;
  const auto lower = [&](const double xi[3], double& low) {
    double j[3][3];
    jacobian<Shape>(x, xi, j);
    const double det = determinant(j);
    if (!(det >= low)) low = det;  // NaN stays
  };
  double xi[3], weight;
  for (int q = 0; q < Shape::k_points; ++q) {
    Shape::point(q, xi, weight);
    lower(xi, smallest.at_points);
  }
  for (int a = 0; a < Shape::k_nodes; ++a) {
    node_place<Shape>(a, xi);
    lower(xi, smallest.at_nodes);
  }
  return smallest;
}

}  // namespace osteon
