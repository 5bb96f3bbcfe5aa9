// SPDX-License-Identifier: Apache-2.0
// Faces of the solid elements and integrals over them. Host only.
#pragma once

#include <cstdint>

#include "kernels/element/shapes.hpp"

namespace osteon {

inline constexpr int k_most_face_nodes = 8, k_most_face_points = 9;

/// Nodes of a face as places in its element, counterclockwise from outside: corners, then the middles of the edges
/// from the first corner on. Faces are numbered as VTK numbers those of the cell.
struct FaceNodes {
  int count = 0;
  std::int8_t node[k_most_face_nodes] = {};
};

inline int face_count(ElementType type) {
  return type == ElementType::tet4 || type == ElementType::tet10 ? 4 : type == ElementType::wedge6 ? 5 : 6;
}

inline const FaceNodes& face_nodes(ElementType type, int face) {
  static constexpr FaceNodes k_tet4[4] = {{3, {0, 1, 3}}, {3, {1, 2, 3}}, {3, {2, 0, 3}}, {3, {0, 2, 1}}};
  static constexpr FaceNodes k_tet10[4] = {
      {6, {0, 1, 3, 4, 8, 7}}, {6, {1, 2, 3, 5, 9, 8}}, {6, {2, 0, 3, 6, 7, 9}}, {6, {0, 2, 1, 6, 5, 4}}};
  static constexpr FaceNodes k_hex8[6] = {{4, {0, 4, 7, 3}}, {4, {1, 2, 6, 5}}, {4, {0, 1, 5, 4}},
                                          {4, {3, 7, 6, 2}}, {4, {0, 3, 2, 1}}, {4, {4, 5, 6, 7}}};
  static constexpr FaceNodes k_hex20[6] = {{8, {0, 4, 7, 3, 16, 15, 19, 11}}, {8, {1, 2, 6, 5, 9, 18, 13, 17}},
                                           {8, {0, 1, 5, 4, 8, 17, 12, 16}},  {8, {3, 7, 6, 2, 19, 14, 18, 10}},
                                           {8, {0, 3, 2, 1, 11, 10, 9, 8}},   {8, {4, 5, 6, 7, 12, 13, 14, 15}}};
  static constexpr FaceNodes k_wedge6[5] = {
      {3, {0, 1, 2}}, {3, {3, 5, 4}}, {4, {0, 3, 4, 1}}, {4, {1, 4, 5, 2}}, {4, {2, 5, 3, 0}}};
  switch (type) {
    case ElementType::tet4:
      return k_tet4[face];
    case ElementType::tet10:
      return k_tet10[face];
    case ElementType::hex8:
      return k_hex8[face];
    case ElementType::hex20:
      return k_hex20[face];
    case ElementType::wedge6:
      break;
  }
  return k_wedge6[face];
}

/// One point of a rule on a face: functions of its nodes, and normal times area (mm2), outwards.
struct FacePoint {
  double value[k_most_face_nodes] = {};
  double area_mm2[3] = {};
};

/// Functions on a face are those of a solid element whose face it could be: a tetrahedron's 0 1 2 (and middles 4 5 6)
/// or a cube's 4 5 6 7 (12 13 14 15).
template <class Shape>
inline FacePoint face_point(int count, const int* place, const double xi[3], double weight, const double x[][3]) {
  FacePoint p;
  double along[2][3] = {};
  for (int a = 0; a < count; ++a) {
    double slope[3];
    Shape::node(place[a], xi, p.value[a], slope);
    for (int d = 0; d < 2; ++d)
      for (int i = 0; i < 3; ++i) along[d][i] += slope[d] * x[a][i];
  }
  for (int i = 0; i < 3; ++i) {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    p.area_mm2[i] = weight * (along[0][j] * along[1][k] - along[0][k] * along[1][j]);
  }
  return p;
}

/// Points of a face whose nodes are at x; returns how many. Pressure times the functions is integrated exactly, on
/// curved faces too, so that the pressure on a closed surface has no resultant. Triangles: Strang and Fix 1973, six
/// points of degree 4 (also Dunavant 1985, Int. J. Numer. Methods Eng. 21:1129, doi 10.1002/nme.1620210612);
/// quadrilaterals: 3x3 Gauss points.
inline int face_points(int count, const double x[][3], FacePoint points[k_most_face_points]) {
  const bool triangle = count == 3 || count == 6;
  if (triangle) {
    static constexpr int k_place[6] = {0, 1, 2, 4, 5, 6};
    const double at[2] = {0.44594849091596488632, 0.09157621350977074346};
    const double weights[2] = {0.22338158967801146570 / 2, 0.10995174365532186764 / 2};
    for (int q = 0; q < 6; ++q) {
      const double near = at[q / 3], far = 1 - 2 * near;
      const double xi[3] = {q % 3 == 0 ? far : near, q % 3 == 1 ? far : near, 0};
      points[q] = count == 3 ? face_point<Tet4>(3, k_place, xi, weights[q / 3], x)
                             : face_point<Tet10>(6, k_place, xi, weights[q / 3], x);
    }
    return 6;
  }
  static constexpr int k_place[8] = {4, 5, 6, 7, 12, 13, 14, 15};
  for (int q = 0; q < 9; ++q) {
    double xi[3], weight;
    Hex20::point(q + 9, xi, weight);  // the middle plane of the 27
    weight *= 9.0 / 8;
    xi[2] = 1;
    points[q] = count == 4 ? face_point<Hex8>(4, k_place, xi, weight, x) : face_point<Hex20>(8, k_place, xi, weight, x);
  }
  return 9;
}

}  // namespace osteon
