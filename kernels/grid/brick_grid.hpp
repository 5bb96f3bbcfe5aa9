// SPDX-License-Identifier: Apache-2.0
// Compact storage of the active nodes and elements of a voxel mesh, as kernels see it.
//
// Space is cut into bricks of 8x8x8 nodes; only bricks with an active node are stored, in Morton order. A brick keeps
// one 64-bit mask per z-plane (bit 8 y + x) and the number of active nodes before that plane; a node's number is
// base + popcount of the lower bits. Elements are numbered the same way by their low corner, which lies in the brick.
// So vectors are plain 1-D arrays [3 node + component] without holes, and no element-to-node table is stored
// (the value-on-index idea of NanoVDB; see Museth 2021, doi 10.1145/3450623.3464653).
// Memory: 208 B per brick and 108 B of neighbours, about 2 B per active node at the usual fill of 35 %.
#pragma once

#include <cstddef>
#include <cstdint>

#include "osteon/core/real.hpp"

namespace osteon {

inline constexpr int k_brick_edge = 8;
inline constexpr std::uint32_t k_no_node = 0xffffffffu;

OSTEON_HD inline int popcount64(std::uint64_t bits) {
#if defined(__CUDA_ARCH__)
  return __popcll(bits);
#else
  return __builtin_popcountll(bits);
#endif
}

/// One brick: which of its nodes and elements exist, and the number of the first in each z-plane.
struct Brick {
  std::uint64_t node_mask[k_brick_edge];
  std::uint64_t element_mask[k_brick_edge];
  std::uint32_t node_base[k_brick_edge];
  std::uint32_t element_base[k_brick_edge];
  std::int32_t position[3];  ///< brick coordinates; node coordinates = 8 * position + local

  OSTEON_HD std::uint32_t node(int x, int y, int z) const { return lookup(node_mask[z], node_base[z], x, y); }
  OSTEON_HD std::uint32_t element(int x, int y, int z) const { return lookup(element_mask[z], element_base[z], x, y); }

 private:
  OSTEON_HD static std::uint32_t lookup(std::uint64_t mask, std::uint32_t base, int x, int y) {
    const int bit = k_brick_edge * y + x;
    if (!(mask >> bit & 1)) return k_no_node;
    return base + static_cast<std::uint32_t>(popcount64(mask & ((std::uint64_t{1} << bit) - 1)));
  }
};

/// View of the whole grid. `neighbours` holds 27 brick numbers per brick, index (dz+1)*9 + (dy+1)*3 + (dx+1), -1 = none.
struct BrickGridView {
  const Brick* bricks = nullptr;
  const std::int32_t* neighbours = nullptr;
  std::int32_t brick_count = 0;
  std::uint32_t node_count = 0;
  std::uint32_t element_count = 0;

  /// Node at local position (x,y,z), each in [-8, 15], of brick b; k_no_node when absent.
  OSTEON_HD std::uint32_t node_near(std::int32_t b, int x, int y, int z) const {
    const std::int32_t n = neighbours[27 * static_cast<std::int64_t>(b) + neighbour_slot(x, y, z)];
    return n < 0 ? k_no_node : bricks[n].node(x & 7, y & 7, z & 7);
  }
  OSTEON_HD std::uint32_t element_near(std::int32_t b, int x, int y, int z) const {
    const std::int32_t n = neighbours[27 * static_cast<std::int64_t>(b) + neighbour_slot(x, y, z)];
    return n < 0 ? k_no_node : bricks[n].element(x & 7, y & 7, z & 7);
  }

 private:
  OSTEON_HD static int neighbour_slot(int x, int y, int z) {
    return ((z + 8) >> 3) * 9 + ((y + 8) >> 3) * 3 + ((x + 8) >> 3);
  }
};

}  // namespace osteon
