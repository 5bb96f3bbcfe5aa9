// SPDX-License-Identifier: Apache-2.0
// Bone meshes of any kind: tetrahedra, hexahedra and wedges, with the sets and surfaces their files name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/element/element_type.hpp"
#include "osteon/core/geometry.hpp"

namespace osteon {

/// Elements of one type; element e has nodes[e * node_count(type)] on.
struct ElementBlock {
  ElementType type = ElementType::tet4;
  std::vector<std::uint32_t> nodes;  ///< from 0
  std::size_t count() const { return nodes.size() / static_cast<std::size_t>(node_count(type)); }
};

/// A face of an element; `face` counts as VTK does for that cell type.
struct ElementFace {
  std::uint32_t element = 0;
  std::uint8_t face = 0;
};

struct NamedNodes {
  std::string name;
  std::vector<std::uint32_t> nodes;  ///< ascending
};
struct NamedElements {
  std::string name;
  std::vector<std::uint32_t> elements;  ///< ascending
};
struct NamedSurface {
  std::string name;
  std::vector<ElementFace> faces;
};

/// Elastic constants that a mesh file brings along.
struct MeshMaterial {
  std::string name;
  int label = 0;  ///< of the elements it belongs to
  double youngs_modulus_mpa = 0, poisson_ratio = 0;
};

/// Lengths in mm. Elements are numbered through the blocks in their order, from 0.
struct UnstructuredMesh {
  std::vector<double> position_mm;   ///< 3 per node
  std::vector<ElementBlock> blocks;  ///< at most one per type
  std::vector<int> label;            ///< per element: part, physical group or material, 1 where the file names none
  std::vector<NamedNodes> node_sets;
  std::vector<NamedElements> element_sets;
  std::vector<NamedSurface> surfaces;
  std::vector<MeshMaterial> materials;     ///< when the file has some
  std::vector<std::int64_t> file_node_id;  ///< per node, as numbered in the file; for messages and files that go back
  std::vector<std::int64_t> file_element_id;  ///< per element
  std::string source;                         ///< path it was read from

  std::size_t node_count() const { return position_mm.size() / 3; }
  std::size_t element_count() const {
    std::size_t count = 0;
    for (const ElementBlock& block : blocks) count += block.count();
    return count;
  }
};

}  // namespace osteon
