// SPDX-License-Identifier: Apache-2.0
#include "block_matrix.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "kernels/coarse/coarse_simd.hpp"

namespace osteon {

namespace {

/// Sparse row of 6x6 blocks under construction; one per thread, reused.
class BlockRow {
 public:
  explicit BlockRow(std::uint32_t columns) : slot_(columns, -1) {}

  double* block(std::uint32_t column) {
    std::int32_t& slot = slot_[column];
    if (slot < 0) {
      slot = static_cast<std::int32_t>(columns_.size());
      columns_.push_back(column);
      values_.resize(36 * columns_.size() + kernels::k_block_padding, 0.0);
    }
    return values_.data() + 36 * static_cast<std::size_t>(slot);
  }
  const std::vector<std::uint32_t>& columns() const { return columns_; }
  void clear() {
    for (const std::uint32_t c : columns_) slot_[c] = -1;
    columns_.clear();
    values_.clear();
  }

 private:
  std::vector<std::int32_t> slot_;
  std::vector<std::uint32_t> columns_;
  std::vector<double> values_;
};

/// A block in fp64, with the padding that multiply_add reads.
struct PaddedBlock {
  double values[36 + kernels::k_block_padding] = {};
  const double* copy(const float* from) {
    for (int i = 0; i < 36; ++i) values[i] = static_cast<double>(from[i]);
    return values;
  }
  const double* transpose(const float* from) {
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j) values[6 * i + j] = static_cast<double>(from[6 * j + i]);
    return values;
  }
};

/// One row of P^T A P at a time.
class GalerkinRows {
 public:
  GalerkinRows(const BlockMatrix& a, const BlockMatrix& p, const TransposedRows& lower,
               const TransposedRows& restriction)
      : a_(a), p_(p), lower_(lower), restriction_(restriction), pa_(a.rows()), row_(p.column_count) {}

  /// Columns of the row and their blocks.
  BlockRow& compute(std::uint32_t coarse) {
    pa_.clear();
    row_.clear();
    for (std::int64_t e = restriction_.start[coarse]; e < restriction_.start[coarse + std::size_t{1}]; ++e)
      add_row_of_pa(restriction_.column[static_cast<std::size_t>(e)],
                    p_.block(restriction_.block[static_cast<std::size_t>(e)]));
    for (const std::uint32_t j : pa_.columns())
      for (std::int64_t k = p_.graph.begin(j); k < p_.graph.end(j); ++k) {
        const std::uint32_t c = p_.graph.column[static_cast<std::size_t>(k)];
        if (c >= coarse) multiply_add_(pa_.block(j), right_.copy(p_.block(k)), row_.block(c));
      }
    return row_;
  }

 private:
  /// pa += p_i^T (row i of A)
  void add_row_of_pa(std::uint32_t i, const float* p_block) {
    const double* left = left_.transpose(p_block);
    for (std::int64_t k = a_.graph.begin(i); k < a_.graph.end(i); ++k)
      multiply_add_(left, right_.copy(a_.block(k)), pa_.block(a_.graph.column[static_cast<std::size_t>(k)]));
    for (std::int64_t e = lower_.start[i]; e < lower_.start[i + std::size_t{1}]; ++e)
      multiply_add_(left, right_.transpose(a_.block(lower_.block[static_cast<std::size_t>(e)])),
                    pa_.block(lower_.column[static_cast<std::size_t>(e)]));
  }

  const BlockMatrix &a_, &p_;
  const TransposedRows &lower_, &restriction_;
  BlockRow pa_, row_;
  PaddedBlock left_, right_;
  decltype(kernels::CoarseSimd::multiply_add) multiply_add_ = kernels::coarse_simd().multiply_add;
};

}  // namespace

bool Graph::contains(std::uint32_t row, std::uint32_t wanted) const {
  return std::binary_search(column.begin() + begin(row), column.begin() + end(row), wanted);
}

float* MatrixRow::block(std::uint32_t c) {
  std::size_t k = 0;
  while (k < column.size() && column[k] != c) ++k;
  if (k == column.size()) {
    if (column.capacity() == column.size()) {  // little slack: these rows are most of the set-up's memory
      column.reserve(column.size() + 4);
      values.reserve(36 * (column.size() + 4));
    }
    column.push_back(c);
    values.resize(values.size() + 36, 0.0f);
  }
  return values.data() + 36 * k;
}

BlockMatrix join_rows(std::vector<MatrixRow>& rows, std::uint32_t column_count) {
  BlockMatrix out;
  out.column_count = column_count;
  std::size_t count = 0;
  for (const MatrixRow& row : rows) count += row.column.size();
  out.graph.column.reserve(count);
  out.values.reserve(36 * count + kernels::k_block_padding);
  std::vector<std::size_t> order;
  for (MatrixRow& row : rows) {
    order.resize(row.column.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return row.column[a] < row.column[b]; });
    for (const std::size_t k : order) {
      out.graph.column.push_back(row.column[k]);
      const float* block = row.values.data() + 36 * k;
      out.values.insert(out.values.end(), block, block + 36);
    }
    out.graph.start.push_back(static_cast<std::int64_t>(out.graph.column.size()));
    row = MatrixRow{};
  }
  out.values.resize(out.values.size() + kernels::k_block_padding, 0.0f);
  return out;
}

TransposedRows transposed_rows(const Graph& graph, std::uint32_t column_count, bool skip_diagonal) {
  TransposedRows t;
  t.start.assign(column_count + std::size_t{1}, 0);
  auto each_block = [&](auto visit) {
    for (std::uint32_t row = 0; row < graph.rows(); ++row)
      for (std::int64_t k = graph.begin(row); k < graph.end(row); ++k) {
        const std::uint32_t column = graph.column[static_cast<std::size_t>(k)];
        if (!skip_diagonal || column != row) visit(row, column, k);
      }
  };
  each_block([&](std::uint32_t, std::uint32_t column, std::int64_t) { ++t.start[column + std::size_t{1}]; });
  for (std::size_t i = 1; i < t.start.size(); ++i) t.start[i] += t.start[i - 1];
  t.column.resize(static_cast<std::size_t>(t.start.back()));
  t.block.resize(t.column.size());
  std::vector<std::int64_t> next(t.start.begin(), t.start.end() - 1);
  each_block([&](std::uint32_t row, std::uint32_t column, std::int64_t k) {
    const auto to = static_cast<std::size_t>(next[column]++);
    t.column[to] = row;
    t.block[to] = static_cast<std::uint32_t>(k);
  });
  return t;
}

BlockMatrix galerkin_product(const BlockMatrix& a, const BlockMatrix& p) {
  const TransposedRows lower = transposed_rows(a.graph, a.rows(), true);
  const TransposedRows restriction = transposed_rows(p.graph, p.column_count, false);
  std::vector<MatrixRow> rows(p.column_count);
#pragma omp parallel
  {
    GalerkinRows product(a, p, lower, restriction);
#pragma omp for schedule(dynamic, 16)
    for (std::uint32_t i = 0; i < p.column_count; ++i) {
      BlockRow& row = product.compute(i);
      rows[i].column = row.columns();
      rows[i].values.reserve(36 * row.columns().size());
      for (const std::uint32_t c : row.columns())
        std::transform(row.block(c), row.block(c) + 36, std::back_inserter(rows[i].values),
                       [](double value) { return static_cast<float>(value); });
    }
  }
  return join_rows(rows, p.column_count);
}

}  // namespace osteon
