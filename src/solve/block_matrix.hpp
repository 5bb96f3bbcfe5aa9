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
  std::int64_t begin(std::uint32_t row) const { return start[row]; }
  std::int64_t end(std::uint32_t row) const { return start[row + std::size_t{1}]; }
  bool contains(std::uint32_t row, std::uint32_t column) const;
};

/// Block CSR, blocks column-major; `values` carries k_block_padding spare entries at the end. A symmetric matrix keeps
/// only its upper half: the first block of every row is its diagonal block. Values are summed in fp64 and kept in fp32,
/// as the cycle reads them: half the set-up's memory, and a preconditioner needs no more.
struct BlockMatrix {
  Graph graph;
  std::vector<float> values;
  std::uint32_t column_count = 0;

  std::uint32_t rows() const { return graph.rows(); }
  const float* block(std::int64_t k) const { return values.data() + 36 * k; }
  float* block(std::int64_t k) { return values.data() + 36 * k; }
};

/// Where the blocks of each column are: the rows of the transposed matrix, without its values.
struct TransposedRows {
  std::vector<std::int64_t> start;    ///< columns + 1
  std::vector<std::uint32_t> column;  ///< row of the block, ascending
  std::vector<std::uint32_t> block;   ///< its number
};
/// `skip_diagonal`: of a square matrix, blocks (i, i) are left out.
TransposedRows transposed_rows(const Graph& graph, std::uint32_t column_count, bool skip_diagonal);

/// A row of a block matrix by itself, columns in any order.
struct MatrixRow {
  std::vector<std::uint32_t> column;
  std::vector<float> values;  ///< 36 per column

  /// The block of column c, zero when it is new.
  float* block(std::uint32_t c);
};
/// The matrix of these rows, columns put in order; each row is freed once it is copied.
BlockMatrix join_rows(std::vector<MatrixRow>& rows, std::uint32_t column_count);

/// Upper half of P^T A P, A given by its upper half: the Galerkin product, row by row without A P in between.
/// Deterministic and parallel over rows.
BlockMatrix galerkin_product(const BlockMatrix& a, const BlockMatrix& p);

}  // namespace osteon
