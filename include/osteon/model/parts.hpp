// SPDX-License-Identifier: Apache-2.0
// Face-connected parts of a voxel mesh: each can move as a rigid body without storing energy, and no less than that.
#pragma once

#include <cstdint>
#include <vector>

#include "osteon/model/voxel_mesh.hpp"

namespace osteon {

struct Part {
  std::int64_t elements = 0;
  Index3 first_voxel;    ///< of its first element in mesh order, to point at
  Vec3 centre_mm{};      ///< middle of its bounding box
  double radius_mm = 0;  ///< half the diagonal of that box
};

inline constexpr std::uint32_t k_no_part = 0xffffffffu;

struct MeshParts {
  std::vector<Part> parts;
  std::vector<std::uint32_t> part_of_element;  ///< empty when the whole mesh is one part
};

/// Lock-free union-find over the faces; parallel over bricks. Parts are numbered by their first element.
MeshParts find_parts(const VoxelMesh& mesh);

struct PartNumbers {
  std::uint32_t count = 0;
  std::vector<std::uint32_t> of_element;  ///< k_no_part where nothing is selected
};
/// The same parts, numbered alike but not measured, among the elements with selected[e] != 0.
PartNumbers number_parts(const VoxelMesh& mesh, const std::vector<std::uint8_t>& selected);

/// One node that two or more parts have in common.
struct SharedNode {
  std::uint32_t node;
  std::vector<std::uint32_t> parts;  ///< ascending
};
/// Empty when there is one part only.
std::vector<SharedNode> find_shared_nodes(const VoxelMesh& mesh, const MeshParts& parts);

/// The parts that meet at a node, ascending.
std::vector<std::uint32_t> parts_at_node(const VoxelMesh& mesh, const MeshParts& parts, std::uint32_t node);

}  // namespace osteon
