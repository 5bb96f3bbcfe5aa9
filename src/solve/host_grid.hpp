// SPDX-License-Identifier: Apache-2.0
// Host-side questions about a brick grid that the multigrid set-up asks: who sits at this position?
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/grid/brick_grid.hpp"
#include "osteon/core/geometry.hpp"

namespace osteon {

class HostGrid {
 public:
  explicit HostGrid(const BrickGridView& view) : view_(view) {
    for (std::int32_t b = 0; b < view.brick_count; ++b)
      for (int d = 0; d < 3; ++d) extent_[d] = std::max(extent_[d], view.bricks[b].position[d] + 1);
    table_.assign(static_cast<std::size_t>(extent_.volume()), -1);
    for (std::int32_t b = 0; b < view.brick_count; ++b) table_[slot(view.bricks[b].position)] = b;
  }

  const BrickGridView& view() const { return view_; }
  /// Extent in bricks.
  Index3 extent() const { return extent_; }

  std::uint32_t node(int x, int y, int z) const {
    const std::int32_t b = brick_at(x, y, z);
    return b < 0 ? k_no_node : view_.bricks[b].node(x & 7, y & 7, z & 7);
  }
  std::uint32_t element(int x, int y, int z) const {
    const std::int32_t b = brick_at(x, y, z);
    return b < 0 ? k_no_node : view_.bricks[b].element(x & 7, y & 7, z & 7);
  }

  /// Number of the brick at node position (x,y,z), -1 when there is none.
  std::int32_t brick_at(int x, int y, int z) const {
    if (x < 0 || y < 0 || z < 0) return -1;
    const std::int32_t p[3] = {x >> 3, y >> 3, z >> 3};
    if (p[0] >= extent_.x || p[1] >= extent_.y || p[2] >= extent_.z) return -1;
    return table_[slot(p)];
  }

 private:
  std::size_t slot(const std::int32_t p[3]) const {
    return (static_cast<std::size_t>(p[2]) * extent_.y + p[1]) * extent_.x + p[0];
  }

  BrickGridView view_;
  Index3 extent_{1, 1, 1};
  std::vector<std::int32_t> table_;
};

}  // namespace osteon
