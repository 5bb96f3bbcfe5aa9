// SPDX-License-Identifier: Apache-2.0
// Aggregates of the finest level: connected pieces of bone inside small cells, six rigid-body modes each.
//
// A cell of edge^3 nodes that holds two separate struts makes two aggregates: a coarse space that glues struts together
// is what defeats plain geometric multigrid on bone. Smoothed aggregation: Vanek, Mandel, Brezina 1996
// (Computing 56:179, doi 10.1007/BF02238511); the split by component is this project's own study.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "block_matrix.hpp"
#include "host_grid.hpp"
#include "kernels/transfer/transfer.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// What the set-up knows of one level's unknowns, finest or coarse.
struct CoarseSpace {
  std::uint32_t count = 0;                    ///< aggregates
  std::vector<Index3> cell;                   ///< cell coordinates of each aggregate
  std::vector<std::array<double, 3>> centre;  ///< mm
  std::vector<std::array<double, 36>> modes;  ///< rigid-body modes in the aggregate's own basis, column-major:
                                              ///< column j = coefficients of mode j
  std::vector<int> mode_count;                ///< kept basis vectors, <= 6
  Graph strong;                               ///< strongly coupled neighbours
  double length_mm = 1;                       ///< reference length of the rotations in `modes`
};

/// Finest-level aggregation: what the transfer kernel needs, and the coarse space it makes.
struct FineAggregation {
  int edge = 4;
  std::vector<std::uint32_t> aggregate_of_node;
  std::vector<kernels::PackedNode> packed;
  std::vector<std::uint32_t> aggregate_start, aggregate_nodes;
  std::vector<double> centre;  ///< 3 per aggregate, in its cell, voxels; on grids
  std::vector<double> basis;   ///< 36 per aggregate, column-major
  std::array<double, 3> scale{};
  std::vector<double> arm;  ///< 3 per node, from the aggregate's centre, in reference lengths; on meshes without a grid
  /// cells in order of their first node, for the Galerkin product
  std::vector<Index3> cells;
  std::vector<std::uint32_t> cell_start;  ///< aggregates of cell c: [cell_start[c], cell_start[c+1])
  CoarseSpace space;
};

/// Cells of 3 when more than 5 % of the voxels lie outside every full 2x2x2 block (thin struts), else 4.
int choose_aggregate_edge(const HostGrid& grid);

FineAggregation aggregate_nodes(const HostGrid& grid, const ElasticProblem& problem,
                                const std::vector<std::uint8_t>& constrained, int edge, double strength_threshold);

/// Is an element of this modulus a strong link between two nodes, given the largest modulus round each?
bool is_strong(float modulus, float largest_i, float largest_j, double threshold);

/// Dense rigid-body modes of a set of points reduced to an orthonormal basis.
struct ModeBasis {
  std::array<double, 36> basis;  ///< T: modes -> orthonormal columns, column-major, zero columns for dropped ones
  std::array<double, 36> modes;  ///< coefficients of the modes in that basis
  int count = 0;
};
/// `gram` = B^T B (6x6, column-major) of the modes B; eigenvalues below 1e-8 of the largest are dropped.
ModeBasis orthonormal_modes(const std::array<double, 36>& gram);
/// Adds the free components of one node, `arm` from the centre in reference lengths, to the Gram matrix.
void add_to_gram(const double arm[3], int constrained, std::array<double, 36>& gram);

}  // namespace osteon
