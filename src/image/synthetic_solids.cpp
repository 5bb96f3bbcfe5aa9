// SPDX-License-Identifier: Apache-2.0
// Plain solids with known closed forms: block, beam, shell, block with a void.
#include <fmt/format.h>

#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"
#include "synthetic_grid.hpp"

namespace osteon {

namespace synthetic {

VoxelImage make_empty(const Index3& size, const Vec3& spacing_mm) {
  constexpr std::int64_t k_most_voxels = std::int64_t{1} << 31;  // part numbers are 32-bit
  if (size.x < 1 || size.y < 1 || size.z < 1) {
    throw UsageError(fmt::format("synthetic image: size {} x {} x {} must be positive", size.x, size.y, size.z));
  }
  if (static_cast<double>(size.x) * size.y * size.z > static_cast<double>(k_most_voxels)) {
    throw UsageError(fmt::format("synthetic image: size {} x {} x {} is above the limit of {} voxels", size.x, size.y,
                                 size.z, k_most_voxels));
  }
  for (const double h : spacing_mm) {
    if (!(h > 0) || !std::isfinite(h)) throw UsageError(fmt::format("synthetic image: spacing {} mm must be > 0", h));
  }
  VoxelImage image;
  image.geometry.size = size;
  image.geometry.spacing_mm = spacing_mm;
  image.values.assign(static_cast<std::size_t>(size.volume()), 0.0F);
  return image;
}

}  // namespace synthetic

namespace {

void require_fraction(const char* name, double value) {
  if (!(value >= 0 && value < 1)) {
    throw UsageError(fmt::format("synthetic image: {} is {}, must be in [0, 1)", name, value));
  }
}

/// Sets 1 where `is_bone(r^2)` holds for the squared distance of the voxel centre from the grid's centre, in half
/// voxels: integers, so that no rounding decides.
template <class Predicate>
void fill_by_distance(VoxelImage& image, Predicate is_bone) {
  const int n = image.geometry.size.x;
  std::size_t i = 0;
  for (int z = 0; z < n; ++z) {
    for (int y = 0; y < n; ++y) {
      for (int x = 0; x < n; ++x, ++i) {
        const std::int64_t dx = 2 * x + 1 - n, dy = 2 * y + 1 - n, dz = 2 * z + 1 - n;
        if (is_bone(static_cast<double>(dx * dx + dy * dy + dz * dz))) image.values[i] = 1;
      }
    }
  }
}

VoxelImage make_cube(int size, double spacing_mm) {
  return synthetic::make_empty({size, size, size}, {spacing_mm, spacing_mm, spacing_mm});
}

}  // namespace

VoxelImage make_block(Index3 size, Vec3 spacing_mm) {
  VoxelImage image = synthetic::make_empty(size, spacing_mm);
  image.values.assign(image.values.size(), 1.0F);
  image.source = "synthetic solid block";
  return image;
}

VoxelImage make_cantilever(Index3 size, Vec3 spacing_mm) {
  VoxelImage image = make_block(size, spacing_mm);
  image.source = "synthetic solid beam along x";
  return image;
}

VoxelImage make_hollow_sphere(int size, double spacing_mm, double inner_fraction) {
  require_fraction("inner / outer radius", inner_fraction);
  VoxelImage image = make_cube(size, spacing_mm);
  const double outer = static_cast<double>(size) * size, inner = inner_fraction * inner_fraction * outer;
  fill_by_distance(image, [=](double r2) { return r2 <= outer && r2 >= inner; });
  image.source = fmt::format("synthetic hollow sphere, inner / outer radius {}", inner_fraction);
  return image;
}

VoxelImage make_block_with_void(int size, double spacing_mm, double void_fraction) {
  require_fraction("void diameter / block width", void_fraction);
  VoxelImage image = make_cube(size, spacing_mm);
  const double radius2 = void_fraction * void_fraction * static_cast<double>(size) * size;
  fill_by_distance(image, [=](double r2) { return r2 >= radius2; });
  image.source = fmt::format("synthetic block with a spherical void, diameter / width {}", void_fraction);
  return image;
}

}  // namespace osteon
