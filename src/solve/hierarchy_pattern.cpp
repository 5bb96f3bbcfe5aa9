// SPDX-License-Identifier: Apache-2.0
#include "hierarchy_pattern.hpp"

#include <algorithm>
#include <array>

#include "galerkin.hpp"

namespace osteon {

namespace {

using Columns = std::vector<std::uint32_t>;

void sort_unique(Columns& columns) {
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
}

/// Frees the rows as it goes.
Graph join_columns(std::vector<Columns>& rows) {
  Graph graph;
  std::size_t count = 0;
  for (const Columns& row : rows) count += row.size();
  graph.column.reserve(count);
  graph.start.reserve(rows.size() + 1);
  for (Columns& row : rows) {
    graph.column.insert(graph.column.end(), row.begin(), row.end());
    graph.start.push_back(static_cast<std::int64_t>(graph.column.size()));
    row = Columns{};
  }
  return graph;
}

/// Aggregates that meet in the elements of one block of cells.
///
/// W = K P_t: a node meets the aggregates of every element around it that is not rigid (one aggregate at all corners,
/// nothing prescribed). K Y: an element ties together what its corners meet. So A_1 has the pairs of all aggregates
/// that one element's corners meet. Sets of aggregates are bit sets over the block's neighbourhood.
class BlockPairs {
 public:
  BlockPairs(const HostGrid& grid, const std::vector<std::uint8_t>& constrained, const FineAggregation& aggregation)
      : grid_(grid),
        constrained_(constrained),
        aggregation_(aggregation),
        span_(k_block_cells * aggregation.edge),
        nodes_(static_cast<std::size_t>((span_ + 3) * (span_ + 3) * (span_ + 3))) {}

  void add(Index3 block, std::vector<Columns>& rows) {
    load({block.x * span_, block.y * span_, block.z * span_});
    each_element(-1, [&](const std::size_t corner[8]) { note_meetings(corner); });
    each_element(0, [&](const std::size_t corner[8]) { note_pairs(corner); });
    flush(rows);
  }

 private:
  std::size_t node_index(int x, int y, int z) const {
    return static_cast<std::size_t>(((z + 1) * (span_ + 3) + y + 1) * (span_ + 3) + x + 1);
  }
  std::uint64_t* meets(std::size_t node) { return meets_.data() + words_ * node; }

  void load(Index3 low) {
    low_ = low;
    slots_.clear();
    for (int z = -1; z <= span_ + 1; ++z)
      for (int y = -1; y <= span_ + 1; ++y)
        for (int x = -1; x <= span_ + 1; ++x) {
          Node& node = nodes_[node_index(x, y, z)];
          node.number = grid_.node(low.x + x, low.y + y, low.z + z);
          if (node.number != k_no_node) node.slot = slot_of(aggregation_.aggregate_of_node[node.number]);
        }
    words_ = (slots_.size() + 63) / 64;
    meets_.assign(words_ * nodes_.size(), 0);
    pairs_.assign(words_ * slots_.size(), 0);
    united_.resize(words_);
  }
  std::size_t slot_of(std::uint32_t aggregate) {
    for (std::size_t s = slots_.size(); s-- > 0;)
      if (slots_[s] == aggregate) return s;
    slots_.push_back(aggregate);
    return slots_.size() - 1;
  }

  /// visit(corners) for the elements from `first` to the block's last, one farther where first is -1.
  template <class Visit>
  void each_element(int first, Visit visit) const {
    const int end = span_ - first;
    for (int z = first; z < end; ++z)
      for (int y = first; y < end; ++y)
        for (int x = first; x < end; ++x) {
          if (grid_.element(low_.x + x, low_.y + y, low_.z + z) == k_no_node) continue;
          std::size_t corner[8];
          for (int a = 0; a < 8; ++a) corner[a] = node_index(x + (a & 1), y + (a >> 1 & 1), z + (a >> 2));
          visit(corner);
        }
  }
  void note_meetings(const std::size_t corner[8]) {
    bool rigid = true;
    for (int a = 0; a < 8; ++a)
      rigid &= nodes_[corner[a]].slot == nodes_[corner[0]].slot && constrained_[nodes_[corner[a]].number] == 0;
    if (rigid) return;
    for (int a = 0; a < 8; ++a)
      for (int b = 0; b < 8; ++b) {
        const std::size_t slot = nodes_[corner[b]].slot;
        meets(corner[a])[slot / 64] |= std::uint64_t{1} << slot % 64;
      }
  }
  void note_pairs(const std::size_t corner[8]) {
    std::fill(united_.begin(), united_.end(), 0);
    for (int a = 0; a < 8; ++a)
      for (std::size_t w = 0; w < words_; ++w) united_[w] |= meets(corner[a])[w];
    for (std::size_t w = 0; w < words_; ++w)
      for (std::uint64_t bits = united_[w]; bits != 0; bits &= bits - 1) {
        const std::size_t slot = 64 * w + static_cast<std::size_t>(__builtin_ctzll(bits));
        for (std::size_t v = 0; v < words_; ++v) pairs_[words_ * slot + v] |= united_[v];
      }
  }
  void flush(std::vector<Columns>& rows) const {
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      Columns& row = rows[slots_[s]];
      const std::size_t before = row.size();
      for (std::size_t w = 0; w < words_; ++w)
        for (std::uint64_t bits = pairs_[words_ * s + w]; bits != 0; bits &= bits - 1) {
          const std::uint32_t other = slots_[64 * w + static_cast<std::size_t>(__builtin_ctzll(bits))];
          if (other > slots_[s]) row.push_back(other);
        }
      if (row.size() > before) sort_unique(row);
    }
  }

  struct Node {
    std::uint32_t number = k_no_node;
    std::size_t slot = 0;
  };
  const HostGrid& grid_;
  const std::vector<std::uint8_t>& constrained_;
  const FineAggregation& aggregation_;
  const int span_;
  Index3 low_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> slots_;  ///< aggregates of the neighbourhood
  std::size_t words_ = 0;
  std::vector<std::uint64_t> meets_, pairs_, united_;  ///< per node; per slot; of one element
};

/// visit(column, stored block) for row i of a symmetric matrix.
template <class Visit>
void each_column(const Graph& upper, const TransposedRows& lower, std::uint32_t i, Visit visit) {
  for (std::int64_t e = lower.start[i]; e < lower.start[i + std::size_t{1}]; ++e)
    visit(lower.column[static_cast<std::size_t>(e)], std::size_t{lower.block[static_cast<std::size_t>(e)]});
  for (std::int64_t k = upper.begin(i); k < upper.end(i); ++k)
    visit(upper.column[static_cast<std::size_t>(k)], static_cast<std::size_t>(k));
}

}  // namespace

std::vector<kernels::CellPlace> cell_places(const HostGrid& grid, const ElasticProblem& problem,
                                            const FineAggregation& aggregation) {
  std::vector<kernels::CellPlace> places(aggregation.space.count);
#pragma omp parallel for schedule(static)
  for (std::uint32_t a = 0; a < aggregation.space.count; ++a) {
    const Index3 p = (*problem.node_positions)[aggregation.aggregate_nodes[aggregation.aggregate_start[a]]];
    places[a].brick = grid.brick_at(p.x, p.y, p.z);
    for (int d = 0; d < 3; ++d)
      places[a].corner[d] = static_cast<std::int8_t>(aggregation.space.cell[a][d] * aggregation.edge -
                                                     p[d] / k_brick_edge * k_brick_edge);
    places[a].corner[3] = 0;
  }
  return places;
}

Graph first_matrix_pattern(const HostGrid& grid, const std::vector<std::uint8_t>& constrained,
                           const FineAggregation& aggregation) {
  std::vector<Columns> rows(aggregation.space.count);
#pragma omp parallel
  {
    BlockPairs pairs(grid, constrained, aggregation);
    for (const auto& blocks : coloured_blocks(aggregation)) {  // blocks two apart never write the same row
#pragma omp for schedule(dynamic, 2)
      for (std::size_t i = 0; i < blocks.size(); ++i) pairs.add(blocks[i], rows);
    }
  }
  for (std::uint32_t a = 0; a < aggregation.space.count; ++a) rows[a].insert(rows[a].begin(), a);
  return join_columns(rows);
}

std::vector<std::uint8_t> strong_blocks(const Graph& matrix, const Graph& strong) {
  std::vector<std::uint8_t> out(matrix.column.size());
#pragma omp parallel for schedule(static)
  for (std::uint32_t i = 0; i < matrix.rows(); ++i)
    for (std::int64_t k = matrix.begin(i); k < matrix.end(i); ++k)
      out[static_cast<std::size_t>(k)] = strong.contains(i, matrix.column[static_cast<std::size_t>(k)]);
  return out;
}

Graph prolongator_pattern(const Graph& matrix, const std::vector<std::uint8_t>& strong,
                          const std::vector<int>& mode_count, const std::vector<std::uint32_t>& aggregate_of_row) {
  const TransposedRows lower = transposed_rows(matrix, matrix.rows(), true);
  std::vector<Columns> rows(matrix.rows());
#pragma omp parallel for schedule(dynamic, 256)
  for (std::uint32_t i = 0; i < matrix.rows(); ++i) {
    each_column(matrix, lower, i, [&](std::uint32_t j, std::size_t block) {
      if (i == j || mode_count[i] < kernels::k_block || strong[block] != 0) rows[i].push_back(aggregate_of_row[j]);
    });
    sort_unique(rows[i]);
  }
  return join_columns(rows);
}

Graph product_pattern(const Graph& matrix, const Graph& prolongator, std::uint32_t columns) {
  const TransposedRows lower = transposed_rows(matrix, matrix.rows(), true);
  const TransposedRows restriction = transposed_rows(prolongator, columns, false);
  std::vector<Columns> rows(columns);
#pragma omp parallel
  {
    constexpr std::uint32_t k_none = 0xffffffffu;
    Columns reached(matrix.rows(), k_none), kept(columns, k_none);  // the coarse row that met it last
#pragma omp for schedule(dynamic, 16)
    for (std::uint32_t coarse = 0; coarse < columns; ++coarse) {
      const auto meet = [&](std::uint32_t j) {
        if (reached[j] == coarse) return;
        reached[j] = coarse;
        for (std::int64_t k = prolongator.begin(j); k < prolongator.end(j); ++k) {
          const std::uint32_t c = prolongator.column[static_cast<std::size_t>(k)];
          if (c < coarse || kept[c] == coarse) continue;
          kept[c] = coarse;
          rows[coarse].push_back(c);
        }
      };
      for (std::int64_t e = restriction.start[coarse]; e < restriction.start[coarse + std::size_t{1}]; ++e)
        each_column(matrix, lower, restriction.column[static_cast<std::size_t>(e)],
                    [&](std::uint32_t j, std::size_t) { meet(j); });
      std::sort(rows[coarse].begin(), rows[coarse].end());
    }
  }
  return join_columns(rows);
}

}  // namespace osteon
