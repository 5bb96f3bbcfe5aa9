// SPDX-License-Identifier: Apache-2.0
// Resampling between grids that are turned against each other.
#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"
#include "steps.hpp"

namespace osteon {

Vec3 patient_position_mm(const ImageGeometry& g, const Vec3& voxel) {
  Vec3 p = g.origin_mm;
  for (int row = 0; row < 3; ++row)
    for (int a = 0; a < 3; ++a) p[row] += g.direction[row * 3 + a] * voxel[a] * g.spacing_mm[a];
  return p;
}

Vec3 voxel_position(const ImageGeometry& g, const Vec3& patient_mm) {
  Vec3 v = {0, 0, 0};
  for (int a = 0; a < 3; ++a) {  // the direction is orthonormal
    for (int row = 0; row < 3; ++row) v[a] += g.direction[row * 3 + a] * (patient_mm[row] - g.origin_mm[row]);
    v[a] /= g.spacing_mm[a];
  }
  return v;
}

namespace {

bool is_inside(const Vec3& voxel, const Index3& size) {
  constexpr double k_half = 0.5 + 1e-9;
  for (int a = 0; a < 3; ++a)
    if (voxel[a] < -k_half || voxel[a] > size[a] - 1 + k_half) return false;
  return true;
}

/// `value(voxel position in the old image)` at every voxel centre of the new grid.
template <class Value>
VoxelImage fill_grid(const VoxelImage& image, const ImageGeometry& grid, float outside, Value value) {
  VoxelImage result;
  result.geometry = grid;
  result.source = image.source;
  result.values.resize(static_cast<std::size_t>(grid.size.volume()));
#pragma omp parallel for collapse(2) schedule(static)
  for (int z = 0; z < grid.size.z; ++z)
    for (int y = 0; y < grid.size.y; ++y)
      for (int x = 0; x < grid.size.x; ++x) {
        const Vec3 at = voxel_position(image.geometry, patient_position_mm(grid, {1.0 * x, 1.0 * y, 1.0 * z}));
        result.values[result.index(x, y, z)] = is_inside(at, image.geometry.size) ? value(at) : outside;
      }
  return result;
}

}  // namespace

VoxelImage resample_to_grid(const VoxelImage& image, const ImageGeometry& grid, int spline_order, float outside) {
  OSTEON_ASSERT(spline_order >= 0 && spline_order <= 3);
  const Index3& size = image.geometry.size;
  const std::vector<float> coefficients = spline_coefficients(image.values, size, spline_order);
  return fill_grid(image, grid, outside, [&](const Vec3& at) {
    SplineTaps taps[3];
    for (int a = 0; a < 3; ++a) taps[a] = spline_taps(at[a], size[a], spline_order);
    double sum = 0;
    for (int k = 0; k <= spline_order; ++k)
      for (int j = 0; j <= spline_order; ++j) {
        const std::size_t row = (static_cast<std::size_t>(taps[2].index[k]) * size.y + taps[1].index[j]) * size.x;
        double line = 0;
        for (int i = 0; i <= spline_order; ++i) line += taps[0].weight[i] * coefficients[row + taps[0].index[i]];
        sum += taps[2].weight[k] * taps[1].weight[j] * line;
      }
    return static_cast<float>(sum);
  });
}

VoxelImage resample_labels(const VoxelImage& labels, const ImageGeometry& grid) {
  const Index3& size = labels.geometry.size;
  return fill_grid(labels, grid, 0, [&](const Vec3& at) {
    float label[8];
    double weight[8];
    double inside = 0;
    for (int corner = 0; corner < 8; ++corner) {
      Index3 p;
      double w = 1;
      for (int a = 0; a < 3; ++a) {
        const int low = static_cast<int>(std::floor(at[a])), bit = corner >> a & 1;
        p[a] = std::clamp(low + bit, 0, size[a] - 1);
        w *= bit != 0 ? at[a] - low : 1 - (at[a] - low);
      }
      label[corner] = labels.at(p.x, p.y, p.z);
      weight[corner] = w;
      if (label[corner] > 0) inside += w;
    }
    if (inside < 0.5) return 0.0F;
    float best = 0;
    double largest = 0;
    for (int i = 0; i < 8; ++i) {
      double share = 0;
      for (int j = 0; j < 8; ++j)
        if (label[j] == label[i]) share += weight[j];
      if (label[i] > 0 && (share > largest || (share == largest && label[i] < best))) {
        largest = share;
        best = label[i];
      }
    }
    return best;
  });
}

}  // namespace osteon
