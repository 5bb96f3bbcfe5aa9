// SPDX-License-Identifier: Apache-2.0
// The first coarse matrix of a mesh without a grid, from assembled rows: P row by row, then P^T (A P).
#include <algorithm>
#include <iterator>

#include "kernels/galerkin/galerkin_node_body.hpp"
#include "kernels/grid/node_diagonal.hpp"
#include "mesh_aggregation.hpp"

namespace osteon {

namespace {

/// 3x6 blocks of one or more columns, row-major, summed in fp64. Few columns: looked for one by one.
struct WideRow {
  std::vector<std::uint32_t> column;
  std::vector<double> values;

  void clear() {
    column.clear();
    values.clear();
  }
  double* block(std::uint32_t c, std::size_t size) {
    for (std::size_t k = 0; k < column.size(); ++k)
      if (column[k] == c) return values.data() + size * k;
    column.push_back(c);
    values.resize(size * column.size(), 0.0);
    return values.data() + size * (column.size() - 1);
  }
};
constexpr std::size_t k_motion_block = 18;  ///< 3x6: displacement of a node by the motions of an aggregate
constexpr std::size_t k_coarse_block = 36;  ///< 6x6

/// to (3x6) += a (3x3) b (3x6)
template <class B>
void multiply_add(const double* a, const B* b, double* to) {
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 6; ++c)
      to[6 * r + c] += a[3 * r] * static_cast<double>(b[c]) + a[3 * r + 1] * static_cast<double>(b[6 + c]) +
                       a[3 * r + 2] * static_cast<double>(b[12 + c]);
}

/// Rows of P: 3x6 blocks, row-major, by aggregate.
struct NodeProlongator {
  Graph graph;
  std::vector<float> values;
  const float* block(std::int64_t k) const { return values.data() + k_motion_block * static_cast<std::size_t>(k); }
};

/// P_t of a node: M [I | -skew(arm)] T.
void tentative_block(const FineAggregation& f, int constrained, std::uint32_t node, double* block) {
  const double* arm = f.arm.data() + 3 * std::size_t{node};
  const double* basis = f.basis.data() + 36 * std::size_t{f.aggregate_of_node[node]};
  for (int j = 0; j < 6; ++j) {
    const double* t = basis + 6 * j;
    const double u[3] = {t[0] + t[4] * arm[2] - t[5] * arm[1], t[1] + t[5] * arm[0] - t[3] * arm[2],
                         t[2] + t[3] * arm[1] - t[4] * arm[0]};
    for (int c = 0; c < 3; ++c) block[6 * c + j] = constrained >> c & 1 ? 0 : u[c];
  }
}

NodeProlongator smoothed_rows(const HostNodeMatrix& a, const std::vector<std::uint8_t>& constrained,
                              const FineAggregation& f, const std::vector<std::uint16_t>& inverse_diagonal,
                              double omega) {
  const Graph& graph = *a.graph;
  const std::uint32_t nodes = graph.rows();
  std::vector<float> tentative(k_motion_block * nodes);
  NodeProlongator p;
  p.graph.start.assign(nodes + std::size_t{1}, 0);
#pragma omp parallel
  {
    std::vector<std::uint32_t> seen;
#pragma omp for schedule(static)
    for (std::uint32_t i = 0; i < nodes; ++i) {
      double block[k_motion_block];
      tentative_block(f, constrained[i], i, block);
      std::copy(block, block + k_motion_block, tentative.begin() + static_cast<std::ptrdiff_t>(k_motion_block * i));
      seen.assign(1, f.aggregate_of_node[i]);
      for (std::int64_t k = graph.begin(i); k < graph.end(i); ++k) {
        const std::uint32_t c = f.aggregate_of_node[graph.column[static_cast<std::size_t>(k)]];
        if (std::find(seen.begin(), seen.end(), c) == seen.end()) seen.push_back(c);
      }
      p.graph.start[i + std::size_t{1}] = static_cast<std::int64_t>(seen.size());
    }
  }
  for (std::uint32_t i = 0; i < nodes; ++i) p.graph.start[i + std::size_t{1}] += p.graph.start[i];
  p.graph.column.resize(static_cast<std::size_t>(p.graph.start.back()));
  p.values.resize(k_motion_block * p.graph.column.size());
#pragma omp parallel
  {
    WideRow row;
#pragma omp for schedule(static)
    for (std::uint32_t i = 0; i < nodes; ++i) {
      row.clear();
      const std::uint32_t own = f.aggregate_of_node[i];
      row.block(own, k_motion_block);
      for (std::int64_t k = graph.begin(i); k < graph.end(i); ++k) {
        const std::uint32_t j = graph.column[static_cast<std::size_t>(k)];
        multiply_add(a.values + 9 * k, tentative.data() + k_motion_block * j,
                     row.block(f.aggregate_of_node[j], k_motion_block));
      }
      for (std::size_t s = 0; s < row.column.size(); ++s) {
        const std::size_t to = static_cast<std::size_t>(p.graph.start[i]) + s;
        p.graph.column[to] = row.column[s];
        const double* w = row.values.data() + k_motion_block * s;
        for (int c = 0; c < 6; ++c) {
          const double x[3] = {w[c], w[6 + c], w[12 + c]};
          double y[3];
          multiply_node_diagonal(inverse_diagonal.data(), i, x, y);
          for (int r = 0; r < 3; ++r) {
            const std::size_t at = static_cast<std::size_t>(6 * r + c);
            const double t = row.column[s] == own ? static_cast<double>(tentative[k_motion_block * i + at]) : 0;
            p.values[k_motion_block * to + at] = static_cast<float>(t - omega * y[r]);
          }
        }
      }
    }
  }
  return p;
}

/// What a run of aggregates adds to rows of the coarse matrix.
struct PartialRow {
  std::uint32_t row;
  WideRow blocks;  ///< 6x6, column-major
};

/// to (6x6, column-major) += p^T (6x3) v (3x6)
void add_product(const float* p, const double* v, double* to) {
  for (int c = 0; c < 6; ++c)
    for (int r = 0; r < 6; ++r)
      to[6 * c + r] += static_cast<double>(p[r]) * v[c] + static_cast<double>(p[6 + r]) * v[6 + c] +
                       static_cast<double>(p[12 + r]) * v[12 + c];
}

/// Runs of aggregates: sums over the nodes of one run.
class RunProduct {
 public:
  RunProduct(const HostNodeMatrix& a, const FineAggregation& f, const NodeProlongator& p)
      : a_(a), f_(f), p_(p), slot_(f.space.count, -1) {}

  std::vector<PartialRow> compute(std::uint32_t first, std::uint32_t last) {
    std::vector<PartialRow> rows;
    for (std::uint32_t k = f_.aggregate_start[first]; k < f_.aggregate_start[last]; ++k)
      add_node(f_.aggregate_nodes[k], rows);
    for (const PartialRow& row : rows) slot_[row.row] = -1;
    return rows;
  }

 private:
  void add_node(std::uint32_t i, std::vector<PartialRow>& rows) {
    product_.clear();  // row i of A P
    for (std::int64_t k = a_.graph->begin(i); k < a_.graph->end(i); ++k) {
      const std::uint32_t j = a_.graph->column[static_cast<std::size_t>(k)];
      for (std::int64_t m = p_.graph.begin(j); m < p_.graph.end(j); ++m)
        multiply_add(a_.values + 9 * k, p_.block(m),
                     product_.block(p_.graph.column[static_cast<std::size_t>(m)], k_motion_block));
    }
    for (std::int64_t m = p_.graph.begin(i); m < p_.graph.end(i); ++m) {
      const std::uint32_t row = p_.graph.column[static_cast<std::size_t>(m)];
      if (slot_[row] < 0) {
        slot_[row] = static_cast<std::int32_t>(rows.size());
        rows.push_back({row, {}});
      }
      WideRow& blocks = rows[static_cast<std::size_t>(slot_[row])].blocks;
      for (std::size_t s = 0; s < product_.column.size(); ++s)
        if (product_.column[s] >= row)
          add_product(p_.block(m), product_.values.data() + k_motion_block * s,
                      blocks.block(product_.column[s], k_coarse_block));
    }
  }

  const HostNodeMatrix& a_;
  const FineAggregation& f_;
  const NodeProlongator& p_;
  std::vector<std::int32_t> slot_;
  WideRow product_;
};

/// Sums the parts of every row, run by run.
BlockMatrix join_runs(const std::vector<std::vector<PartialRow>>& runs, std::uint32_t count) {
  std::vector<std::vector<const WideRow*>> parts(count);
  for (const auto& run : runs)
    for (const PartialRow& part : run) parts[part.row].push_back(&part.blocks);
  std::vector<MatrixRow> rows(count);
#pragma omp parallel for schedule(dynamic, 64)
  for (std::uint32_t i = 0; i < count; ++i) {
    WideRow sum;
    sum.block(i, k_coarse_block);  // the diagonal block, whatever the modes
    for (const WideRow* part : parts[i])
      for (std::size_t s = 0; s < part->column.size(); ++s) {
        double* to = sum.block(part->column[s], k_coarse_block);
        for (std::size_t v = 0; v < k_coarse_block; ++v) to[v] += part->values[k_coarse_block * s + v];
      }
    rows[i].column = sum.column;
    rows[i].values.assign(sum.values.begin(), sum.values.end());
  }
  return join_rows(rows, count);
}

}  // namespace

std::vector<std::uint16_t> inverse_node_blocks(const HostNodeMatrix& a, const std::vector<std::uint8_t>& constrained) {
  const Graph& graph = *a.graph;
  std::vector<std::uint16_t> packed(node_diagonal_size(graph.rows()), 0);
#pragma omp parallel for schedule(static)
  for (std::uint32_t i = 0; i < graph.rows(); ++i) {
    const auto row = graph.column.begin();
    const auto own = std::lower_bound(row + graph.begin(i), row + graph.end(i), i);
    if (own == row + graph.end(i)) continue;  // a node without elements
    const double* b = a.values + 9 * std::distance(row, own);
    const double k[6] = {b[0], b[4], b[8], b[5], b[2], b[1]};
    kernels::pack_inverse_node(k, constrained[i], i, packed.data());
  }
  return packed;
}

BlockMatrix level_one_matrix(const HostNodeMatrix& a, const std::vector<std::uint8_t>& constrained,
                             const FineAggregation& f, const std::vector<std::uint16_t>& inverse_diagonal,
                             double omega) {
  constexpr std::uint32_t k_run = 16;  // aggregates: longer runs repeat fewer rows at their edges
  const NodeProlongator p = smoothed_rows(a, constrained, f, inverse_diagonal, omega);
  std::vector<std::vector<PartialRow>> runs((f.space.count + k_run - 1) / k_run);
#pragma omp parallel
  {
    RunProduct product(a, f, p);
#pragma omp for schedule(dynamic, 1)
    for (std::size_t run = 0; run < runs.size(); ++run)
      runs[run] = product.compute(static_cast<std::uint32_t>(run) * k_run,
                                  std::min(static_cast<std::uint32_t>(run + 1) * k_run, f.space.count));
  }
  return join_runs(runs, f.space.count);
}

}  // namespace osteon
