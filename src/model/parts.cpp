// SPDX-License-Identifier: Apache-2.0
// Face-connected parts of a voxel mesh by union-find.
#include "osteon/model/parts.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>

#include "kernels/grid/brick_elements.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Every root is the smallest element of its set, so the outcome does not depend on the order of the unions.
class DisjointSets {
 public:
  explicit DisjointSets(std::uint32_t count) : parent_(count) {
    for (std::uint32_t i = 0; i < count; ++i) parent_[i].store(i, std::memory_order_relaxed);
  }
  std::uint32_t find(std::uint32_t i) {
    for (;;) {
      std::uint32_t up = parent_[i].load(std::memory_order_relaxed);
      if (up == i) return i;
      const std::uint32_t above = parent_[up].load(std::memory_order_relaxed);
      if (above != up) parent_[i].compare_exchange_weak(up, above, std::memory_order_relaxed);  // halve the path
      i = above;
    }
  }
  void unite(std::uint32_t i, std::uint32_t j) {
    for (;;) {
      i = find(i);
      j = find(j);
      if (i == j) return;
      if (i < j) std::swap(i, j);
      std::uint32_t expected = i;
      if (parent_[i].compare_exchange_strong(expected, j, std::memory_order_relaxed)) return;
    }
  }

 private:
  std::vector<std::atomic<std::uint32_t>> parent_;
};

/// `selected` is null for all elements.
void unite_faces(const BrickGridView& view, const std::uint8_t* selected, DisjointSets& sets) {
#pragma omp parallel for schedule(dynamic, 64)
  for (std::int32_t b = 0; b < view.brick_count; ++b)
    for_each_element(view, b, [&](std::uint32_t element, int x, int y, int z) {
      if (selected != nullptr && selected[element] == 0) return;
      for (const std::uint32_t next :
           {view.element_near(b, x + 1, y, z), view.element_near(b, x, y + 1, z), view.element_near(b, x, y, z + 1)})
        if (next != k_no_node && (selected == nullptr || selected[next] != 0)) sets.unite(element, next);
    });
}

void measure(const VoxelMesh& mesh, MeshParts& found) {
  const bool single = found.part_of_element.empty();
  struct Box {
    Index3 low, high;
  };
  std::vector<Box> boxes(found.parts.size());
  for (std::uint32_t e = 0; e < mesh.element_count(); ++e) {
    const std::uint32_t p = single ? 0 : found.part_of_element[e];
    const Index3& at = mesh.element_positions()[e];
    Part& part = found.parts[p];
    if (part.elements++ == 0) {
      part.first_voxel = at;
      boxes[p] = {at, at};
    }
    for (int d = 0; d < 3; ++d) {
      boxes[p].low[d] = std::min(boxes[p].low[d], at[d]);
      boxes[p].high[d] = std::max(boxes[p].high[d], at[d]);
    }
  }
  const Vec3 h = mesh.spacing_mm();
  for (std::size_t p = 0; p < boxes.size(); ++p) {
    double square = 0;
    for (int d = 0; d < 3; ++d) {
      const double edge = (boxes[p].high[d] + 1 - boxes[p].low[d]) * h[d];
      found.parts[p].centre_mm[d] = boxes[p].low[d] * h[d] + edge / 2;
      square += edge * edge;
    }
    found.parts[p].radius_mm = std::sqrt(square) / 2;
  }
}

/// `selected` is null for all elements.
PartNumbers numbered(const VoxelMesh& mesh, const std::uint8_t* selected) {
  const std::uint32_t count = mesh.element_count();
  DisjointSets sets(count);
  unite_faces(mesh.view(), selected, sets);
  PartNumbers numbers;
  numbers.of_element.assign(count, k_no_part);
  for (std::uint32_t e = 0; e < count; ++e) {
    if (selected != nullptr && selected[e] == 0) continue;
    const std::uint32_t root = sets.find(e);  // root <= e, so it has its number already
    numbers.of_element[e] = root == e ? numbers.count++ : numbers.of_element[root];
  }
  return numbers;
}

}  // namespace

MeshParts find_parts(const VoxelMesh& mesh) {
  PartNumbers numbers = numbered(mesh, nullptr);
  MeshParts found;
  found.parts.resize(numbers.count);
  if (numbers.count != 1) found.part_of_element = std::move(numbers.of_element);
  measure(mesh, found);
  return found;
}

PartNumbers number_parts(const VoxelMesh& mesh, const std::vector<std::uint8_t>& selected) {
  OSTEON_ASSERT(selected.size() == mesh.element_count());
  return numbered(mesh, selected.data());
}

std::vector<std::uint32_t> parts_at_node(const VoxelMesh& mesh, const MeshParts& parts, std::uint32_t node) {
  if (parts.part_of_element.empty()) return {0};
  const Index3 p = mesh.node_positions()[node];
  std::vector<std::uint32_t> at;
  for (int corner = 0; corner < 8; ++corner) {
    const std::uint32_t e = mesh.element_at({p.x - (corner & 1), p.y - (corner >> 1 & 1), p.z - (corner >> 2)});
    if (e != k_no_node) at.push_back(parts.part_of_element[e]);
  }
  std::sort(at.begin(), at.end());
  at.erase(std::unique(at.begin(), at.end()), at.end());
  return at;
}

std::vector<SharedNode> find_shared_nodes(const VoxelMesh& mesh, const MeshParts& parts) {
  std::vector<SharedNode> shared;
  if (parts.part_of_element.empty()) return shared;
#pragma omp parallel
  {
    std::vector<SharedNode> mine;
#pragma omp for schedule(static) nowait
    for (std::uint32_t n = 0; n < mesh.node_count(); ++n) {
      auto at = parts_at_node(mesh, parts, n);
      if (at.size() > 1) mine.push_back({n, std::move(at)});
    }
#pragma omp critical(osteon_shared_nodes)
    shared.insert(shared.end(), std::make_move_iterator(mine.begin()), std::make_move_iterator(mine.end()));
  }
  std::sort(shared.begin(), shared.end(), [](const SharedNode& a, const SharedNode& b) { return a.node < b.node; });
  return shared;
}

}  // namespace osteon
