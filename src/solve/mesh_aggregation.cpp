// SPDX-License-Identifier: Apache-2.0
#include "mesh_aggregation.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr std::uint32_t k_none = 0xffffffffu;

/// Calls visit(nodes, n, modulus) for every element; of moduli at Gauss points the largest counts.
template <class Visit>
void each_element(const MeshProblem& problem, Visit visit) {
  for (const MeshElements& elements : problem.elements) {
    const std::size_t n = static_cast<std::size_t>(node_count(elements.type));
    const std::size_t count = elements.nodes->size() / n;
    if (count == 0) continue;
    const std::size_t moduli = elements.modulus_mpa->size() / count;
    for (std::size_t e = 0; e < count; ++e) {
      const float* own = elements.modulus_mpa->data() + e * moduli;
      visit(elements.nodes->data() + e * n, static_cast<int>(n), *std::max_element(own, own + moduli));
    }
  }
}

std::vector<float> largest_modulus(const MeshProblem& problem) {
  std::vector<float> largest(problem.position_mm->size() / 3, 0);
  each_element(problem, [&](const std::uint32_t* nodes, int n, float modulus) {
    for (int a = 0; a < n; ++a) largest[nodes[a]] = std::max(largest[nodes[a]], modulus);
  });
  return largest;
}

/// Union-find over all nodes.
class Pieces {
 public:
  explicit Pieces(std::size_t nodes) : parent_(nodes) { std::iota(parent_.begin(), parent_.end(), 0u); }
  std::uint32_t find(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::uint32_t i, std::uint32_t j) {
    i = find(i), j = find(j);
    if (i != j) parent_[std::max(i, j)] = std::min(i, j);
  }
  void hang(std::uint32_t root, std::uint32_t below) { parent_[root] = below; }

 private:
  std::vector<std::uint32_t> parent_;
};

/// Pieces smaller than this go to the first strong neighbour that is not: three nodes that lie in a line, say, cannot
/// carry six rigid motions.
void hang_small_pieces(const MeshProblem& problem, const std::vector<float>& largest, double threshold,
                       Pieces& pieces) {
  constexpr std::uint32_t k_small = 8;
  const std::size_t nodes = largest.size();
  std::vector<std::uint32_t> size(nodes, 0), target(nodes, k_none);
  for (std::uint32_t i = 0; i < nodes; ++i) ++size[pieces.find(i)];
  each_element(problem, [&](const std::uint32_t* node, int n, float modulus) {
    for (int a = 0; a < n; ++a) {
      const std::uint32_t root = pieces.find(node[a]);
      if (size[root] >= k_small || target[root] != k_none) continue;
      for (int b = 0; b < n && target[root] == k_none; ++b) {
        const std::uint32_t other = pieces.find(node[b]);
        if (size[other] >= k_small && is_strong(modulus, largest[node[a]], largest[node[b]], threshold))
          target[root] = other;
      }
    }
  });
  for (std::uint32_t i = 0; i < nodes; ++i)
    if (target[i] != k_none) pieces.hang(i, target[i]);
}

void split_boxes(const MeshProblem& problem, const std::vector<float>& largest, const std::vector<std::uint32_t>& box,
                 double threshold, Pieces& pieces) {
  each_element(problem, [&](const std::uint32_t* node, int n, float modulus) {
    for (int a = 0; a < n; ++a)
      for (int b = a + 1; b < n; ++b)
        if (box[node[a]] == box[node[b]] && is_strong(modulus, largest[node[a]], largest[node[b]], threshold))
          pieces.join(node[a], node[b]);
  });
}

/// Numbers the pieces in the order of their first node and lists their nodes.
void number_aggregates(const std::vector<std::uint32_t>& box, Pieces& pieces, FineAggregation& f) {
  const auto nodes = static_cast<std::uint32_t>(box.size());
  std::vector<std::uint32_t> number(nodes, k_none);
  f.aggregate_of_node.resize(nodes);
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const std::uint32_t root = pieces.find(i);
    if (number[root] == k_none) {
      number[root] = f.space.count++;
      f.space.cell.push_back(box_cell(box[root]));
    }
    f.aggregate_of_node[i] = number[root];
  }
  f.aggregate_start.assign(f.space.count + std::size_t{1}, 0);
  for (const std::uint32_t a : f.aggregate_of_node) ++f.aggregate_start[a + std::size_t{1}];
  std::partial_sum(f.aggregate_start.begin(), f.aggregate_start.end(), f.aggregate_start.begin());
  f.aggregate_nodes.resize(nodes);
  std::vector<std::uint32_t> next(f.aggregate_start.begin(), f.aggregate_start.end() - 1);
  for (std::uint32_t i = 0; i < nodes; ++i) f.aggregate_nodes[next[f.aggregate_of_node[i]]++] = i;
}

/// Mean side of a box if all filled the mesh's bounding box: a length of their order is all that is needed.
double reference_length(const std::vector<double>& position_mm, std::size_t boxes) {
  double volume = 1, longest = 0;
  for (std::size_t d = 0; d < 3; ++d) {
    double low = position_mm[d], high = low;
    for (std::size_t i = d; i < position_mm.size(); i += 3) {
      low = std::min(low, position_mm[i]);
      high = std::max(high, position_mm[i]);
    }
    longest = std::max(longest, high - low);
    volume *= high - low;
  }
  const double length = std::cbrt(volume / static_cast<double>(boxes));
  return length > 0 ? length : longest;
}

void build_bases(const std::vector<double>& position_mm, const std::vector<std::uint8_t>& constrained,
                 FineAggregation& f) {
  CoarseSpace& space = f.space;
  f.arm.resize(position_mm.size());
  f.basis.resize(36 * std::size_t{space.count});
  space.centre.assign(space.count, {0, 0, 0});
  space.modes.resize(space.count);
  space.mode_count.resize(space.count);
#pragma omp parallel for schedule(dynamic, 256)
  for (std::uint32_t a = 0; a < space.count; ++a) {
    const std::uint32_t begin = f.aggregate_start[a], end = f.aggregate_start[a + std::size_t{1}];
    for (std::uint32_t i = begin; i < end; ++i)
      for (std::size_t d = 0; d < 3; ++d)
        space.centre[a][d] += position_mm[3 * std::size_t{f.aggregate_nodes[i]} + d] / (end - begin);
    std::array<double, 36> gram{};
    for (std::uint32_t i = begin; i < end; ++i) {
      const std::uint32_t n = f.aggregate_nodes[i];
      double* arm = f.arm.data() + 3 * std::size_t{n};
      for (std::size_t d = 0; d < 3; ++d)
        arm[d] = (position_mm[3 * std::size_t{n} + d] - space.centre[a][d]) / space.length_mm;
      add_to_gram(arm, constrained[n], gram);
    }
    const ModeBasis reduced = orthonormal_modes(gram);
    std::copy(reduced.basis.begin(), reduced.basis.end(), f.basis.begin() + 36 * std::size_t{a});
    space.modes[a] = reduced.modes;
    space.mode_count[a] = reduced.count;
  }
}

Graph strong_couplings(const MeshProblem& problem, const std::vector<float>& largest, const FineAggregation& f,
                       double threshold) {
  std::vector<std::vector<std::uint32_t>> rows(f.space.count);
  auto add = [&](std::uint32_t i, std::uint32_t j) {
    if (std::find(rows[i].rbegin(), rows[i].rend(), j) == rows[i].rend()) rows[i].push_back(j);  // few differ
  };
  each_element(problem, [&](const std::uint32_t* node, int n, float modulus) {
    for (int a = 0; a < n; ++a)
      for (int b = a + 1; b < n; ++b) {
        const std::uint32_t i = f.aggregate_of_node[node[a]], j = f.aggregate_of_node[node[b]];
        if (i == j || !is_strong(modulus, largest[node[a]], largest[node[b]], threshold)) continue;
        add(i, j);
        add(j, i);
      }
  });
  Graph graph;
  for (auto& row : rows) {
    std::sort(row.begin(), row.end());
    graph.column.insert(graph.column.end(), row.begin(), row.end());
    graph.start.push_back(static_cast<std::int64_t>(graph.column.size()));
  }
  return graph;
}

}  // namespace

FineAggregation aggregate_mesh_nodes(const MeshProblem& problem, const std::vector<std::uint32_t>& box_start,
                                     const std::vector<std::uint8_t>& constrained, double strength_threshold) {
  const std::size_t nodes = problem.position_mm->size() / 3, boxes = box_start.size() - 1;
  OSTEON_ASSERT(box_start.back() == nodes && constrained.size() == nodes);
  std::vector<std::uint32_t> box(nodes);
  for (std::uint32_t b = 0; b < boxes; ++b)
    std::fill(box.begin() + box_start[b], box.begin() + box_start[b + std::size_t{1}], b);
  const std::vector<float> largest = largest_modulus(problem);
  Pieces pieces(nodes);
  split_boxes(problem, largest, box, strength_threshold, pieces);
  hang_small_pieces(problem, largest, strength_threshold, pieces);
  FineAggregation f;
  number_aggregates(box, pieces, f);
  f.packed.resize(nodes);
  for (std::size_t n = 0; n < nodes; ++n) f.packed[n] = kernels::pack_node(0, 0, 0, constrained[n]);
  f.space.length_mm = reference_length(*problem.position_mm, boxes);
  build_bases(*problem.position_mm, constrained, f);
  f.space.strong = strong_couplings(problem, largest, f, strength_threshold);
  return f;
}

}  // namespace osteon
