// SPDX-License-Identifier: Apache-2.0
// Boxes cut into elements of any type, straight or distorted; small enough for dense algebra.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "osteon/model/unstructured_mesh.hpp"

namespace osteon::test {

/// Corners at the ends of the edges that have middle nodes.
inline const std::vector<std::array<int, 2>>& middle_edges_of(ElementType type) {
  static const std::vector<std::array<int, 2>> none,
      tet = {{0, 1}, {1, 2}, {2, 0}, {0, 3}, {1, 3}, {2, 3}},
      hex = {{0, 1}, {1, 2}, {2, 3}, {3, 0}, {4, 5}, {5, 6}, {6, 7}, {7, 4}, {0, 4}, {1, 5}, {2, 6}, {3, 7}};
  return type == ElementType::tet10 ? tet : type == ElementType::hex20 ? hex : none;
}

/// A cell's corners 0..7 (in the order of hex8) shared out to elements, one after another.
inline const std::vector<int>& cuts_of_cell(ElementType type) {
  static const std::vector<int> whole = {0, 1, 2, 3, 4, 5, 6, 7}, wedges = {4, 5, 6, 0, 1, 2, 4, 6, 7, 0, 2, 3},
                                tets = {0, 1, 2, 6, 0, 2, 3, 6, 0, 3, 7, 6,  // around the diagonal 0-6
                                        0, 7, 4, 6, 0, 4, 5, 6, 0, 5, 1, 6};
  if (type == ElementType::tet4 || type == ElementType::tet10) return tets;
  return type == ElementType::wedge6 ? wedges : whole;
}
inline std::size_t corner_count_of(ElementType type) {
  return static_cast<std::size_t>(node_count(type)) - middle_edges_of(type).size();
}

/// [0, size]^3 in n^3 cells; inner corners are moved by up to `distortion` cells along each axis. Middle nodes are half
/// way; with `curved` inner ones are moved too.
inline UnstructuredMesh block_mesh(ElementType type, int n, double size, double distortion = 0, bool curved = false,
                                   std::array<int, 3> first_cell = {0, 0, 0}, std::array<int, 3> cells = {0, 0, 0}) {
  if (cells[0] == 0) cells = {n, n, n};
  UnstructuredMesh mesh;
  std::mt19937 engine(7);
  const auto shift = [&] { return distortion * size / n * (2.0 * static_cast<double>(engine() % 10001) / 10000 - 1); };
  const auto inside = [&](const double* p) {
    for (int d = 0; d < 3; ++d)
      if (!(p[d] > 1e-9 * size && p[d] < (1 - 1e-9) * size)) return false;
    return true;
  };
  const int m = n + 1;
  std::vector<double> corner(static_cast<std::size_t>(3 * m * m * m));
  for (int k = 0; k < m; ++k)
    for (int j = 0; j < m; ++j)
      for (int i = 0; i < m; ++i) {
        double* p = &corner[static_cast<std::size_t>(3 * (i + m * (j + m * k)))];
        p[0] = size * i / n, p[1] = size * j / n, p[2] = size * k / n;
        const double moved[3] = {shift(), shift(), shift()};
        if (inside(p))
          for (int d = 0; d < 3; ++d) p[d] += moved[d];
      }
  std::map<int, std::uint32_t> node_of;  // grid corner -> node
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> middle_of;
  ElementBlock block;
  block.type = type;
  const auto node_at = [&](int grid) {
    const auto found = node_of.emplace(grid, static_cast<std::uint32_t>(mesh.node_count()));
    if (found.second)
      for (int d = 0; d < 3; ++d) mesh.position_mm.push_back(corner[static_cast<std::size_t>(3 * grid + d)]);
    return found.first->second;
  };
  const auto middle = [&](std::uint32_t a, std::uint32_t b) {
    const auto found = middle_of.emplace(std::minmax(a, b), static_cast<std::uint32_t>(mesh.node_count()));
    if (found.second) {
      double p[3];
      for (std::size_t d = 0; d < 3; ++d) p[d] = (mesh.position_mm[3 * a + d] + mesh.position_mm[3 * b + d]) / 2;
      const double moved[3] = {shift() / 4, shift() / 4, shift() / 4};
      if (curved && inside(p))
        for (int d = 0; d < 3; ++d) p[d] += moved[d];
      mesh.position_mm.insert(mesh.position_mm.end(), p, p + 3);
    }
    return found.first->second;
  };
  constexpr int k_offset[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                                  {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  for (int k = first_cell[2]; k < first_cell[2] + cells[2]; ++k)
    for (int j = first_cell[1]; j < first_cell[1] + cells[1]; ++j)
      for (int i = first_cell[0]; i < first_cell[0] + cells[0]; ++i)
        for (std::size_t cut = 0; cut < cuts_of_cell(type).size(); cut += corner_count_of(type)) {
          std::vector<std::uint32_t> nodes;
          for (std::size_t at = cut; at < cut + corner_count_of(type); ++at) {
            const int c = cuts_of_cell(type)[at];
            nodes.push_back(node_at(i + k_offset[c][0] + m * (j + k_offset[c][1] + m * (k + k_offset[c][2]))));
          }
          for (const auto& edge : middle_edges_of(type))
            nodes.push_back(middle(nodes[static_cast<std::size_t>(edge[0])], nodes[static_cast<std::size_t>(edge[1])]));
          block.nodes.insert(block.nodes.end(), nodes.begin(), nodes.end());
        }
  mesh.blocks.push_back(block);
  mesh.label.assign(mesh.element_count(), 1);
  return mesh;
}

/// Is a node on the surface of the box?
inline bool on_box(const UnstructuredMesh& mesh, std::uint32_t node, double size) {
  for (std::size_t d = 0; d < 3; ++d) {
    const double p = mesh.position_mm[3 * std::size_t{node} + d];
    if (p < 1e-9 * size || p > (1 - 1e-9) * size) return true;
  }
  return false;
}

}  // namespace osteon::test
