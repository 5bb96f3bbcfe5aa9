// SPDX-License-Identifier: Apache-2.0
// Coarse operators of the hierarchy, built on the host.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "aggregation.hpp"
#include "block_matrix.hpp"

namespace osteon {

/// Inverse of each node's 3x3 diagonal block over its free components, zero elsewhere, packed (node_diagonal.hpp).
std::vector<std::uint16_t> inverse_node_blocks(const HostGrid& grid, const ElasticProblem& problem,
                                               const std::vector<std::uint8_t>& constrained);

/// Blocks of k_block_cells^3 cells with a node in them, by colour. Aggregates that meet in one block never meet one
/// that lies two blocks away.
inline constexpr int k_block_cells = 2;
std::array<std::vector<Index3>, 8> coloured_blocks(const FineAggregation& aggregation);

/// Upper half of A_1 = P^T K P with P = (I - omega D^-1 K) P_t, computed by blocks of cells from element matrices: the
/// fine matrix and P are never stored. Blocks of one colour (8) write different rows, so sums keep their order whatever
/// the threads.
BlockMatrix level_one_matrix(const HostGrid& grid, const ElasticProblem& problem,
                             const std::vector<std::uint8_t>& constrained, const FineAggregation& aggregation,
                             const std::vector<std::uint16_t>& inverse_diagonal, double omega);

/// Unit-sized diagonal for basis vectors an aggregate does not have (its row and column are zero).
void fill_dropped_modes(BlockMatrix& a, const std::vector<int>& mode_count);

/// Pseudo-inverse of each diagonal block, 36 per row, column-major, with k_block_padding behind.
std::vector<double> inverse_diagonal_blocks(const BlockMatrix& a);

/// Aggregates of 2^3 cells split by strong components, and what the set-up knows of them; no matrix is needed.
CoarseSpace coarsen_space(const CoarseSpace& space, std::vector<std::uint32_t>& aggregate_of_row);

/// Next coarser level of a block matrix: aggregates of 2^3 cells split by strong components; prolongator
/// smoothed with the strong couplings, upper half of the Galerkin matrix.
struct CoarseLevel {
  CoarseSpace space;
  BlockMatrix prolongator;
  BlockMatrix matrix;
};
CoarseLevel coarsen(const BlockMatrix& a, const CoarseSpace& space, const std::vector<double>& inverse_diagonal,
                    double omega);

/// Dense inverse of a symmetric block matrix (row-major); a pseudo-inverse when it is not positive definite.
std::vector<double> dense_inverse(const BlockMatrix& a);
/// Pseudo-inverse of a dense symmetric matrix of n rows.
std::vector<double> dense_pseudo_inverse(std::size_t n, const std::vector<double>& a);

}  // namespace osteon
