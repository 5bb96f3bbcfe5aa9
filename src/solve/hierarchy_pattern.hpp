// SPDX-License-Identifier: Apache-2.0
// Which blocks the matrices of the hierarchy have, without their values: for devices that compute values themselves
// (kernels/galerkin). The same blocks as the host's set-up makes (galerkin.hpp). They follow from the voxels, the
// supports and the strong couplings of the moduli they are made for, and serve other moduli as well.
#pragma once

#include <cstdint>
#include <vector>

#include "aggregation.hpp"
#include "block_matrix.hpp"
#include "kernels/galerkin/galerkin.hpp"

namespace osteon {

/// Where the cell of each aggregate lies among the bricks.
std::vector<kernels::CellPlace> cell_places(const HostGrid& grid, const ElasticProblem& problem,
                                            const FineAggregation& aggregation);

/// Upper half of A_1.
Graph first_matrix_pattern(const HostGrid& grid, const std::vector<std::uint8_t>& constrained,
                           const FineAggregation& aggregation);

/// Per block of a matrix: does it couple strongly? (1 / 0)
std::vector<std::uint8_t> strong_blocks(const Graph& matrix, const Graph& strong);

/// P of a coarse level: a row reaches its own aggregate and those of its strong neighbours, or of all when it has lost
/// modes. `matrix`: upper half; `strong`: per block.
Graph prolongator_pattern(const Graph& matrix, const std::vector<std::uint8_t>& strong,
                          const std::vector<int>& mode_count, const std::vector<std::uint32_t>& aggregate_of_row);

/// Upper half of P^T A P from the upper half of A.
Graph product_pattern(const Graph& matrix, const Graph& prolongator, std::uint32_t columns);

}  // namespace osteon
