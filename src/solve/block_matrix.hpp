// SPDX-License-Identifier: Apache-2.0
// Host block-sparse matrices of 6x6 blocks, used while the hierarchy is set up.
#pragma once

#include <cstdint>
#include <vector>

namespace osteon {

/// Adjacency in compressed rows.
struct Graph {
  std::vector<std::int64_t> start{0};  ///< rows + 1
  std::vector<std::uint32_t> column;   ///< ascending within a row
  std::uint32_t rows() const { return static_cast<std::uint32_t>(start.size() - 1); }
};

/// Block CSR, blocks column-major; `values` carries k_block_padding spare entries at the end.
struct BlockMatrix {
  Graph graph;
  std::vector<double> values;
  std::uint32_t column_count = 0;

  std::uint32_t rows() const { return graph.rows(); }
  const double* block(std::int64_t k) const { return values.data() + 36 * k; }
  double* block(std::int64_t k) { return values.data() + 36 * k; }
  /// Position of block (row, column); -1 when absent.
  std::int64_t find(std::uint32_t row, std::uint32_t column) const;
};

/// values sized for the graph, zeroed, with padding.
void allocate_blocks(BlockMatrix& matrix);
BlockMatrix transpose(const BlockMatrix& matrix);
/// A * P, then P^T * (A P): the Galerkin product. Deterministic and parallel over rows.
BlockMatrix galerkin_product(const BlockMatrix& a, const BlockMatrix& p);

}  // namespace osteon
