// SPDX-License-Identifier: Apache-2.0
// Builds the brick storage of a voxel mesh and answers questions about it on the host.
#include "osteon/model/voxel_mesh.hpp"

#include <algorithm>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Spreads the low 21 bits so that two zero bits follow each (Morton order).
std::uint64_t spread_bits(std::uint64_t x) {
  x &= 0x1fffff;
  x = (x | x << 32) & 0x1f00000000ffffull;
  x = (x | x << 16) & 0x1f0000ff0000ffull;
  x = (x | x << 8) & 0x100f00f00f00f00full;
  x = (x | x << 4) & 0x10c30c30c30c30c3ull;
  return (x | x << 2) & 0x1249249249249249ull;
}

std::uint64_t morton_code(const std::int32_t p[3]) {
  return spread_bits(static_cast<std::uint64_t>(p[0])) | spread_bits(static_cast<std::uint64_t>(p[1])) << 1 |
         spread_bits(static_cast<std::uint64_t>(p[2])) << 2;
}

/// Which voxels x0 - 1 ... x0 + 7 of a row exist: voxel x is bit x - x0 + 1. Voxels outside the grid are empty.
std::uint32_t voxel_row(const std::vector<std::uint8_t>& active, Index3 size, int x0, int y, int z) {
  if (y < 0 || z < 0 || y >= size.y || z >= size.z) return 0;
  const std::uint8_t* row = active.data() + (static_cast<std::size_t>(z) * size.y + y) * size.x;
  std::uint32_t bits = 0;
  for (int x = -1; x < k_brick_edge; ++x)  // bit x + 1
    if (x0 + x >= 0 && x0 + x < size.x && row[x0 + x] != 0) bits |= 1u << (x + 1);
  return bits;
}

void fill_masks(Brick& brick, const std::vector<std::uint8_t>& active, Index3 size) {
  const int x0 = 8 * brick.position[0], y0 = 8 * brick.position[1], z0 = 8 * brick.position[2];
  for (int z = 0; z < k_brick_edge; ++z) {
    brick.node_mask[z] = brick.element_mask[z] = 0;
    for (int y = 0; y < k_brick_edge; ++y) {
      const std::uint32_t here = voxel_row(active, size, x0, y0 + y, z0 + z);
      std::uint32_t touching = here;  // the four voxel rows that share this row of nodes
      touching |= voxel_row(active, size, x0, y0 + y - 1, z0 + z);
      touching |= voxel_row(active, size, x0, y0 + y, z0 + z - 1);
      touching |= voxel_row(active, size, x0, y0 + y - 1, z0 + z - 1);
      const std::uint64_t elements = here >> 1 & 0xff;
      const std::uint64_t nodes = (touching | touching >> 1) & 0xff;
      brick.element_mask[z] |= elements << (8 * y);
      brick.node_mask[z] |= nodes << (8 * y);
    }
  }
}

bool is_empty(const Brick& brick) {
  return std::all_of(brick.node_mask, brick.node_mask + k_brick_edge, [](std::uint64_t mask) { return mask == 0; });
}

template <class Visit>
void for_each_bit(std::uint64_t mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(__builtin_ctzll(mask));
}

}  // namespace

VoxelMesh::VoxelMesh(Index3 size, Vec3 spacing_mm, const std::vector<std::uint8_t>& active)
    : size_(size), spacing_mm_(spacing_mm) {
  OSTEON_ASSERT(static_cast<std::int64_t>(active.size()) == size.volume());
  brick_extent_ = {size.x / 8 + 1, size.y / 8 + 1, size.z / 8 + 1};  // nodes run to size inclusive
  const std::int64_t candidates = brick_extent_.volume();
  std::vector<Brick> all(static_cast<std::size_t>(candidates));
#pragma omp parallel for schedule(dynamic, 64)
  for (std::int64_t b = 0; b < candidates; ++b) {
    Brick& brick = all[static_cast<std::size_t>(b)];
    brick = Brick{};
    brick.position[0] = static_cast<std::int32_t>(b % brick_extent_.x);
    brick.position[1] = static_cast<std::int32_t>(b / brick_extent_.x % brick_extent_.y);
    brick.position[2] = static_cast<std::int32_t>(b / (std::int64_t{brick_extent_.x} * brick_extent_.y));
    fill_masks(brick, active, size);
  }
  for (const Brick& brick : all)
    if (!is_empty(brick)) bricks_.push_back(brick);
  std::sort(bricks_.begin(), bricks_.end(),
            [](const Brick& a, const Brick& b) { return morton_code(a.position) < morton_code(b.position); });

  std::uint64_t nodes = 0, elements = 0;
  for (Brick& brick : bricks_)
    for (int z = 0; z < k_brick_edge; ++z) {
      brick.node_base[z] = static_cast<std::uint32_t>(nodes);
      brick.element_base[z] = static_cast<std::uint32_t>(elements);
      nodes += static_cast<std::uint64_t>(popcount64(brick.node_mask[z]));
      elements += static_cast<std::uint64_t>(popcount64(brick.element_mask[z]));
    }
  if (nodes >= k_no_node) throw InputError("the mesh has " + std::to_string(nodes) + " nodes; at most 4294967294 fit");
  view_counts_.node_count = static_cast<std::uint32_t>(nodes);
  view_counts_.element_count = static_cast<std::uint32_t>(elements);

  brick_table_.assign(static_cast<std::size_t>(candidates), -1);
  auto table_slot = [&](int x, int y, int z) -> std::int64_t {
    if (x < 0 || y < 0 || z < 0 || x >= brick_extent_.x || y >= brick_extent_.y || z >= brick_extent_.z) return -1;
    return (std::int64_t{z} * brick_extent_.y + y) * brick_extent_.x + x;
  };
  const std::int32_t count = static_cast<std::int32_t>(bricks_.size());
  for (std::int32_t b = 0; b < count; ++b) {
    const auto& p = bricks_[b].position;
    brick_table_[table_slot(p[0], p[1], p[2])] = b;
  }
  neighbours_.resize(std::size_t{27} * bricks_.size());
  element_positions_.resize(elements);
  node_positions_.resize(nodes);
#pragma omp parallel for schedule(static)
  for (std::int32_t b = 0; b < count; ++b) {
    const Brick& brick = bricks_[b];
    for (int n = 0; n < 27; ++n) {
      const std::int64_t slot =
          table_slot(brick.position[0] + n % 3 - 1, brick.position[1] + n / 3 % 3 - 1, brick.position[2] + n / 9 - 1);
      neighbours_[std::size_t{27} * b + n] = slot < 0 ? -1 : brick_table_[slot];
    }
    for (int z = 0; z < k_brick_edge; ++z) {
      std::uint32_t node = brick.node_base[z], element = brick.element_base[z];
      auto position = [&](int bit) {
        return Index3{8 * brick.position[0] + bit % 8, 8 * brick.position[1] + bit / 8, 8 * brick.position[2] + z};
      };
      for_each_bit(brick.node_mask[z], [&](int bit) { node_positions_[node++] = position(bit); });
      for_each_bit(brick.element_mask[z], [&](int bit) { element_positions_[element++] = position(bit); });
    }
  }
}

BrickGridView VoxelMesh::view() const {
  BrickGridView view = view_counts_;
  view.bricks = bricks_.data();
  view.neighbours = neighbours_.data();
  view.brick_count = static_cast<std::int32_t>(bricks_.size());
  return view;
}

std::uint32_t VoxelMesh::node_at(Index3 p) const {
  if (p.x < 0 || p.y < 0 || p.z < 0 || p.x > size_.x || p.y > size_.y || p.z > size_.z) return k_no_node;
  const std::int32_t b = brick_table_[(std::size_t(p.z / 8) * brick_extent_.y + p.y / 8) * brick_extent_.x + p.x / 8];
  return b < 0 ? k_no_node : bricks_[b].node(p.x & 7, p.y & 7, p.z & 7);
}

std::uint32_t VoxelMesh::element_at(Index3 p) const {
  if (p.x < 0 || p.y < 0 || p.z < 0 || p.x >= size_.x || p.y >= size_.y || p.z >= size_.z) return k_no_node;
  const std::int32_t b = brick_table_[(std::size_t(p.z / 8) * brick_extent_.y + p.y / 8) * brick_extent_.x + p.x / 8];
  return b < 0 ? k_no_node : bricks_[b].element(p.x & 7, p.y & 7, p.z & 7);
}

void VoxelMesh::element_nodes(std::uint32_t element, std::uint32_t nodes[8]) const {
  const Index3 p = element_positions_[element];
  for (int a = 0; a < 8; ++a) nodes[a] = node_at({p.x + (a & 1), p.y + (a >> 1 & 1), p.z + (a >> 2)});
}

}  // namespace osteon
