// SPDX-License-Identifier: Apache-2.0
// Shape functions and Gauss rules of the solid elements, nodes in VTK's order, inline for host and device.
//
// A shape is a struct of static functions: node(a, xi, value, gradient) is one shape function at the reference point
// xi, point(q, xi, weight) one Gauss point; weights sum to the reference element's volume. Text-book functions
// (Zienkiewicz, Taylor, Zhu, The Finite Element Method: Its Basis and Fundamentals, 6th ed., chapters 4 and 5).
//
// Rules, those of CalculiX 2.20's C3D4, C3D10, C3D8 and C3D20 (confirmed by the forces it prints for one distorted
// element of each, tests/kernels/solid_elements):
//   tet4    1 point    exact
//   tet10   4 points   degree 2: exact with straight edges and middles half way
//   hex8    2x2x2      exact for parallelepipeds
//   hex20   3x3x3      the same
//   wedge6  3x2        exact for prisms. CalculiX's C3D6 takes 1x2, which has rank 11 and so a motion beside the rigid
//                      ones that costs no energy: not followed, its wedges are softer
#pragma once

#include "kernels/element/element_type.hpp"
#include "osteon/core/real.hpp"

namespace osteon {

/// Barycentric coordinate i of the reference tetrahedron and its slope along d.
OSTEON_HD inline double tet_coordinate(int i, const double xi[3]) {
  return i == 0 ? 1 - xi[0] - xi[1] - xi[2] : xi[i - 1];
}
OSTEON_HD inline double tet_slope(int i, int d) { return i == 0 ? -1.0 : i - 1 == d ? 1.0 : 0.0; }

/// Corners (0,0,0) (1,0,0) (0,1,0) (0,0,1).
struct Tet4 {
  static constexpr ElementType k_type = ElementType::tet4;
  static constexpr int k_nodes = 4, k_points = 1;
  OSTEON_HD static void point(int, double xi[3], double& weight) {
    xi[0] = xi[1] = xi[2] = 0.25;
    weight = 1.0 / 6;
  }
  OSTEON_HD static void node(int a, const double xi[3], double& value, double gradient[3]) {
    value = tet_coordinate(a, xi);
    for (int d = 0; d < 3; ++d) gradient[d] = tet_slope(a, d);
  }
};

/// Tet4 and the middles of 01 12 20 03 13 23.
struct Tet10 {
  static constexpr ElementType k_type = ElementType::tet10;
  static constexpr int k_nodes = 10, k_points = 4;
  OSTEON_HD static void point(int q, double xi[3], double& weight) {
    const double near = 0.58541019662496845446, far = 0.13819660112501051518;  // (5 + 3 sqrt 5) / 20, (5 - sqrt 5) / 20
    for (int d = 0; d < 3; ++d) xi[d] = q - 1 == d ? near : far;
    weight = 1.0 / 24;
  }
  OSTEON_HD static void node(int a, const double xi[3], double& value, double gradient[3]) {
    if (a < 4) {
      const double l = tet_coordinate(a, xi);
      value = l * (2 * l - 1);
      for (int d = 0; d < 3; ++d) gradient[d] = (4 * l - 1) * tet_slope(a, d);
      return;
    }
    const int i = a < 7 ? a - 4 : a - 7, j = a < 7 ? (a - 3) % 3 : 3;
    const double li = tet_coordinate(i, xi), lj = tet_coordinate(j, xi);
    value = 4 * li * lj;
    for (int d = 0; d < 3; ++d) gradient[d] = 4 * (li * tet_slope(j, d) + lj * tet_slope(i, d));
  }
};

/// Side, -1 or 1, of corner a of the reference cube along d: counterclockwise below, then above.
OSTEON_HD inline double hex_side(int a, int d) {
  if (d == 2) return a < 4 ? -1 : 1;
  const int turn = a & 3;
  return d == 0 ? (turn == 1 || turn == 2 ? 1 : -1) : (turn >= 2 ? 1 : -1);
}

/// The cube [-1, 1]^3.
struct Hex8 {
  static constexpr ElementType k_type = ElementType::hex8;
  static constexpr int k_nodes = 8, k_points = 8;
  OSTEON_HD static void point(int q, double xi[3], double& weight) {
    const double g = 0.57735026918962576451;  // 1 / sqrt 3
    for (int d = 0; d < 3; ++d) xi[d] = (q >> d & 1) != 0 ? g : -g;
    weight = 1;
  }
  OSTEON_HD static void node(int a, const double xi[3], double& value, double gradient[3]) {
    double side[3], factor[3];
    for (int d = 0; d < 3; ++d) {
      side[d] = hex_side(a, d);
      factor[d] = (1 + side[d] * xi[d]) / 2;
    }
    value = factor[0] * factor[1] * factor[2];
    for (int d = 0; d < 3; ++d) gradient[d] = side[d] / 2 * factor[(d + 1) % 3] * factor[(d + 2) % 3];
  }
};

/// Serendipity: Hex8 and the middles of 01 12 23 30, 45 56 67 74, 04 15 26 37.
struct Hex20 {
  static constexpr ElementType k_type = ElementType::hex20;
  static constexpr int k_nodes = 20, k_points = 27;
  OSTEON_HD static void point(int q, double xi[3], double& weight) {
    const double g = 0.77459666924148337704;  // sqrt 0.6
    const int at[3] = {q % 3, q / 3 % 3, q / 9};
    weight = 1;
    for (int d = 0; d < 3; ++d) {
      xi[d] = (at[d] - 1) * g;
      weight *= at[d] == 1 ? 8.0 / 9 : 5.0 / 9;
    }
  }
  OSTEON_HD static void node(int a, const double xi[3], double& value, double gradient[3]) {
    if (a < 8)
      corner(a, xi, value, gradient);
    else
      middle(a, xi, value, gradient);
  }

 private:
  OSTEON_HD static void corner(int a, const double xi[3], double& value, double gradient[3]) {
    double side[3], factor[3], sum = -2;
    for (int d = 0; d < 3; ++d) {
      side[d] = hex_side(a, d);
      factor[d] = 1 + side[d] * xi[d];
      sum += side[d] * xi[d];
    }
    value = factor[0] * factor[1] * factor[2] * sum / 8;
    for (int d = 0; d < 3; ++d)
      gradient[d] = side[d] / 8 * factor[(d + 1) % 3] * factor[(d + 2) % 3] * (sum + factor[d]);
  }
  OSTEON_HD static void middle(int a, const double xi[3], double& value, double gradient[3]) {
    // Edge along `axis` from corner c; the sides along the two other axes are the corner's.
    const int axis = a >= 16 ? 2 : a & 1, c = a >= 16 ? a - 16 : a - 8;
    const int e = (axis + 1) % 3, f = (axis + 2) % 3;
    const double side_e = hex_side(c, e), side_f = hex_side(c, f);
    const double bubble = 1 - xi[axis] * xi[axis], factor_e = 1 + side_e * xi[e], factor_f = 1 + side_f * xi[f];
    value = bubble * factor_e * factor_f / 4;
    gradient[axis] = -xi[axis] * factor_e * factor_f / 2;
    gradient[e] = bubble * side_e * factor_f / 4;
    gradient[f] = bubble * factor_e * side_f / 4;
  }
};

/// Triangle (0,0) (1,0) (0,1) times [-1, 1]: triangle 0 1 2 at the end +1 and seen counterclockwise from outside, as
/// VTK documents its cell 13; Abaqus and gmsh number the other triangle first.
struct Wedge6 {
  static constexpr ElementType k_type = ElementType::wedge6;
  static constexpr int k_nodes = 6, k_points = 6;
  OSTEON_HD static void point(int q, double xi[3], double& weight) {
    for (int d = 0; d < 2; ++d) xi[d] = q % 3 - 1 == d ? 2.0 / 3 : 1.0 / 6;
    xi[2] = q < 3 ? -0.57735026918962576451 : 0.57735026918962576451;
    weight = 1.0 / 6;
  }
  OSTEON_HD static void node(int a, const double xi[3], double& value, double gradient[3]) {
    const int i = a % 3;
    const double side = a < 3 ? 1 : -1, along = (1 + side * xi[2]) / 2;
    const double l = i == 0 ? 1 - xi[0] - xi[1] : xi[i - 1];
    value = l * along;
    for (int d = 0; d < 2; ++d) gradient[d] = along * (i == 0 ? -1.0 : i - 1 == d ? 1.0 : 0.0);
    gradient[2] = l * side / 2;
  }
};

/// do_it(shape) with the struct of that type.
template <class Work>
inline decltype(auto) with_shape(ElementType type, Work&& do_it) {
  switch (type) {
    case ElementType::tet4:
      return do_it(Tet4{});
    case ElementType::tet10:
      return do_it(Tet10{});
    case ElementType::hex8:
      return do_it(Hex8{});
    case ElementType::hex20:
      return do_it(Hex20{});
    case ElementType::wedge6:
      break;
  }
  return do_it(Wedge6{});
}

inline int point_count(ElementType type) {
  return with_shape(type, [](auto shape) { return decltype(shape)::k_points; });
}

}  // namespace osteon
