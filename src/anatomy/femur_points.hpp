// SPDX-License-Identifier: Apache-2.0
// Voxels and surface of a mask as points in patient space.
#pragma once

#include <algorithm>
#include <vector>

#include "osteon/image/voxel_image.hpp"
#include "vectors.hpp"

namespace osteon {

struct FemurPoints {
  std::vector<Eigen::Vector3d> centres_mm;  ///< of the bone's voxels
  /// Middles of the voxel faces between bone and not bone. Along the axis of its face the true surface is as often on
  /// one side of the middle as on the other, so that fits to these points have no bias from the voxels' size.
  std::vector<Eigen::Vector3d> surface_mm;
  double spacing_mm = 0;  ///< the largest of the three
  double voxel_mm3 = 0;
};

/// `centres_mm` as voxel_centres_mm(mask) gives them.
FemurPoints femur_points(const VoxelImage& mask, const std::vector<Vec3>& centres_mm);

}  // namespace osteon
