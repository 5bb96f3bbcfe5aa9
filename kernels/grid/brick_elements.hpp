// SPDX-License-Identifier: Apache-2.0
// Host loops over the elements of a brick.
#pragma once

#include "kernels/grid/brick_grid.hpp"

namespace osteon {

/// Calls visit(element, x, y, z) for every element of brick b of a grid in host memory, in the order of their numbers;
/// x, y, z within the brick.
template <class Visit>
void for_each_element(const BrickGridView& grid, std::int32_t b, const Visit& visit) {
  for (int z = 0; z < k_brick_edge; ++z) {
    std::uint32_t element = grid.bricks[b].element_base[z];
    for (std::uint64_t mask = grid.bricks[b].element_mask[z]; mask != 0; mask &= mask - 1, ++element) {
      const int bit = __builtin_ctzll(mask);
      visit(element, bit % k_brick_edge, bit / k_brick_edge, z);
    }
  }
}

}  // namespace osteon
