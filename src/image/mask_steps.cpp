// SPDX-License-Identifier: Apache-2.0
// Closing with a ball and the largest face-connected component.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "lines.hpp"
#include "steps.hpp"

namespace osteon {
namespace {

using Squares = std::vector<std::uint16_t>;  // squared distances in voxels, capped

// Lowers each value to the least of value(position + d) + d^2 for |d| <= radius along `axis`, edges mirrored.
void spread_along(Squares& squares, const Index3& size, int axis, int radius) {
  const std::int64_t n = size[axis];
  std::int64_t stride = 1;
  for (int a = 0; a < axis; ++a) stride *= size[a];
  const std::int64_t lines = size.volume() / n;
#pragma omp parallel
  {
    std::vector<std::uint16_t> line(static_cast<std::size_t>(n + 2 * radius));
#pragma omp for schedule(static)
    for (std::int64_t l = 0; l < lines; ++l) {
      std::uint16_t* start = squares.data() + l / stride * stride * n + l % stride;
      for (std::int64_t i = -radius; i < n + radius; ++i)
        line[static_cast<std::size_t>(i + radius)] = start[mirror_at_faces(i, n) * stride];
      for (std::int64_t i = 0; i < n; ++i) {
        int best = line[static_cast<std::size_t>(i + radius)];
        for (int d = 1; d <= radius; ++d)
          best = std::min({best, line[static_cast<std::size_t>(i + radius - d)] + d * d,
                           line[static_cast<std::size_t>(i + radius + d)] + d * d});
        start[i * stride] = static_cast<std::uint16_t>(best);
      }
    }
  }
}

// Squared distance of each voxel to the nearest one where `inside` holds; anything beyond the radius is capped.
template <class Inside>
Squares squared_distances(const Index3& size, int radius, const Inside& inside) {
  const auto far = static_cast<std::uint16_t>(radius * radius + 1);
  Squares squares(static_cast<std::size_t>(size.volume()));
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < size.volume(); ++i)
    squares[static_cast<std::size_t>(i)] = inside(static_cast<std::size_t>(i)) ? std::uint16_t{0} : far;
  for (int axis = 0; axis < 3; ++axis) spread_along(squares, size, axis, radius);
  return squares;
}

struct Offset {
  int dx, dy, dz, square;
};

// The ball's offsets, nearest first; a fixed order decides between equals.
std::vector<Offset> ball_offsets(int radius) {
  std::vector<Offset> offsets;
  for (int dz = -radius; dz <= radius; ++dz)
    for (int dy = -radius; dy <= radius; ++dy)
      for (int dx = -radius; dx <= radius; ++dx)
        if (const int square = dx * dx + dy * dy + dz * dz; square <= radius * radius)
          offsets.push_back({dx, dy, dz, square});
  std::stable_sort(offsets.begin(), offsets.end(),
                   [](const Offset& a, const Offset& b) { return a.square < b.square; });
  return offsets;
}

float nearest_label(const VoxelImage& labels, std::int64_t voxel, const std::vector<Offset>& offsets) {
  const Index3& n = labels.geometry.size;
  const std::int64_t x = voxel % n.x, y = voxel / n.x % n.y, z = voxel / n.x / n.y;
  for (const Offset& o : offsets) {
    const float label =
        labels.at(static_cast<int>(mirror_at_faces(x + o.dx, n.x)), static_cast<int>(mirror_at_faces(y + o.dy, n.y)),
                  static_cast<int>(mirror_at_faces(z + o.dz, n.z)));
    if (label > 0) return label;
  }
  return 0;
}

// A run of bone voxels along x; runs are the elements of the union-find.
struct Run {
  int first, last;
};

struct Runs {
  std::vector<Run> runs;                 // row by row
  std::vector<std::int64_t> row_starts;  // rows + 1
};

Runs find_runs(const VoxelImage& labels) {
  const Index3& n = labels.geometry.size;
  const std::int64_t rows = std::int64_t{n.y} * n.z;
  const auto each_run = [&](std::int64_t row, const auto& found) {
    const float* line = labels.values.data() + row * n.x;
    for (int x = 0; x < n.x; ++x) {
      if (!(line[x] > 0)) continue;
      const int first = x;
      while (x + 1 < n.x && line[x + 1] > 0) ++x;
      found(Run{first, x});
    }
  };
  Runs result;
  result.row_starts.assign(static_cast<std::size_t>(rows) + 1, 0);
#pragma omp parallel for schedule(static)
  for (std::int64_t row = 0; row < rows; ++row)
    each_run(row, [&](Run) { ++result.row_starts[static_cast<std::size_t>(row) + 1]; });
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row)
    result.row_starts[row + 1] += result.row_starts[row];
  result.runs.resize(static_cast<std::size_t>(result.row_starts.back()));
#pragma omp parallel for schedule(static)
  for (std::int64_t row = 0; row < rows; ++row) {
    std::int64_t at = result.row_starts[static_cast<std::size_t>(row)];
    each_run(row, [&](Run run) { result.runs[static_cast<std::size_t>(at++)] = run; });
  }
  return result;
}

// Union-find whose root is the least index of the set, so that the result does not depend on the order of unions.
class Sets {
 public:
  explicit Sets(std::size_t count) : parent_(count) {
    for (std::size_t i = 0; i < count; ++i) parent_[i] = static_cast<std::int64_t>(i);
  }
  std::int64_t root(std::int64_t i) {
    while (parent(i) != i) i = parent(i) = parent(parent(i));
    return i;
  }
  void join(std::int64_t i, std::int64_t j) {
    i = root(i);
    j = root(j);
    if (i < j)
      parent(j) = i;
    else
      parent(i) = j;
  }

 private:
  std::int64_t& parent(std::int64_t i) { return parent_[static_cast<std::size_t>(i)]; }
  std::vector<std::int64_t> parent_;
};

// Joins the runs of two rows that overlap in x.
void join_rows(const Runs& all, std::int64_t row, std::int64_t other, Sets& sets) {
  std::int64_t i = all.row_starts[static_cast<std::size_t>(row)];
  std::int64_t j = all.row_starts[static_cast<std::size_t>(other)];
  const std::int64_t i_end = all.row_starts[static_cast<std::size_t>(row) + 1];
  const std::int64_t j_end = all.row_starts[static_cast<std::size_t>(other) + 1];
  while (i < i_end && j < j_end) {
    const Run& a = all.runs[static_cast<std::size_t>(i)];
    const Run& b = all.runs[static_cast<std::size_t>(j)];
    if (a.first <= b.last && b.first <= a.last) sets.join(i, j);
    if (a.last < b.last)
      ++i;
    else
      ++j;
  }
}

// Each slab of layers is joined by one thread, which touches only its own runs; the seams follow one by one.
void join_all(const Runs& all, const Index3& n, Sets& sets) {
  constexpr int k_slab = 16;  // layers
  const int slabs = (n.z + k_slab - 1) / k_slab;
  const auto row = [&n](int y, int z) { return std::int64_t{z} * n.y + y; };
#pragma omp parallel for schedule(dynamic)
  for (int slab = 0; slab < slabs; ++slab)
    for (int z = slab * k_slab; z < std::min(n.z, (slab + 1) * k_slab); ++z)
      for (int y = 0; y < n.y; ++y) {
        if (y > 0) join_rows(all, row(y - 1, z), row(y, z), sets);
        if (z > slab * k_slab) join_rows(all, row(y, z - 1), row(y, z), sets);
      }
  for (int slab = 1; slab < slabs; ++slab)
    for (int y = 0; y < n.y; ++y) join_rows(all, row(y, slab * k_slab - 1), row(y, slab * k_slab), sets);
}

}  // namespace

void close_with_ball(VoxelImage& labels, int radius_voxels) {
  const Index3& n = labels.geometry.size;
  const int limit = radius_voxels * radius_voxels;
  const Squares to_bone = squared_distances(n, radius_voxels, [&](std::size_t i) { return labels.values[i] > 0; });
  const Squares to_outside = squared_distances(n, radius_voxels, [&](std::size_t i) { return to_bone[i] > limit; });
  const std::vector<Offset> offsets = ball_offsets(radius_voxels);
  std::vector<std::int64_t> added;
  for (std::int64_t i = 0; i < n.volume(); ++i) {
    const auto voxel = static_cast<std::size_t>(i);
    if (to_outside[voxel] > limit && !(labels.values[voxel] > 0)) added.push_back(i);
  }
  std::vector<float> added_labels(added.size());
#pragma omp parallel for schedule(dynamic, 1024)
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(added.size()); ++i)
    added_labels[static_cast<std::size_t>(i)] = nearest_label(labels, added[static_cast<std::size_t>(i)], offsets);
  for (std::size_t i = 0; i < added.size(); ++i) labels.values[static_cast<std::size_t>(added[i])] = added_labels[i];
}

RemovedParts keep_largest_component(VoxelImage& labels) {
  const Index3& n = labels.geometry.size;
  const Runs all = find_runs(labels);
  Sets sets(all.runs.size());
  join_all(all, n, sets);

  std::vector<std::int64_t> voxels(all.runs.size(), 0);
  for (std::size_t i = 0; i < all.runs.size(); ++i)
    voxels[static_cast<std::size_t>(sets.root(static_cast<std::int64_t>(i)))] +=
        all.runs[i].last - all.runs[i].first + 1;
  const auto largest = std::max_element(voxels.begin(), voxels.end()) - voxels.begin();
  RemovedParts removed;
  for (std::int64_t part = 0; part < static_cast<std::int64_t>(voxels.size()); ++part) {
    const std::int64_t count = voxels[static_cast<std::size_t>(part)];
    if (part == largest || count == 0) continue;
    ++removed.components;
    removed.voxels += count;
  }
  if (removed.components == 0) return removed;
  for (std::int64_t row = 0; row < std::int64_t{n.y} * n.z; ++row)
    for (std::int64_t i = all.row_starts[static_cast<std::size_t>(row)];
         i < all.row_starts[static_cast<std::size_t>(row) + 1]; ++i) {
      if (sets.root(i) == largest) continue;
      const Run& run = all.runs[static_cast<std::size_t>(i)];
      float* line = labels.values.data() + row * n.x;
      std::fill(line + run.first, line + run.last + 1, 0.0F);
    }
  return removed;
}

}  // namespace osteon
