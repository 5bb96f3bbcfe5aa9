// SPDX-License-Identifier: Apache-2.0
// Nodes of a mesh without a grid in boxes: halves of halves, cut at the median across the longer side.
//
// Graded meshes get boxes with equally many nodes, and eight brothers are the cell of the next coarser level: the path
// to a box, read as interleaved bits, is an Index3 whose halves are its parent's. Nodes in the order of the boxes lie
// near in memory when they are near in space.
#pragma once

#include <cstdint>
#include <vector>

#include "osteon/core/geometry.hpp"

namespace osteon {

struct NodeTree {
  std::vector<std::uint32_t> order;  ///< nodes, box by box
  std::vector<std::uint32_t> start;  ///< boxes + 1, into `order`; the number of boxes is a power of 2
};

/// Boxes of at most `most` nodes and, but for tiny meshes, more than half of that. `position_mm` 3 per node.
NodeTree split_nodes(const std::vector<double>& position_mm, std::uint32_t most);

/// Place of a box among the others.
Index3 box_cell(std::uint32_t box);

}  // namespace osteon
