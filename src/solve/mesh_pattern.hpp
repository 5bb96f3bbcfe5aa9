// SPDX-License-Identifier: Apache-2.0
// Which blocks an assembled stiffness has and which element adds to which, found once on the host.
//
// By counting sorts, which are linear and parallel by rows; design.md names Thrust for sorts on the device, which is
// worth its compile time once this set-up weighs in a solve on a GPU (measured in kernels/README.md).
#pragma once

#include <cstdint>
#include <vector>

#include "block_matrix.hpp"
#include "osteon/solve/mesh_problem.hpp"

namespace osteon {

/// Nodes that share an element, in ascending order. A node without elements has an empty row.
Graph mesh_graph(const MeshProblem& problem);

/// For element e with n nodes: place[e n n + a n + b] = which block of node a's row is that of node b.
std::vector<std::uint16_t> block_places(const MeshElements& elements, const Graph& graph);

/// Lists of numbers, the k-th from start[k] on.
struct NumberLists {
  std::vector<std::uint32_t> start, number;
};
/// Elements that touch the rows of each chunk, ascending.
NumberLists chunk_lists(const MeshElements& elements, std::uint32_t rows, std::uint32_t chunk_rows);
/// What adds to each block, as ElementsView::contribution.
NumberLists entry_lists(const MeshElements& elements, const Graph& graph, const std::vector<std::uint16_t>& place);

}  // namespace osteon
