// SPDX-License-Identifier: Apache-2.0
// The first coarse operator, from element matrices.
#include <algorithm>
#include <array>
#include <tuple>

#include "galerkin.hpp"
#include "kernels/coarse/coarse_simd.hpp"
#include "kernels/element/hex8.hpp"
#include "kernels/galerkin/galerkin_node_body.hpp"
#include "kernels/grid/node_diagonal.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr int k_max_span = 4 * k_block_cells;     ///< nodes per axis of such a block
constexpr int k_node_window = k_max_span + 3;     ///< nodes -1 .. span + 1
constexpr int k_element_window = k_max_span + 2;  ///< elements -1 .. span
constexpr int k_nodes = k_node_window * k_node_window * k_node_window;
constexpr int k_elements = k_element_window * k_element_window * k_element_window;

/// A node's row of a matrix nodes x aggregates: 3x6 blocks, row-major, of the aggregates it reaches (numbered by their
/// slot in the block's neighbourhood).
struct NodeBlocks {
  std::vector<int> slot;
  std::vector<double> values;  ///< 18 per block, with padding for the vector reads

  void clear() {
    slot.clear();
    values.clear();
  }
  double* block(int s) {
    std::size_t k = 0;
    while (k < slot.size() && slot[k] != s) ++k;
    if (k == slot.size()) {
      slot.push_back(s);
      values.resize(18 * slot.size() + kernels::k_block_padding, 0.0);
    }
    return values.data() + 18 * k;
  }
  const double* block_at(std::size_t k) const { return values.data() + 18 * k; }
};

/// The contribution of one block of cells to P^T K P, P = P_t - omega Y, Y = D^-1 W, W = K P_t:
///   P_t^T W - 2 omega Y^T W  over the nodes of the block,  omega^2 Y^T K Y  over its elements.
/// W and Y vanish inside an aggregate, since K has no force for rigid motions; elements with all corners in one
/// aggregate are skipped. One object per thread.
class BlockProduct {
 public:
  BlockProduct(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
               const FineAggregation& aggregation, const std::vector<std::uint16_t>& inverse_diagonal, double omega,
               const std::vector<Hex8Blocks<double>>& laws)
      : grid_(grid),
        problem_(problem),
        constrained_(constrained),
        aggregation_(aggregation),
        inverse_diagonal_(inverse_diagonal),
        omega_(omega),
        laws_(laws),
        force_(k_nodes),
        smoothed_(k_nodes),
        result_(k_nodes) {}

  /// Adds the contributions of the block to the upper half of the matrix. Blocks two apart never write the same row.
  void add(Index3 block, std::vector<MatrixRow>& matrix) {
    span_ = k_block_cells * aggregation_.edge;
    load(block);
    each_position(-1, span_, [&](int x, int y, int z) { add_tentative_forces(x, y, z); });
    each_position(0, span_, [&](int x, int y, int z) { smooth_node(node_index(x, y, z)); });
    each_position(0, span_ - 1, [&](int x, int y, int z) { add_smoothed_forces(x, y, z); });
    each_position(0, span_,
                  [&](int x, int y, int z) { add_node(node_index(x, y, z), x < span_ && y < span_ && z < span_); });
    flush(matrix);
  }

 private:
  static int node_index(int x, int y, int z) { return ((z + 1) * k_node_window + y + 1) * k_node_window + x + 1; }
  static int element_index(int x, int y, int z) {
    return ((z + 1) * k_element_window + y + 1) * k_element_window + x + 1;
  }
  template <class Visit>
  static void each_position(int first, int last, Visit visit) {
    for (int z = first; z <= last; ++z)
      for (int y = first; y <= last; ++y)
        for (int x = first; x <= last; ++x) visit(x, y, z);
  }

  void load(Index3 block) {
    const int x0 = block.x * span_, y0 = block.y * span_, z0 = block.z * span_;
    each_position(-1, span_, [&](int x, int y, int z) {
      element_[element_index(x, y, z)] = grid_.element(x0 + x, y0 + y, z0 + z);
    });
    slots_.clear();
    each_position(-1, span_ + 1, [&](int x, int y, int z) {
      const int i = node_index(x, y, z);
      node_[i] = grid_.node(x0 + x, y0 + y, z0 + z);
      force_[i].clear();
      smoothed_[i].clear();
      result_[i].clear();
      if (node_[i] != k_no_node) slot_[i] = slot_of(aggregation_.aggregate_of_node[node_[i]]);
    });
    pair_.assign(slots_.size() * slots_.size(), -1);
    block_count_ = 0;
    blocks_.clear();
  }

  int slot_of(std::uint32_t aggregate) {
    for (std::size_t s = slots_.size(); s-- > 0;)
      if (slots_[s] == aggregate) return static_cast<int>(s);
    slots_.push_back(aggregate);
    return static_cast<int>(slots_.size()) - 1;
  }

  /// The node's rows of P_t (3x6, row-major): its rigid displacements in the aggregate's basis, prescribed ones zero.
  void tentative_block(int i, double out[18]) const {
    const std::uint32_t node = node_[i], a = aggregation_.aggregate_of_node[node];
    double arm[3];
    for (int d = 0; d < 3; ++d)
      arm[d] =
          (aggregation_.packed[node].local(d) - aggregation_.centre[3 * std::size_t{a} + d]) * aggregation_.scale[d];
    const double* basis = aggregation_.basis.data() + 36 * std::size_t{a};
    for (int j = 0; j < 6; ++j) {
      const double* t = basis + 6 * j;  // translation, rotation
      const double u[3] = {t[0] + t[4] * arm[2] - t[5] * arm[1], t[1] + t[5] * arm[0] - t[3] * arm[2],
                           t[2] + t[3] * arm[1] - t[4] * arm[0]};
      for (int c = 0; c < 3; ++c) out[6 * c + j] = constrained_[node] >> c & 1 ? 0 : u[c];
    }
  }

  static int corner_index(int x, int y, int z, int a) {
    return node_index(x + (a & 1), y + (a >> 1 & 1), z + (a >> 2));
  }

  /// W += K_e P_t of one element.
  void add_tentative_forces(int x, int y, int z) {
    const std::uint32_t e = element_[element_index(x, y, z)];
    if (e == k_no_node) return;
    int corner[8];
    bool rigid = true;
    used_.clear();
    for (int a = 0; a < 8; ++a) {
      corner[a] = corner_index(x, y, z, a);
      use_slot(slot_[corner[a]]);
      rigid &= slot_[corner[a]] == slot_[corner[0]] && constrained_[node_[corner[a]]] == 0;
    }
    if (rigid) return;
    const int m = start_columns();
    for (int a = 0; a < 8; ++a) {
      double block[18];
      tentative_block(corner[a], block);
      put_block(m, a, place_[slot_[corner[a]]], block);
    }
    multiply_element(e, m);
    take_forces(corner, m, force_, true);
  }

  /// V += K_e Y of one element of the block.
  void add_smoothed_forces(int x, int y, int z) {
    const std::uint32_t e = element_[element_index(x, y, z)];
    if (e == k_no_node) return;
    int corner[8];
    used_.clear();
    for (int a = 0; a < 8; ++a) {
      corner[a] = corner_index(x, y, z, a);
      for (const int s : smoothed_[corner[a]].slot) use_slot(s);
    }
    if (used_.empty()) return;
    const int m = start_columns();
    for (int a = 0; a < 8; ++a) {
      const NodeBlocks& row = smoothed_[corner[a]];
      for (std::size_t k = 0; k < row.slot.size(); ++k) put_block(m, a, place_[row.slot[k]], row.block_at(k));
    }
    multiply_element(e, m);
    take_forces(corner, m, result_, false);
  }

  // The columns of one element: six per slot in `used_`, at place_[slot].
  void use_slot(int s) {
    if (std::find(used_.begin(), used_.end(), s) != used_.end()) return;
    if (place_.size() <= static_cast<std::size_t>(s)) place_.resize(static_cast<std::size_t>(s) + 1);
    place_[s] = static_cast<int>(used_.size());
    used_.push_back(s);
  }
  int start_columns() {
    const int m = (6 * static_cast<int>(used_.size()) + 7) / 8 * 8;
    columns_.assign(static_cast<std::size_t>(24) * m, 0.0);
    return m;
  }
  void put_block(int m, int corner, int place, const double block[18]) {
    for (int c = 0; c < 3; ++c) std::copy_n(block + 6 * c, 6, columns_.data() + (3 * corner + c) * m + 6 * place);
  }
  void multiply_element(std::uint32_t e, int m) {
    kernels::coarse_simd().element_multiply(m, static_cast<double>((*problem_.modulus_mpa)[e]),
                                            laws_[(*problem_.palette_index)[e]], columns_.data());
  }
  /// Adds what multiply_element left to the rows of the corners; `inner`: only nodes 0 .. span, whose rows get
  /// complete.
  void take_forces(const int corner[8], int m, std::vector<NodeBlocks>& rows, bool inner) {
    for (int a = 0; a < 8; ++a) {
      if (inner && !is_inner(corner[a])) continue;
      for (std::size_t p = 0; p < used_.size(); ++p) {
        double* block = rows[static_cast<std::size_t>(corner[a])].block(used_[p]);
        for (int c = 0; c < 3; ++c)
          for (int j = 0; j < 6; ++j)
            block[6 * c + j] += columns_[static_cast<std::size_t>((3 * a + c) * m) + 6 * p + j];
      }
    }
  }
  bool is_inner(int i) const {
    const int last = span_ + 1;
    const int x = i % k_node_window, y = i / k_node_window % k_node_window, z = i / (k_node_window * k_node_window);
    return x >= 1 && y >= 1 && z >= 1 && x <= last && y <= last && z <= last;
  }

  /// Y = D^-1 W of one node.
  void smooth_node(int i) {
    const NodeBlocks& w = force_[i];
    NodeBlocks& y = smoothed_[i];
    y.slot = w.slot;
    y.values.assign(w.values.size(), 0.0);
    for (std::size_t k = 0; k < w.slot.size(); ++k)
      for (int j = 0; j < 6; ++j) {
        const double* from = w.block_at(k) + j;
        const double in[3] = {from[0], from[6], from[12]};
        double out[3];
        multiply_node_diagonal(inverse_diagonal_.data(), node_[i], in, out);
        for (int c = 0; c < 3; ++c) y.values[18 * k + static_cast<std::size_t>(6 * c + j)] = out[c];
      }
  }

  /// P_t^T W + Y^T (omega^2 V - 2 omega W); W counts where the node is the block's own.
  void add_node(int i, bool own) {
    if (node_[i] == k_no_node) return;
    NodeBlocks &w = force_[i], &v = result_[i];
    if (own && !w.slot.empty()) {
      double tentative[18 + kernels::k_block_padding] = {};
      tentative_block(i, tentative);
      for (std::size_t k = 0; k < w.slot.size(); ++k) add_outer(slot_[i], tentative, w.slot[k], w.block_at(k));
    }
    for (double& value : v.values) value *= omega_ * omega_;
    if (own)
      for (std::size_t k = 0; k < w.slot.size(); ++k) {
        double* target = v.block(w.slot[k]);
        for (int j = 0; j < 18; ++j) target[j] -= 2 * omega_ * w.block_at(k)[j];
      }
    const NodeBlocks& y = smoothed_[i];
    for (std::size_t a = 0; a < y.slot.size(); ++a)
      for (std::size_t b = 0; b < v.slot.size(); ++b) add_outer(y.slot[a], y.block_at(a), v.slot[b], v.block_at(b));
  }

  void add_outer(int row, const double* a, int column, const double* b) {
    if (slots_[static_cast<std::size_t>(column)] < slots_[static_cast<std::size_t>(row)]) return;  // upper half
    int& index = pair_[static_cast<std::size_t>(row) * slots_.size() + static_cast<std::size_t>(column)];
    if (index < 0) {
      index = block_count_++;
      blocks_.resize(36 * static_cast<std::size_t>(block_count_) + kernels::k_block_padding, 0.0);
    }
    kernels::coarse_simd().outer_add(a, b, blocks_.data() + 36 * static_cast<std::size_t>(index));
  }

  void flush(std::vector<MatrixRow>& matrix) const {
    for (std::size_t row = 0; row < slots_.size(); ++row)
      for (std::size_t column = 0; column < slots_.size(); ++column) {
        const int index = pair_[row * slots_.size() + column];
        if (index < 0) continue;
        float* target = matrix[slots_[row]].block(slots_[column]);
        for (std::size_t i = 0; i < 36; ++i)
          target[i] += static_cast<float>(blocks_[36 * static_cast<std::size_t>(index) + i]);
      }
  }

  const HostGrid& grid_;
  const ElasticProblem& problem_;
  const std::vector<std::uint8_t>& constrained_;
  const FineAggregation& aggregation_;
  const std::vector<std::uint16_t>& inverse_diagonal_;
  const double omega_;
  const std::vector<Hex8Blocks<double>>& laws_;

  int span_ = 0;  ///< nodes per axis of a block
  std::array<std::uint32_t, k_nodes> node_;
  std::array<int, k_nodes> slot_;
  std::array<std::uint32_t, k_elements> element_;
  std::vector<NodeBlocks> force_, smoothed_, result_;  ///< W, Y, V
  std::vector<std::uint32_t> slots_;                   ///< aggregates of the neighbourhood
  std::vector<int> used_, place_;
  std::vector<double> columns_;
  std::vector<int> pair_;  ///< slot pair -> number of its block
  std::vector<double> blocks_;
  int block_count_ = 0;
};

}  // namespace

std::vector<std::uint16_t> inverse_node_blocks(const HostGrid& grid, const ElasticProblem& problem,
                                               const std::vector<std::uint8_t>& constrained) {
  std::vector<kernels::CornerBlock> corners;
  for (const Elasticity& law : *problem.palette)
    corners.push_back(kernels::corner_block(hex8_blocks(law, problem.spacing_mm.data())));
  const auto& positions = *problem.node_positions;
  std::vector<std::uint16_t> packed(node_diagonal_size(positions.size()), 0);
#pragma omp parallel for schedule(static)
  for (std::size_t n = 0; n < positions.size(); ++n) {
    double k[6] = {};
    for (int a = 0; a < 8; ++a) {
      const std::uint32_t e =
          grid.element(positions[n].x - (a & 1), positions[n].y - (a >> 1 & 1), positions[n].z - (a >> 2));
      if (e != k_no_node)
        kernels::add_corner_block(corners[(*problem.palette_index)[e]], static_cast<double>((*problem.modulus_mpa)[e]),
                                  a, k);
    }
    kernels::pack_inverse_node(k, constrained[n], n, packed.data());
  }
  return packed;
}

std::array<std::vector<Index3>, 8> coloured_blocks(const FineAggregation& aggregation) {
  std::array<std::vector<Index3>, 8> coloured;
  for (const Index3& c : aggregation.cells) {
    const Index3 block{c.x / k_block_cells, c.y / k_block_cells, c.z / k_block_cells};
    coloured[static_cast<std::size_t>((block.x & 1) | (block.y & 1) << 1 | (block.z & 1) << 2)].push_back(block);
  }
  const auto before = [](const Index3& a, const Index3& b) {
    return std::tie(a.z, a.y, a.x) < std::tie(b.z, b.y, b.x);
  };
  for (std::vector<Index3>& blocks : coloured) {
    std::sort(blocks.begin(), blocks.end(), before);
    blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  }
  return coloured;
}

BlockMatrix level_one_matrix(const HostGrid& grid, const ElasticProblem& problem,
                             const std::vector<std::uint8_t>& constrained, const FineAggregation& aggregation,
                             const std::vector<std::uint16_t>& inverse_diagonal, double omega) {
  std::vector<Hex8Blocks<double>> laws;
  for (const Elasticity& law : *problem.palette) laws.push_back(hex8_blocks(law, problem.spacing_mm.data()));
  std::vector<MatrixRow> rows(aggregation.space.count);
  for (std::uint32_t a = 0; a < aggregation.space.count; ++a) rows[a].block(a);  // the diagonal exists
  const std::array<std::vector<Index3>, 8> coloured = coloured_blocks(aggregation);
#pragma omp parallel
  {
    BlockProduct product(grid, problem, constrained, aggregation, inverse_diagonal, omega, laws);
    for (const auto& blocks : coloured) {
#pragma omp for schedule(dynamic, 2)
      for (std::size_t i = 0; i < blocks.size(); ++i) product.add(blocks[i], rows);
    }
  }
  return join_rows(rows, aggregation.space.count);
}

}  // namespace osteon
