// SPDX-License-Identifier: Apache-2.0
// f = K u node by node with plain 24x24 element matrices: slow, readable, and sharing nothing with the solver's
// operator.
#pragma once

#include <vector>

#include "kernels/element/hex8.hpp"
#include "osteon/model/elastic_model.hpp"

namespace osteon {

/// The 27 nodes around one node, itself in the middle (index 13, x fastest); k_no_node where there is none.
struct NodePatch {
  std::uint32_t nodes[27];
  std::uint32_t elements[8];  ///< in which the node is local node a = 0 ... 7; k_no_node where there is none
};

/// Gauss-integrated element matrices of a model's palette, and the product of one row of nodes with a field.
class GaussStiffness {
 public:
  explicit GaussStiffness(const ElasticModel& model) : material_(model.material) {
    const double h[3] = {model.mesh->spacing_mm()[0], model.mesh->spacing_mm()[1], model.mesh->spacing_mm()[2]};
    matrices_.resize(model.material.palette.size());
    for (std::size_t i = 0; i < matrices_.size(); ++i) hex8_stiffness(model.material.palette[i], h, matrices_[i].k);
  }

  /// Force (N) on the patch's middle node from the field `u`, 3 per node, mm.
  Vec3 force(const NodePatch& patch, const std::vector<double>& u) const {
    double near[27][3] = {};
    for (int n = 0; n < 27; ++n)
      if (patch.nodes[n] != k_no_node)
        for (int c = 0; c < 3; ++c) near[n][c] = u[std::size_t{3} * patch.nodes[n] + c];
    Vec3 force = {0, 0, 0};
    for (int a = 0; a < 8; ++a) {
      const std::uint32_t e = patch.elements[a];
      if (e == k_no_node) continue;
      const auto& k = matrices_[material_.palette_index[e]].k;
      Vec3 unit = {0, 0, 0};
      for (int other = 0; other < 8; ++other) {
        const double* v = near[13 + middle_offset(other) - middle_offset(a)];
        for (int c = 0; c < 3; ++c)
          for (int j = 0; j < 3; ++j) unit[c] += k[3 * a + c][3 * other + j] * v[j];
      }
      for (int c = 0; c < 3; ++c) force[c] += material_.modulus_mpa[e] * unit[c];
    }
    return force;
  }

 private:
  struct Matrix {
    double k[24][24];
  };
  static int middle_offset(int local) { return (local & 1) + 3 * (local >> 1 & 1) + 9 * (local >> 2); }

  const MaterialField& material_;
  std::vector<Matrix> matrices_;
};

/// Patch of the node at local position (x,y,z) of brick b.
inline NodePatch node_patch(const BrickGridView& grid, std::int32_t b, int x, int y, int z) {
  NodePatch patch;
  for (int n = 0; n < 27; ++n) patch.nodes[n] = grid.node_near(b, x + n % 3 - 1, y + n / 3 % 3 - 1, z + n / 9 - 1);
  for (int a = 0; a < 8; ++a) patch.elements[a] = grid.element_near(b, x - (a & 1), y - (a >> 1 & 1), z - (a >> 2));
  return patch;
}

}  // namespace osteon
