// SPDX-License-Identifier: Apache-2.0
// An image on another grid, turned and shifted in patient space.
#pragma once

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Position in patient space (mm, LPS) of a place on the grid, in voxels from the centre of voxel (0,0,0), and back.
Vec3 patient_position_mm(const ImageGeometry& geometry, const Vec3& voxel);
Vec3 voxel_position(const ImageGeometry& geometry, const Vec3& patient_mm);

/// Values at the voxel centres of `grid` by the B-spline of order 0 to 3 through the values of `image` (order 1:
/// linear). Centres more than half a voxel outside the image get `outside`. Parallel; same bits for any number of
/// threads.
VoxelImage resample_to_grid(const VoxelImage& image, const ImageGeometry& grid, int spline_order, float outside = 0);

/// Labels likewise: a voxel is inside where the linear interpolation of {label > 0} is at least a half, which moves a
/// turned surface less than the nearest label does; it then takes the label with the largest share there.
VoxelImage resample_labels(const VoxelImage& labels, const ImageGeometry& grid);

}  // namespace osteon
