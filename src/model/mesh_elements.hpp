// SPDX-License-Identifier: Apache-2.0
// An element of an unstructured mesh by its number: its type, nodes and where they are.
#pragma once

#include "kernels/element/element_type.hpp"
#include "osteon/core/error.hpp"
#include "osteon/model/unstructured_mesh.hpp"

namespace osteon {

struct MeshElement {
  ElementType type = ElementType::tet4;
  const std::uint32_t* nodes = nullptr;
};

inline MeshElement element_at(const UnstructuredMesh& mesh, std::size_t element) {
  for (const ElementBlock& block : mesh.blocks) {
    if (element < block.count())
      return {block.type, &block.nodes[element * static_cast<std::size_t>(node_count(block.type))]};
    element -= block.count();
  }
  throw InternalError("the mesh has no element of that number");
}

inline void node_position(const UnstructuredMesh& mesh, std::uint32_t node, double x[3]) {
  for (std::size_t d = 0; d < 3; ++d) x[d] = mesh.position_mm[std::size_t{3} * node + d];
}

}  // namespace osteon
