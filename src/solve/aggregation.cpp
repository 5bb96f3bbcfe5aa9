// SPDX-License-Identifier: Apache-2.0
#include "aggregation.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/grid/brick_elements.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Union-find on at most 64 local items.
struct SmallUnion {
  std::array<std::uint8_t, 64> parent;
  void reset(int n) { std::iota(parent.begin(), parent.begin() + n, std::uint8_t{0}); }
  int find(int i) {
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
  }
  void join(int i, int j) {
    i = find(i), j = find(j);
    if (i != j) parent[std::max(i, j)] = static_cast<std::uint8_t>(std::min(i, j));
  }
};

/// Largest modulus of the elements around each node.
std::vector<float> largest_modulus(const HostGrid& grid, const ElasticProblem& problem) {
  const auto& positions = *problem.node_positions;
  std::vector<float> largest(positions.size());
#pragma omp parallel for schedule(static)
  for (std::size_t n = 0; n < positions.size(); ++n) {
    float e_max = 0;
    for (int a = 0; a < 8; ++a) {
      const std::uint32_t e =
          grid.element(positions[n].x - (a & 1), positions[n].y - (a >> 1 & 1), positions[n].z - (a >> 2));
      if (e != k_no_node) e_max = std::max(e_max, (*problem.modulus_mpa)[e]);
    }
    largest[n] = e_max;
  }
  return largest;
}

/// Numbers cells in the order of their first node (so they inherit the Morton order) and sorts nodes by cell.
struct CellSort {
  std::vector<Index3> cells;
  std::vector<std::uint32_t> start, nodes;
};
CellSort sort_by_cell(const std::vector<Index3>& positions, int edge) {
  Index3 extent{1, 1, 1};
  for (const Index3& p : positions)
    for (int d = 0; d < 3; ++d) extent[d] = std::max(extent[d], p[d] / edge + 1);
  std::vector<std::uint32_t> number(static_cast<std::size_t>(extent.volume()), k_no_node);
  CellSort out;
  std::vector<std::uint32_t> cell_of(positions.size());
  for (std::size_t n = 0; n < positions.size(); ++n) {
    const Index3 c{positions[n].x / edge, positions[n].y / edge, positions[n].z / edge};
    std::uint32_t& id = number[(static_cast<std::size_t>(c.z) * extent.y + c.y) * extent.x + c.x];
    if (id == k_no_node) {
      id = static_cast<std::uint32_t>(out.cells.size());
      out.cells.push_back(c);
    }
    cell_of[n] = id;
  }
  out.start.assign(out.cells.size() + 1, 0);
  for (const std::uint32_t c : cell_of) ++out.start[c + 1];
  std::partial_sum(out.start.begin(), out.start.end(), out.start.begin());
  out.nodes.resize(positions.size());
  std::vector<std::uint32_t> next(out.start.begin(), out.start.end() - 1);
  for (std::size_t n = 0; n < positions.size(); ++n) out.nodes[next[cell_of[n]]++] = static_cast<std::uint32_t>(n);
  return out;
}

/// Connected components of the nodes of one cell; returns their number, `component` per node of the cell.
int split_cell(const HostGrid& grid, const ElasticProblem& problem, const std::vector<float>& largest, Index3 cell,
               int edge, const std::uint32_t* nodes, int count, double threshold, std::uint8_t* component) {
  const auto& positions = *problem.node_positions;
  const int x0 = cell.x * edge, y0 = cell.y * edge, z0 = cell.z * edge;
  std::array<int, 64> item;
  item.fill(-1);
  auto local = [&](int x, int y, int z) { return (z * edge + y) * edge + x; };
  for (int i = 0; i < count; ++i) {
    const Index3 p = positions[nodes[i]];
    item[local(p.x - x0, p.y - y0, p.z - z0)] = i;
  }
  SmallUnion parts;
  parts.reset(count);
  for (int z = -1; z < edge; ++z)
    for (int y = -1; y < edge; ++y)
      for (int x = -1; x < edge; ++x) {
        const std::uint32_t e = grid.element(x0 + x, y0 + y, z0 + z);
        if (e == k_no_node) continue;
        const float modulus = (*problem.modulus_mpa)[e];
        int inside[8], n = 0;
        for (int a = 0; a < 8; ++a) {
          const int i = x + (a & 1), j = y + (a >> 1 & 1), k = z + (a >> 2);
          if (i >= 0 && j >= 0 && k >= 0 && i < edge && j < edge && k < edge) inside[n++] = item[local(i, j, k)];
        }
        for (int a = 0; a < n; ++a)
          for (int b = a + 1; b < n; ++b)
            if (is_strong(modulus, largest[nodes[inside[a]]], largest[nodes[inside[b]]], threshold))
              parts.join(inside[a], inside[b]);
      }
  int found = 0;
  std::array<int, 64> number;
  for (int i = 0; i < count; ++i) {
    const int root = parts.find(i);  // the smallest member, so it was numbered before the others
    if (root == i) number[i] = found++;
    component[i] = static_cast<std::uint8_t>(number[root]);
  }
  return found;
}

/// Rigid-body modes, basis and centre of every aggregate.
void build_bases(FineAggregation& f, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained) {
  const auto& positions = *problem.node_positions;
  CoarseSpace& space = f.space;
  f.centre.resize(3 * std::size_t{space.count});
  f.basis.resize(36 * std::size_t{space.count});
  space.centre.resize(space.count);
  space.modes.resize(space.count);
  space.mode_count.resize(space.count);
#pragma omp parallel for schedule(dynamic, 256)
  for (std::uint32_t a = 0; a < space.count; ++a) {
    const Index3 cell = space.cell[a];
    const int corner[3] = {cell.x * f.edge, cell.y * f.edge, cell.z * f.edge};
    const std::uint32_t begin = f.aggregate_start[a], end = f.aggregate_start[a + std::size_t{1}];
    double mean[3] = {};
    for (std::uint32_t i = begin; i < end; ++i)
      for (int d = 0; d < 3; ++d) mean[d] += positions[f.aggregate_nodes[i]][d] - corner[d];
    for (int d = 0; d < 3; ++d) {
      mean[d] /= end - begin;
      f.centre[3 * std::size_t{a} + d] = mean[d];
      space.centre[a][d] = (corner[d] + mean[d]) * problem.spacing_mm[d];
    }
    std::array<double, 36> gram{};
    for (std::uint32_t i = begin; i < end; ++i) {
      const std::uint32_t n = f.aggregate_nodes[i];
      double r[3];
      for (int d = 0; d < 3; ++d) r[d] = (positions[n][d] - corner[d] - mean[d]) * f.scale[d];
      add_to_gram(r, constrained[n], gram);
    }
    const ModeBasis reduced = orthonormal_modes(gram);
    std::copy(reduced.basis.begin(), reduced.basis.end(), f.basis.begin() + 36 * std::size_t{a});
    space.modes[a] = reduced.modes;
    space.mode_count[a] = reduced.count;
  }
}

/// Strong couplings between aggregates, cell by cell.
Graph strong_couplings(const HostGrid& grid, const ElasticProblem& problem, const std::vector<float>& largest,
                       const FineAggregation& f, double threshold) {
  const std::size_t cells = f.cells.size();
  std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> found(cells);
#pragma omp parallel for schedule(dynamic, 64)
  for (std::size_t c = 0; c < cells; ++c) {
    auto& pairs = found[c];
    const Index3 cell = f.cells[c];
    for (int z = cell.z * f.edge; z < (cell.z + 1) * f.edge; ++z)
      for (int y = cell.y * f.edge; y < (cell.y + 1) * f.edge; ++y)
        for (int x = cell.x * f.edge; x < (cell.x + 1) * f.edge; ++x) {
          const std::uint32_t e = grid.element(x, y, z);
          if (e == k_no_node) continue;
          std::uint32_t nodes[8];
          for (int a = 0; a < 8; ++a) nodes[a] = grid.node(x + (a & 1), y + (a >> 1 & 1), z + (a >> 2));
          const float modulus = (*problem.modulus_mpa)[e];
          for (int a = 0; a < 8; ++a)
            for (int b = a + 1; b < 8; ++b) {
              const std::uint32_t i = f.aggregate_of_node[nodes[a]], j = f.aggregate_of_node[nodes[b]];
              if (i == j || !is_strong(modulus, largest[nodes[a]], largest[nodes[b]], threshold)) continue;
              const std::pair<std::uint32_t, std::uint32_t> pair{std::min(i, j), std::max(i, j)};
              if (std::find(pairs.rbegin(), pairs.rend(), pair) == pairs.rend()) pairs.push_back(pair);  // few differ
            }
        }
  }
  std::vector<std::vector<std::uint32_t>> rows(f.space.count);
  for (const auto& pairs : found)
    for (const auto& [i, j] : pairs) {
      rows[i].push_back(j);
      rows[j].push_back(i);
    }
  Graph graph;
  graph.start.assign(f.space.count + std::size_t{1}, 0);
  for (std::uint32_t i = 0; i < f.space.count; ++i) {
    auto& row = rows[i];
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    graph.start[i + std::size_t{1}] = graph.start[i] + static_cast<std::int64_t>(row.size());
    graph.column.insert(graph.column.end(), row.begin(), row.end());
  }
  return graph;
}

/// Does some full 2x2x2 block of voxels hold element (x,y,z) of brick b?
bool is_in_full_cube(const BrickGridView& view, std::int32_t b, int x, int y, int z) {
  bool there[27];
  for (int n = 0; n < 27; ++n)
    there[n] = view.element_near(b, x + n % 3 - 1, y + n / 3 % 3 - 1, z + n / 9 - 1) != k_no_node;
  for (int corner = 0; corner < 8; ++corner) {
    bool full = true;
    for (int a = 0; a < 8; ++a)
      full &= there[9 * ((corner >> 2) + (a >> 2)) + 3 * ((corner >> 1 & 1) + (a >> 1 & 1)) + (corner & 1) + (a & 1)];
    if (full) return true;
  }
  return false;
}

}  // namespace

bool is_strong(float modulus, float largest_i, float largest_j, double threshold) {
  return modulus > threshold * std::sqrt(static_cast<double>(largest_i) * largest_j);
}

void add_to_gram(const double arm[3], int constrained, std::array<double, 36>& gram) {
  const double rows[3][6] = {
      {1, 0, 0, 0, arm[2], -arm[1]}, {0, 1, 0, -arm[2], 0, arm[0]}, {0, 0, 1, arm[1], -arm[0], 0}};
  Eigen::Map<Eigen::Matrix<double, 6, 6>> sum(gram.data());
  for (int c = 0; c < 3; ++c) {
    if (constrained >> c & 1) continue;
    const Eigen::Map<const Eigen::Matrix<double, 6, 1>> row(rows[c]);
    sum += row * row.transpose();
  }
}

ModeBasis orthonormal_modes(const std::array<double, 36>& gram) {
  constexpr double k_drop = 1e-8, k_tiny = 1e-12;
  const Eigen::Map<const Eigen::Matrix<double, 6, 6>> g(gram.data());
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix<double, 6, 6>> eigen(g);
  ModeBasis out;
  out.basis.fill(0);
  out.modes.fill(0);
  for (int e = 5; e >= 0; --e) {
    const double w = eigen.eigenvalues()[e];
    if (!(w > k_drop * eigen.eigenvalues()[5] && w > k_tiny)) continue;
    const double root = std::sqrt(w);
    for (int j = 0; j < 6; ++j) {
      out.basis[6 * out.count + j] = eigen.eigenvectors()(j, e) / root;
      out.modes[6 * j + out.count] = eigen.eigenvectors()(j, e) * root;
    }
    ++out.count;
  }
  return out;
}

int choose_aggregate_edge(const HostGrid& grid) {
  constexpr double k_thin_share = 0.05;
  const BrickGridView& view = grid.view();
  std::int64_t thin = 0;
#pragma omp parallel for schedule(dynamic, 64) reduction(+ : thin)
  for (std::int32_t b = 0; b < view.brick_count; ++b)
    for_each_element(view, b, [&](std::uint32_t, int x, int y, int z) { thin += !is_in_full_cube(view, b, x, y, z); });
  return static_cast<double>(thin) > k_thin_share * view.element_count ? 3 : 4;
}

FineAggregation aggregate_nodes(const HostGrid& grid, const ElasticProblem& problem,
                                const std::vector<std::uint8_t>& constrained, int edge, double strength_threshold) {
  OSTEON_ASSERT(edge == 3 || edge == 4);
  const auto& positions = *problem.node_positions;
  FineAggregation f;
  f.edge = edge;
  CellSort sorted = sort_by_cell(positions, edge);
  const std::vector<float> largest = largest_modulus(grid, problem);
  const std::size_t cells = sorted.cells.size();
  std::vector<std::uint8_t> component(positions.size());  // in the order of sorted.nodes
  std::vector<std::uint32_t> parts(cells + 1, 0);
#pragma omp parallel for schedule(dynamic, 64)
  for (std::size_t c = 0; c < cells; ++c)
    parts[c + 1] = static_cast<std::uint32_t>(split_cell(grid, problem, largest, sorted.cells[c], edge,
                                                         sorted.nodes.data() + sorted.start[c],
                                                         static_cast<int>(sorted.start[c + 1] - sorted.start[c]),
                                                         strength_threshold, component.data() + sorted.start[c]));
  std::partial_sum(parts.begin(), parts.end(), parts.begin());

  const double mean_edge = (problem.spacing_mm[0] + problem.spacing_mm[1] + problem.spacing_mm[2]) / 3;
  f.space.count = parts.back();
  f.space.length_mm = edge * mean_edge;
  for (int d = 0; d < 3; ++d) f.scale[d] = problem.spacing_mm[d] / f.space.length_mm;
  f.space.cell.resize(f.space.count);
  f.aggregate_of_node.resize(positions.size());
  f.packed.resize(positions.size());
  f.aggregate_start.assign(f.space.count + std::size_t{1}, 0);
  for (std::size_t c = 0; c < cells; ++c) {
    for (std::uint32_t a = parts[c]; a < parts[c + 1]; ++a) f.space.cell[a] = sorted.cells[c];
    for (std::uint32_t i = sorted.start[c]; i < sorted.start[c + 1]; ++i) {
      const std::uint32_t n = sorted.nodes[i], a = parts[c] + component[i];
      f.aggregate_of_node[n] = a;
      ++f.aggregate_start[a + std::size_t{1}];
      f.packed[n] =
          kernels::pack_node(positions[n].x % edge, positions[n].y % edge, positions[n].z % edge, constrained[n]);
    }
  }
  std::partial_sum(f.aggregate_start.begin(), f.aggregate_start.end(), f.aggregate_start.begin());
  f.aggregate_nodes.resize(positions.size());
  std::vector<std::uint32_t> next(f.aggregate_start.begin(), f.aggregate_start.end() - 1);
  for (const std::uint32_t n : sorted.nodes) f.aggregate_nodes[next[f.aggregate_of_node[n]]++] = n;

  f.cells = std::move(sorted.cells);
  f.cell_start = std::move(parts);
  build_bases(f, problem, constrained);
  f.space.strong = strong_couplings(grid, problem, largest, f, strength_threshold);
  return f;
}

}  // namespace osteon
