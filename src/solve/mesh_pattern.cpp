// SPDX-License-Identifier: Apache-2.0
#include "mesh_pattern.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

std::size_t nodes_per_element(const MeshElements& elements) {
  return static_cast<std::size_t>(node_count(elements.type));
}
std::size_t element_count(const MeshElements& elements) { return elements.nodes->size() / nodes_per_element(elements); }

/// Turns counts, kept one place ahead, into starts.
void sum_up(std::vector<std::uint32_t>& start) {
  std::uint64_t sum = 0;
  for (std::uint32_t& entry : start) {
    sum += entry;
    if (sum > std::numeric_limits<std::uint32_t>::max())
      throw InputError("the mesh is too large: more than 2^32 pairs of nodes in its elements of one type");
    entry = static_cast<std::uint32_t>(sum);
  }
}

/// Where each node stands in the elements' list of nodes, ascending: i is node i % n of element i / n.
NumberLists places_of_nodes(const MeshElements& elements, std::uint32_t rows) {
  NumberLists lists;
  lists.start.assign(std::size_t{rows} + 1, 0);
  for (const std::uint32_t node : *elements.nodes) ++lists.start[std::size_t{node} + 1];
  sum_up(lists.start);
  lists.number.resize(elements.nodes->size());
  std::vector<std::uint32_t> next(lists.start.begin(), lists.start.end() - 1);
  for (std::size_t i = 0; i < elements.nodes->size(); ++i)
    lists.number[next[(*elements.nodes)[i]]++] = static_cast<std::uint32_t>(i);
  return lists;
}

/// Finds the columns of one row after another; each is met once, thanks to a mark per node.
class RowColumns {
 public:
  RowColumns(const MeshProblem& problem, const std::vector<NumberLists>& of_node, std::uint32_t rows)
      : problem_(problem), of_node_(of_node), seen_in_(rows, rows) {}
  /// Not in order.
  const std::vector<std::uint32_t>& of(std::uint32_t row) {
    columns_.clear();
    for (std::size_t t = 0; t < of_node_.size(); ++t) {
      const std::size_t n = nodes_per_element(problem_.elements[t]);
      const std::vector<std::uint32_t>& nodes = *problem_.elements[t].nodes;
      for (std::uint32_t i = of_node_[t].start[row]; i < of_node_[t].start[row + std::size_t{1}]; ++i)
        for (std::size_t b = of_node_[t].number[i] / n * n, end = b + n; b < end; ++b) {
          if (seen_in_[nodes[b]] == row) continue;
          seen_in_[nodes[b]] = row;
          columns_.push_back(nodes[b]);
        }
    }
    return columns_;
  }

 private:
  const MeshProblem& problem_;
  const std::vector<NumberLists>& of_node_;
  std::vector<std::uint32_t> seen_in_, columns_;
};

}  // namespace

Graph mesh_graph(const MeshProblem& problem) {
  const std::uint32_t rows = static_cast<std::uint32_t>(problem.position_mm->size() / 3);
  std::vector<NumberLists> of_node;
  for (const MeshElements& elements : problem.elements) of_node.push_back(places_of_nodes(elements, rows));
  // Twice, counting and filling, so that no list per row has to be kept.
  Graph graph;
  graph.start.assign(std::size_t{rows} + 1, 0);
#pragma omp parallel
  {
    RowColumns columns(problem, of_node, rows);
#pragma omp for schedule(dynamic, 1024)
    for (std::uint32_t row = 0; row < rows; ++row)
      graph.start[row + std::size_t{1}] = static_cast<std::int64_t>(columns.of(row).size());
  }
  for (std::size_t row = 0; row < rows; ++row) graph.start[row + 1] += graph.start[row];
  graph.column.resize(static_cast<std::size_t>(graph.start.back()));
#pragma omp parallel
  {
    RowColumns columns(problem, of_node, rows);
#pragma omp for schedule(dynamic, 1024)
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::vector<std::uint32_t>& found = columns.of(row);
      std::copy(found.begin(), found.end(), graph.column.begin() + graph.begin(row));
      std::sort(graph.column.begin() + graph.begin(row), graph.column.begin() + graph.end(row));
    }
  }
  return graph;
}

std::vector<std::uint16_t> block_places(const MeshElements& elements, const Graph& graph) {
  constexpr std::int64_t k_most = std::numeric_limits<std::uint16_t>::max();
  const std::uint32_t rows = graph.rows();
  for (std::uint32_t row = 0; row < rows; ++row)
    if (graph.end(row) - graph.begin(row) > k_most)
      throw InputError("node " + std::to_string(row) + " (counted from 0) of the mesh shares elements with more than " +
                       std::to_string(k_most) + " others; refine the mesh there");
  const std::size_t n = nodes_per_element(elements);
  const std::vector<std::uint32_t>& nodes = *elements.nodes;
  const NumberLists of_node = places_of_nodes(elements, rows);
  std::vector<std::uint16_t> place(nodes.size() * n);
#pragma omp parallel
  {
    std::vector<std::uint16_t> place_of(rows);  // of the columns of the row at hand
#pragma omp for schedule(dynamic, 1024)
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::size_t first = static_cast<std::size_t>(graph.begin(row)),
                        last = static_cast<std::size_t>(graph.end(row));
      for (std::size_t k = first; k < last; ++k) place_of[graph.column[k]] = static_cast<std::uint16_t>(k - first);
      for (std::uint32_t l = of_node.start[row]; l < of_node.start[row + std::size_t{1}]; ++l) {
        const std::size_t i = of_node.number[l], element = i / n * n;
        for (std::size_t b = 0; b < n; ++b) place[i * n + b] = place_of[nodes[element + b]];
      }
    }
  }
  return place;
}

NumberLists chunk_lists(const MeshElements& elements, std::uint32_t rows, std::uint32_t chunk_rows) {
  const std::size_t n = nodes_per_element(elements), count = element_count(elements);
  NumberLists lists;
  lists.start.assign(std::size_t{(rows + chunk_rows - 1) / chunk_rows} + 1, 0);
  /// visit(chunk) once for each chunk an element touches
  const auto chunks_of = [&](std::size_t e, auto visit) {
    std::uint32_t seen[k_most_element_nodes];
    int many = 0;
    for (std::size_t a = 0; a < n; ++a) {
      const std::uint32_t chunk = (*elements.nodes)[e * n + a] / chunk_rows;
      if (std::find(seen, seen + many, chunk) != seen + many) continue;
      seen[many++] = chunk;
      visit(chunk);
    }
  };
  for (std::size_t e = 0; e < count; ++e)
    chunks_of(e, [&](std::uint32_t chunk) { ++lists.start[chunk + std::size_t{1}]; });
  sum_up(lists.start);
  lists.number.resize(lists.start.back());
  std::vector<std::uint32_t> next(lists.start.begin(), lists.start.end() - 1);
  for (std::size_t e = 0; e < count; ++e)
    chunks_of(e, [&](std::uint32_t chunk) { lists.number[next[chunk]++] = static_cast<std::uint32_t>(e); });
  return lists;
}

NumberLists entry_lists(const MeshElements& elements, const Graph& graph, const std::vector<std::uint16_t>& place) {
  const std::size_t n = nodes_per_element(elements);
  NumberLists lists;
  lists.start.assign(graph.column.size() + 1, 0);
  const auto entry_of = [&](std::size_t i) {
    return static_cast<std::size_t>(graph.begin((*elements.nodes)[i / n])) + place[i];
  };
  for (std::size_t i = 0; i < place.size(); ++i) ++lists.start[entry_of(i) + 1];
  sum_up(lists.start);
  lists.number.resize(place.size());
  std::vector<std::uint32_t> next(lists.start.begin(), lists.start.end() - 1);
  for (std::size_t i = 0; i < place.size(); ++i) lists.number[next[entry_of(i)]++] = static_cast<std::uint32_t>(i);
  return lists;
}

}  // namespace osteon
