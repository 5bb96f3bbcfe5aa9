// SPDX-License-Identifier: Apache-2.0
#include "synthetic_shapes.hpp"

#include <fmt/format.h>

#include "osteon/core/error.hpp"
#include "synthetic_grid.hpp"

namespace osteon::synthetic {

Mat3 turn_matrix(const Vec3& turn_deg) {
  const auto sine = [&](int axis) { return std::sin(turn_deg[axis] * k_degree); };
  const auto cosine = [&](int axis) { return std::cos(turn_deg[axis] * k_degree); };
  const double sx = sine(0), sy = sine(1), sz = sine(2), cx = cosine(0), cy = cosine(1), cz = cosine(2);
  return {cz * cy,
          cz * sy * sx - sz * cx,
          cz * sy * cx + sz * sx,  //
          sz * cy,
          sz * sy * sx + cz * cx,
          sz * sy * cx - cz * sx,  //
          -sy,
          cy * sx,
          cy * cx};
}

VoxelImage empty_scan(const std::vector<Ball>& hull, const Vec3& spacing_mm) {
  constexpr double k_margin_mm = 10;  // fillets, the edge's ramp, and room for smoothing
  Index3 size;
  Vec3 origin_mm;
  for (int axis = 0; axis < 3; ++axis) {
    double low = 1e9, high = -1e9;
    for (const auto& [centre, radius] : hull) {
      low = std::min(low, centre[axis] - radius);
      high = std::max(high, centre[axis] + radius);
    }
    const double h = spacing_mm[axis];
    const double first = -std::ceil((k_margin_mm - low) / h), last = std::ceil((k_margin_mm + high) / h);
    size[axis] = static_cast<int>(last - first);
    origin_mm[axis] = (first + 0.5) * h;
  }
  VoxelImage image = make_empty(size, spacing_mm);
  image.geometry.origin_mm = origin_mm;
  return image;
}

void require_between(const char* bone, const char* name, double value, double low, double high) {
  if (!(value >= low && value <= high))
    throw UsageError(fmt::format("synthetic {}: {} is {}, must be between {} and {}", bone, name, value, low, high));
}

}  // namespace osteon::synthetic
