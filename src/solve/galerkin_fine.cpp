// SPDX-License-Identifier: Apache-2.0
// The first coarse operator, from element matrices.
#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cstring>

#include "galerkin.hpp"
#include "kernels/coarse/coarse_simd.hpp"
#include "kernels/element/hex8.hpp"
#include "kernels/grid/node_diagonal.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Element stiffness of every palette entry for unit modulus.
struct UnitElement {
  double k[24][24];
  Hex8Blocks<double> blocks;
};
std::vector<UnitElement> unit_elements(const ElasticProblem& problem) {
  std::vector<UnitElement> out(problem.palette->size());
  for (std::size_t p = 0; p < out.size(); ++p) {
    hex8_stiffness((*problem.palette)[p], problem.spacing_mm.data(), out[p].k);
    out[p].blocks = hex8_blocks((*problem.palette)[p], problem.spacing_mm.data());
  }
  return out;
}

constexpr int k_max_edge = 4;
constexpr int k_node_window = k_max_edge + 3;     ///< nodes -1 .. edge + 1
constexpr int k_element_window = k_max_edge + 2;  ///< elements -1 .. edge
constexpr int k_nodes = k_node_window * k_node_window * k_node_window;
constexpr int k_elements = k_element_window * k_element_window * k_element_window;

/// One row of the smoothed prolongator: 3x6 blocks (row-major) of the aggregates it reaches.
struct ProlongatorRow {
  int count = 0;
  std::array<int, 27> slot;
  std::array<std::array<double, 18>, 27> block;
};

/// The neighbourhood of one cell, and the products of its elements. One per thread.
class CellProduct {
 public:
  CellProduct(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
              const FineAggregation& aggregation, const std::vector<std::uint16_t>& inverse_diagonal, double omega,
              const std::vector<UnitElement>& units)
      : grid_(grid),
        problem_(problem),
        constrained_(constrained),
        aggregation_(aggregation),
        inverse_diagonal_(inverse_diagonal),
        omega_(omega),
        units_(units),
        rows_(k_nodes) {}

  /// Adds the contributions of the elements whose low corner lies in `cell` to `matrix`.
  void add(Index3 cell, BlockMatrix& matrix) {
    if (!load(cell)) return;
    const int edge = aggregation_.edge;
    for (int z = 0; z < edge; ++z)
      for (int y = 0; y < edge; ++y)
        for (int x = 0; x < edge; ++x)
          if (modulus_[element_index(x, y, z)] > 0) add_element(x, y, z);
    flush(matrix);
  }

 private:
  static int node_index(int x, int y, int z) { return ((z + 1) * k_node_window + y + 1) * k_node_window + x + 1; }
  static int element_index(int x, int y, int z) {
    return ((z + 1) * k_element_window + y + 1) * k_element_window + x + 1;
  }

  bool load(Index3 cell) {
    const int edge = aggregation_.edge, x0 = cell.x * edge, y0 = cell.y * edge, z0 = cell.z * edge;
    bool any = false;
    for (int z = -1; z <= edge; ++z)
      for (int y = -1; y <= edge; ++y)
        for (int x = -1; x <= edge; ++x) {
          const std::uint32_t e = grid_.element(x0 + x, y0 + y, z0 + z);
          const int i = element_index(x, y, z);
          modulus_[i] = e == k_no_node ? 0 : static_cast<double>((*problem_.modulus_mpa)[e]);
          palette_[i] = e == k_no_node ? std::uint8_t{0} : (*problem_.palette_index)[e];
          any |= e != k_no_node && x >= 0 && y >= 0 && z >= 0 && x < edge && y < edge && z < edge;
        }
    if (!any) return false;
    slots_.clear();
    for (int z = -1; z <= edge + 1; ++z)
      for (int y = -1; y <= edge + 1; ++y)
        for (int x = -1; x <= edge + 1; ++x) {
          const int i = node_index(x, y, z);
          node_[i] = grid_.node(x0 + x, y0 + y, z0 + z);
          rows_[i].count = -1;  // not computed yet
          if (node_[i] != k_no_node) slot_[i] = slot_of(aggregation_.aggregate_of_node[node_[i]]);
        }
    pair_.assign(slots_.size() * slots_.size(), -1);
    blocks_.clear();
    return true;
  }

  int slot_of(std::uint32_t aggregate) {
    for (std::size_t s = slots_.size(); s-- > 0;)
      if (slots_[s] == aggregate) return static_cast<int>(s);
    slots_.push_back(aggregate);
    return static_cast<int>(slots_.size()) - 1;
  }

  /// 3x3 blocks (row-major) of the stiffness row of a node, by neighbour offset.
  void stiffness_row(int x, int y, int z, double k[27][9], bool there[27]) const {
    std::memset(k, 0, 27 * 9 * sizeof(double));
    std::fill(there, there + 27, false);
    for (int o = 0; o < 8; ++o) {  // the node is corner o of this element
      const int e = element_index(x - (o & 1), y - (o >> 1 & 1), z - (o >> 2));
      if (!(modulus_[e] > 0)) continue;
      const UnitElement& unit = units_[palette_[e]];
      for (int a = 0; a < 8; ++a) {
        const int n = ((a >> 2) - (o >> 2) + 1) * 9 + ((a >> 1 & 1) - (o >> 1 & 1) + 1) * 3 + (a & 1) - (o & 1) + 1;
        there[n] = true;
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) k[n][3 * i + j] += modulus_[e] * unit.k[3 * o + i][3 * a + j];
      }
    }
  }

  void arm_of(std::uint32_t node, double arm[3]) const {
    const std::uint32_t a = aggregation_.aggregate_of_node[node];
    for (int d = 0; d < 3; ++d)
      arm[d] =
          (aggregation_.packed[node].local(d) - aggregation_.centre[3 * std::size_t{a} + d]) * aggregation_.scale[d];
  }

  /// out (3x6) += k (3x3) M [I | -skew(arm)]: a node's rigid motions seen through a stiffness block.
  void add_rigid(const double k[9], std::uint32_t node, double out[18]) const {
    double arm[3];
    arm_of(node, arm);
    for (int i = 0; i < 3; ++i) {
      double m[3];
      for (int c = 0; c < 3; ++c) m[c] = constrained_[node] >> c & 1 ? 0 : k[3 * i + c];
      double* row = out + 6 * i;
      for (int c = 0; c < 3; ++c) row[c] += m[c];
      row[3] += m[2] * arm[1] - m[1] * arm[2];
      row[4] += m[0] * arm[2] - m[2] * arm[0];
      row[5] += m[1] * arm[0] - m[0] * arm[1];
    }
  }

  const ProlongatorRow& prolongator_row(int x, int y, int z) {
    const int here = node_index(x, y, z);
    ProlongatorRow& row = rows_[here];
    if (row.count >= 0) return row;
    row.count = 0;
    const std::uint32_t node = node_[here];
    double k[27][9];
    bool there[27];
    stiffness_row(x, y, z, k, there);
    for (int n = 0; n < 27; ++n) {
      if (!there[n]) continue;
      const int i = node_index(x + n % 3 - 1, y + n / 3 % 3 - 1, z + n / 9 - 1);
      int s = 0;
      while (s < row.count && row.slot[s] != slot_[i]) ++s;
      if (s == row.count) {
        row.slot[row.count++] = slot_[i];
        row.block[s].fill(0);
      }
      add_rigid(k[n], node_[i], row.block[s].data());
    }
    double inverse[9];
    for (int c = 0; c < 3; ++c) {
      const double unit[3] = {c == 0 ? 1.0 : 0.0, c == 1 ? 1.0 : 0.0, c == 2 ? 1.0 : 0.0};
      multiply_node_diagonal(inverse_diagonal_.data(), node, unit, inverse + 3 * c);  // symmetric
    }
    for (int s = 0; s < row.count; ++s) {
      std::array<double, 18> raw{};
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 6; ++j) {
          double sum = 0;
          for (int c = 0; c < 3; ++c) sum += inverse[3 * i + c] * row.block[s][6 * c + j];
          raw[6 * i + j] = -omega_ * sum;
        }
      if (row.slot[s] == slot_[here]) {
        constexpr double k_identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        std::array<double, 18> own{};
        add_rigid(k_identity, node, own.data());
        for (int i = 0; i < 3; ++i)
          if (!(constrained_[node] >> i & 1))
            for (int j = 0; j < 6; ++j) raw[6 * i + j] += own[6 * i + j];
      }
      const double* basis = aggregation_.basis.data() + 36 * std::size_t{slots_[row.slot[s]]};
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 6; ++j) {
          double sum = 0;
          for (int c = 0; c < 6; ++c) sum += raw[6 * i + c] * basis[6 * j + c];
          row.block[s][6 * i + j] = sum;
        }
    }
    return row;
  }

  void add_element(int x, int y, int z) {
    int used[64], count = 0;
    const ProlongatorRow* corner[8];
    for (int a = 0; a < 8; ++a) {
      corner[a] = &prolongator_row(x + (a & 1), y + (a >> 1 & 1), z + (a >> 2));
      for (int s = 0; s < corner[a]->count; ++s) {
        int q = 0;
        while (q < count && used[q] != corner[a]->slot[s]) ++q;
        if (q == count) {
          OSTEON_ASSERT(count < 64);
          used[count++] = corner[a]->slot[s];
        }
      }
    }
    const int m = (6 * count + 7) / 8 * 8;
    x_.assign(static_cast<std::size_t>(24) * m, 0.0);
    y_.resize(x_.size());
    c_.resize(static_cast<std::size_t>(m) * m);
    for (int a = 0; a < 8; ++a)
      for (int s = 0; s < corner[a]->count; ++s) {
        int q = 0;
        while (used[q] != corner[a]->slot[s]) ++q;
        for (int i = 0; i < 3; ++i)
          std::copy_n(corner[a]->block[s].data() + 6 * i, 6,
                      x_.data() + static_cast<std::size_t>(3 * a + i) * m + 6 * q);
      }
    const int e = element_index(x, y, z);
    kernels::coarse_simd().element_galerkin(m, modulus_[e], units_[palette_[e]].blocks, x_.data(), y_.data(),
                                            c_.data());
    for (int p = 0; p < count; ++p)
      for (int q = 0; q < count; ++q) {
        if (slots_[static_cast<std::size_t>(used[q])] < slots_[static_cast<std::size_t>(used[p])]) continue;
        double* block = local_block(used[p], used[q]);
        for (int j = 0; j < 6; ++j)
          for (int i = 0; i < 6; ++i) block[6 * j + i] += c_[static_cast<std::size_t>(6 * p + i) * m + 6 * q + j];
      }
  }

  double* local_block(int row, int column) {
    int& index = pair_[static_cast<std::size_t>(row) * slots_.size() + column];
    if (index < 0) {
      index = static_cast<int>(blocks_.size());
      blocks_.resize(blocks_.size() + 36, 0.0);
    }
    return blocks_.data() + index;
  }

  void flush(BlockMatrix& matrix) const {
    for (std::size_t row = 0; row < slots_.size(); ++row)
      for (std::size_t column = 0; column < slots_.size(); ++column) {
        const int index = pair_[row * slots_.size() + column];
        if (index < 0 || slots_[column] < slots_[row]) continue;  // upper half
        const std::int64_t k = matrix.find(slots_[row], slots_[column]);
        OSTEON_ASSERT(k >= 0);
        double* target = matrix.block(k);
        for (int i = 0; i < 36; ++i) target[i] += blocks_[static_cast<std::size_t>(index) + i];
      }
  }

  const HostGrid& grid_;
  const ElasticProblem& problem_;
  const std::vector<std::uint8_t>& constrained_;
  const FineAggregation& aggregation_;
  const std::vector<std::uint16_t>& inverse_diagonal_;
  const double omega_;
  const std::vector<UnitElement>& units_;

  std::array<std::uint32_t, k_nodes> node_;
  std::array<int, k_nodes> slot_;
  std::array<double, k_elements> modulus_;
  std::array<std::uint8_t, k_elements> palette_;
  std::vector<ProlongatorRow> rows_;
  std::vector<std::uint32_t> slots_;
  std::vector<int> pair_;  ///< slot pair -> offset into blocks_
  std::vector<double> blocks_;
  std::vector<double> x_, y_, c_;
};

/// Inverse of a node's block over its free components, rounded; zero rows and columns for prescribed ones.
void pack_inverse(Eigen::Matrix3d k, std::uint8_t constrained, std::size_t node, std::vector<std::uint16_t>& packed) {
  constexpr double k_safe_pivot = 0.05;  // of its diagonal entry; far above the rounding of 2^-9
  for (int c = 0; c < 3; ++c)
    if (constrained >> c & 1) {
      k.row(c).setZero();
      k.col(c).setZero();
      k(c, c) = 1;
    }
  Eigen::Matrix3d x = k.inverse();
  for (int c = 0; c < 3; ++c)
    if (constrained >> c & 1) x(c, c) = 0;
  // Nearly dependent rows (Poisson's ratio close to 1/2 at a corner) could lose definiteness by rounding: such a node is
  // smoothed by its diagonal alone.
  const double minor = x(0, 0) * x(1, 1) - x(0, 1) * x(0, 1);
  const bool free = constrained == 0;
  if (free && (minor < k_safe_pivot * x(0, 0) * x(1, 1) || x.determinant() < k_safe_pivot * minor * x(2, 2)))
    x = Eigen::Matrix3d(k.diagonal().cwiseInverse().asDiagonal());
  const double values[k_diagonal_values] = {x(0, 0), x(1, 1), x(2, 2), x(1, 2), x(0, 2), x(0, 1)};
  for (int v = 0; v < static_cast<int>(k_diagonal_values); ++v)
    packed[node_diagonal_place(node, v)] = upper_half_of_float(static_cast<float>(values[v]));
}

/// Cell number by cell coordinates.
class CellTable {
 public:
  explicit CellTable(const std::vector<Index3>& cells) {
    for (const Index3& c : cells)
      for (int d = 0; d < 3; ++d) extent_[d] = std::max(extent_[d], c[d] + 1);
    table_.assign(static_cast<std::size_t>(extent_.volume()), -1);
    for (std::size_t c = 0; c < cells.size(); ++c) table_[slot(cells[c])] = static_cast<std::int64_t>(c);
  }
  std::int64_t find(Index3 c) const {
    if (c.x < 0 || c.y < 0 || c.z < 0 || c.x >= extent_.x || c.y >= extent_.y || c.z >= extent_.z) return -1;
    return table_[slot(c)];
  }

 private:
  std::size_t slot(Index3 c) const { return (static_cast<std::size_t>(c.z) * extent_.y + c.y) * extent_.x + c.x; }
  Index3 extent_{1, 1, 1};
  std::vector<std::int64_t> table_;
};

/// Every aggregate may couple with all aggregates of the 27 cells around its own (support widths, edge >= 3); columns
/// from the diagonal on.
Graph neighbour_graph(const FineAggregation& f) {
  const CellTable table(f.cells);
  Graph graph;
  graph.start.assign(f.space.count + std::size_t{1}, 0);
  std::vector<std::vector<std::uint32_t>> rows(f.cells.size());
#pragma omp parallel for schedule(dynamic, 64)
  for (std::size_t c = 0; c < f.cells.size(); ++c) {
    for (int n = 0; n < 27; ++n) {
      const Index3 p = f.cells[c];
      const std::int64_t other = table.find({p.x + n % 3 - 1, p.y + n / 3 % 3 - 1, p.z + n / 9 - 1});
      if (other < 0) continue;
      for (std::uint32_t a = f.cell_start[other]; a < f.cell_start[other + 1]; ++a) rows[c].push_back(a);
    }
    std::sort(rows[c].begin(), rows[c].end());
  }
  for (std::size_t c = 0; c < f.cells.size(); ++c)
    for (std::uint32_t a = f.cell_start[c]; a < f.cell_start[c + 1]; ++a) {
      graph.column.insert(graph.column.end(), std::lower_bound(rows[c].begin(), rows[c].end(), a), rows[c].end());
      graph.start[a + std::size_t{1}] = static_cast<std::int64_t>(graph.column.size());
    }
  return graph;
}

/// Drops blocks that stayed zero (aggregates that turned out not to touch).
BlockMatrix without_zero_blocks(const BlockMatrix& a) {
  BlockMatrix out;
  out.column_count = a.column_count;
  std::vector<std::int64_t> kept;
  for (std::uint32_t row = 0; row < a.rows(); ++row) {
    for (std::int64_t k = a.graph.start[row]; k < a.graph.start[row + std::size_t{1}]; ++k) {
      const double* block = a.block(k);
      if (std::any_of(block, block + 36, [](double v) { return v != 0; }) || a.graph.column[k] == row)
        kept.push_back(k);
    }
    out.graph.start.push_back(static_cast<std::int64_t>(kept.size()));
  }
  out.graph.column.resize(kept.size());
  allocate_blocks(out);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < kept.size(); ++i) {
    out.graph.column[i] = a.graph.column[kept[i]];
    std::copy_n(a.block(kept[i]), 36, out.block(static_cast<std::int64_t>(i)));
  }
  return out;
}

}  // namespace

std::vector<std::uint16_t> inverse_node_blocks(const HostGrid& grid, const ElasticProblem& problem,
                                               const std::vector<std::uint8_t>& constrained) {
  const auto units = unit_elements(problem);
  const auto& positions = *problem.node_positions;
  std::vector<std::uint16_t> packed(node_diagonal_size(positions.size()), 0);
#pragma omp parallel for schedule(static)
  for (std::size_t n = 0; n < positions.size(); ++n) {
    Eigen::Matrix3d k = Eigen::Matrix3d::Zero();
    for (int o = 0; o < 8; ++o) {
      const std::uint32_t e =
          grid.element(positions[n].x - (o & 1), positions[n].y - (o >> 1 & 1), positions[n].z - (o >> 2));
      if (e == k_no_node) continue;
      const double modulus = (*problem.modulus_mpa)[e];
      const UnitElement& unit = units[(*problem.palette_index)[e]];
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) k(i, j) += modulus * unit.k[3 * o + i][3 * o + j];
    }
    pack_inverse(k, constrained[n], n, packed);
  }
  return packed;
}

BlockMatrix level_one_matrix(const HostGrid& grid, const ElasticProblem& problem,
                             const std::vector<std::uint8_t>& constrained, const FineAggregation& aggregation,
                             const std::vector<std::uint16_t>& inverse_diagonal, double omega) {
  const auto units = unit_elements(problem);
  BlockMatrix matrix;
  matrix.graph = neighbour_graph(aggregation);
  matrix.column_count = aggregation.space.count;
  allocate_blocks(matrix);
  std::array<std::vector<std::size_t>, 27> coloured;
  for (std::size_t c = 0; c < aggregation.cells.size(); ++c) {
    const Index3 p = aggregation.cells[c];
    coloured[p.x % 3 + 3 * (p.y % 3) + 9 * (p.z % 3)].push_back(c);
  }
#pragma omp parallel
  {
    CellProduct product(grid, problem, constrained, aggregation, inverse_diagonal, omega, units);
    for (const auto& cells : coloured) {
#pragma omp for schedule(dynamic, 16)
      for (std::size_t i = 0; i < cells.size(); ++i) product.add(aggregation.cells[cells[i]], matrix);
    }
  }
  return without_zero_blocks(matrix);
}

}  // namespace osteon
