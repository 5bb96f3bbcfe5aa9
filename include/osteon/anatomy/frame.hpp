// SPDX-License-Identifier: Apache-2.0
// Frames of whole bones: axes found in a mask, and the grid that lies along them.
#pragma once

#include <vector>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Centres of the voxels > 0 (or with one of `labels`), patient space in mm. Throws InputError when there are none.
std::vector<Vec3> voxel_centres_mm(const VoxelImage& mask, const std::vector<int>& labels = {});

Vec3 mean_position(const std::vector<Vec3>& points_mm);

/// Axes of the second moments about the mean, longest first (columns), right-handed; signs as they come.
struct PrincipalAxes {
  Vec3 centre_mm;
  Mat3 axes;
  Vec3 deviation_mm;  ///< root of the second moments, longest first
};
PrincipalAxes principal_axes(const std::vector<Vec3>& points_mm);

/// Right-handed axes (columns x, y, z) with z along `z` and x as near to `towards_x` as that allows. Throws InputError
/// when the two are parallel.
Mat3 frame_from(const Vec3& z, const Vec3& towards_x);

/// Grid along the columns of `axes` with cubic voxels round all points, `margin_voxels` more on every side. `anchor_mm`
/// lies on a corner of a voxel, so that the grid follows the bone and not the scan's grid.
ImageGeometry grid_round(const std::vector<Vec3>& points_mm, const Mat3& axes, const Vec3& anchor_mm, double spacing_mm,
                         int margin_voxels);

/// Angle between two frames (degree): of the rotation that turns one into the other.
double angle_between_deg(const Mat3& a, const Mat3& b);

}  // namespace osteon
