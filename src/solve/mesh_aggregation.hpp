// SPDX-License-Identifier: Apache-2.0
// Aggregates of the finest level on a mesh without a grid, and the first coarse matrix from assembled rows.
#pragma once

#include <cstdint>
#include <vector>

#include "aggregation.hpp"
#include "node_tree.hpp"
#include "osteon/solve/mesh_problem.hpp"

namespace osteon {

/// Pieces of the boxes that hang together by strong elements (is_strong); a few nodes left alone by the cuts go to a
/// strong neighbour. Nodes of the problem are in the order of the tree: box b has start[b] .. start[b + 1] - 1.
FineAggregation aggregate_mesh_nodes(const MeshProblem& problem, const std::vector<std::uint32_t>& box_start,
                                     const std::vector<std::uint8_t>& constrained, double strength_threshold);

/// Rows of 3x3 blocks in host memory, both halves, 9 values a block, row-major.
struct HostNodeMatrix {
  const Graph* graph = nullptr;
  const double* values = nullptr;
};

/// Inverse of each node's diagonal block over its free components, packed (node_diagonal.hpp).
std::vector<std::uint16_t> inverse_node_blocks(const HostNodeMatrix& a, const std::vector<std::uint8_t>& constrained);

/// Upper half of A_1 = P^T A P with P = (I - omega D^-1 A) P_t, by runs of aggregates: parts of rows of one run are
/// summed in the order of its nodes, runs in their order, whatever the threads.
BlockMatrix level_one_matrix(const HostNodeMatrix& a, const std::vector<std::uint8_t>& constrained,
                             const FineAggregation& aggregation, const std::vector<std::uint16_t>& inverse_diagonal,
                             double omega);

}  // namespace osteon
