// SPDX-License-Identifier: Apache-2.0
// The voxel mesh: which elements and nodes exist, and how they are numbered.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/grid/brick_grid.hpp"
#include "osteon/core/geometry.hpp"

namespace osteon {

/// Hexahedral mesh of the active voxels of an image; immutable once built.
/// Element (i,j,k) fills the voxel; node (i,j,k) is its low corner. Both are numbered brick by brick (brick_grid.hpp).
class VoxelMesh {
 public:
  /// `active` has one byte per voxel, x fastest; non-zero voxels become elements.
  VoxelMesh(Index3 size, Vec3 spacing_mm, const std::vector<std::uint8_t>& active);

  Index3 size() const { return size_; }           ///< voxels
  Vec3 spacing_mm() const { return spacing_mm_; }
  std::uint32_t node_count() const { return view_counts_.node_count; }
  std::uint32_t element_count() const { return view_counts_.element_count; }

  /// Host view; valid while the mesh lives.
  BrickGridView view() const;
  const std::vector<Brick>& bricks() const { return bricks_; }
  const std::vector<std::int32_t>& brick_neighbours() const { return neighbours_; }

  /// Grid coordinates of every element / node, in mesh order.
  const std::vector<Index3>& element_positions() const { return element_positions_; }
  const std::vector<Index3>& node_positions() const { return node_positions_; }
  /// Number of the node / element at a grid position, k_no_node when absent or outside.
  std::uint32_t node_at(Index3 position) const;
  std::uint32_t element_at(Index3 position) const;
  /// The eight nodes of an element in the local order of hex8.hpp (x bit fastest).
  void element_nodes(std::uint32_t element, std::uint32_t nodes[8]) const;

 private:
  Index3 size_;
  Vec3 spacing_mm_;
  std::vector<Brick> bricks_;
  std::vector<std::int32_t> neighbours_;
  std::vector<std::int32_t> brick_table_;   ///< dense over brick coordinates, -1 = none
  Index3 brick_extent_;
  std::vector<Index3> element_positions_;
  std::vector<Index3> node_positions_;
  BrickGridView view_counts_;
};

}  // namespace osteon
