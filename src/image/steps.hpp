// SPDX-License-Identifier: Apache-2.0
// The single steps of image preparation; prepare.cpp strings them together.
#pragma once

#include <cstdint>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Keeps the box; the origin moves with it.
void crop(VoxelImage& image, const Index3& first, const Index3& size);

/// Gaussian of `sigma` voxels, cut off at 4 sigma, edges mirrored at the outer faces; a constant stays what it is.
void gaussian_smooth(VoxelImage& image, double sigma_voxels);

/// One axis of a resampling: sample i of the new grid lies at position first + i * step of the old one, in voxels.
struct ResampleAxis {
  int new_size = 1;
  double first = 0;
  double step = 1;
};
/// Samples the B-spline of `order` 0 to 3 through the values (Unser, Splines: a perfect fit for signal and image
/// processing, 1999, doi:10.1109/79.799930); mirrored at the outer samples. Geometry is left to the caller.
std::vector<float> resample(const std::vector<float>& values, const Index3& size, const ResampleAxis (&axes)[3],
                            int order);

/// B-spline coefficients of `order` of the values, in their place; mirrored at the outer samples.
std::vector<float> spline_coefficients(const std::vector<float>& values, const Index3& size, int order);

/// Taps of the B-spline at `position` (in samples) of a line of n.
struct SplineTaps {
  std::int64_t index[4] = {0, 0, 0, 0};
  double weight[4] = {0, 0, 0, 0};
};
SplineTaps spline_taps(double position, std::int64_t n, int order);

/// Closing of {label > 0} with the ball dx^2 + dy^2 + dz^2 <= r^2, edges mirrored at the outer faces, by squared
/// distances axis by axis (cost 4 (2r+1) per voxel, not r^3). A new voxel takes the label of the nearest bone.
void close_with_ball(VoxelImage& labels, int radius_voxels);

struct RemovedParts {
  std::int64_t voxels = 0;
  std::int64_t components = 0;
};
/// Keeps the largest face-connected part of {label > 0} (the first one of equals) and clears the others.
RemovedParts keep_largest_component(VoxelImage& labels);

}  // namespace osteon
