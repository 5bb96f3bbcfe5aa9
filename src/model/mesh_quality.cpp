// SPDX-License-Identifier: Apache-2.0
#include "osteon/model/mesh_quality.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mesh_elements.hpp"

namespace osteon {

std::vector<SmallestJacobian> smallest_jacobians(const UnstructuredMesh& mesh) {
  std::vector<SmallestJacobian> all(mesh.element_count());
  std::size_t first = 0;
  for (const ElementBlock& block : mesh.blocks) {
    with_shape(block.type, [&](auto shape) {
      using Shape = decltype(shape);
      const std::size_t count = block.count();
#pragma omp parallel for schedule(static)
      for (std::size_t e = 0; e < count; ++e) {
        double x[Shape::k_nodes][3];
        for (std::size_t a = 0; a < Shape::k_nodes; ++a) node_position(mesh, block.nodes[e * Shape::k_nodes + a], x[a]);
        all[first + e] = smallest_jacobian<Shape>(x);
      }
    });
    first += block.count();
  }
  return all;
}

void require_positive_jacobians(const UnstructuredMesh& mesh) {
  constexpr std::size_t k_named = 5;
  const std::vector<SmallestJacobian> all = smallest_jacobians(mesh);
  std::vector<std::size_t> bad;
  for (std::size_t e = 0; e < all.size(); ++e)
    if (!(all[e].at_points > 0)) bad.push_back(e);
  if (bad.empty()) return;
  // NaN sorts as the worst: a node without a finite position.
  const auto key = [&](std::size_t e) {
    return all[e].at_points == all[e].at_points ? all[e].at_points : -std::numeric_limits<double>::infinity();
  };
  std::stable_sort(bad.begin(), bad.end(), [&](std::size_t a, std::size_t b) { return key(a) < key(b); });
  std::string names;
  for (std::size_t i = 0; i < std::min(bad.size(), k_named); ++i) {
    const std::size_t e = bad[i];
    const long long number = e < mesh.file_element_id.size() ? mesh.file_element_id[e] : static_cast<long long>(e);
    names += fmt::format("{}{} ({}, {:.3g} mm3)", i == 0 ? "" : ", ", number, element_name(element_at(mesh, e).type),
                         all[e].at_points);
  }
  throw InputError(fmt::format(
      "{}{} of {} elements are turned inside out or folded (smallest Jacobian not positive): {}{}; check the order of "
      "their nodes, or improve the mesh there",
      mesh.source.empty() ? "" : mesh.source + ": ", bad.size(), all.size(), names,
      bad.size() > k_named ? ", ..." : ""));
}

}  // namespace osteon
