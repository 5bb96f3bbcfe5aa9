// SPDX-License-Identifier: Apache-2.0
#include "osteon/anatomy/caps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/bone_setup.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

/// Depth, in voxels from the end, of the first bone in a column; -1 when there is none.
class Columns {
 public:
  Columns(VoxelImage& labels, Axis axis, CapEnd end)
      : labels_(labels), a_(static_cast<int>(axis)), b_((a_ + 1) % 3), c_((a_ + 2) % 3), is_low_(end == CapEnd::low) {}

  int count_b() const { return labels_.geometry.size[b_]; }
  int count_c() const { return labels_.geometry.size[c_]; }
  int length() const { return labels_.geometry.size[a_]; }
  int layer(int depth) const { return is_low_ ? depth : length() - 1 - depth; }
  float& at(int b, int c, int depth) const {
    Index3 p;
    p[a_] = layer(depth);
    p[b_] = b;
    p[c_] = c;
    return labels_.values[labels_.index(p.x, p.y, p.z)];
  }
  int first_bone(int b, int c) const {
    for (int depth = 0; depth < length(); ++depth)
      if (at(b, c, depth) > 0) return depth;
    return -1;
  }

 private:
  VoxelImage& labels_;
  int a_, b_, c_;
  bool is_low_;
};

}  // namespace

Cap add_cap(VoxelImage& labels, Axis axis, CapEnd end, const std::vector<std::uint8_t>& columns, double thickness_mm,
            double reach_mm) {
  const Columns grid(labels, axis, end);
  OSTEON_ASSERT(columns.size() == static_cast<std::size_t>(grid.count_b()) * grid.count_c());
  std::vector<int> first(columns.size(), -1);
  int outermost = grid.length();
  for (int c = 0; c < grid.count_c(); ++c)
    for (int b = 0; b < grid.count_b(); ++b) {
      const std::size_t i = static_cast<std::size_t>(c) * grid.count_b() + b;
      if (columns[i] == 0) continue;
      first[i] = grid.first_bone(b, c);
      if (first[i] >= 0) outermost = std::min(outermost, first[i]);
    }
  if (outermost == grid.length()) throw InputError(fmt::format("no bone to put a cap on along {}", axis_name(axis)));
  const double spacing = labels.geometry.spacing_mm[static_cast<int>(axis)];
  const int layers = std::max(1, static_cast<int>(std::lround(thickness_mm / spacing)));
  const int start = outermost - layers;
  if (start < 0)
    throw InputError(fmt::format("the grid has no room for a cap of {} mm along {}", thickness_mm, axis_name(axis)));
  const int reach = static_cast<int>(std::lround(reach_mm / spacing));
  Cap cap;
  cap.plane = end == CapEnd::low ? start : grid.length() - start;
  cap.outermost_bone = grid.layer(outermost);
  for (int c = 0; c < grid.count_c(); ++c)
    for (int b = 0; b < grid.count_b(); ++b) {
      const std::size_t i = static_cast<std::size_t>(c) * grid.count_b() + b;
      if (first[i] > outermost + reach) continue;
      for (int depth = start; depth < first[i]; ++depth, ++cap.voxels) grid.at(b, c, depth) = k_cap_label;
    }
  return cap;
}

}  // namespace osteon
