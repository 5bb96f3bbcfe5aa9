// SPDX-License-Identifier: Apache-2.0
// Rigid registration of one mask of a bone to another.
#pragma once

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Takes a position of the reference into the scan: x_scan = rotation * (x_reference - reference_centre) + scan_centre.
struct RigidMotion {
  Mat3 rotation;
  Vec3 reference_centre_mm, scan_centre_mm;
  double overlap = 0;  ///< Dice coefficient after registration
};

/// Least squares of the difference of the two smoothed masks, by Gauss-Newton from coarse to fine; the coarsest level
/// starts from the patient's axes and from the four right-handed pairings of the principal axes. Scale and shear are
/// not touched. Labels do not matter, values > 0 do. Throws InputError when the masks end up overlapping by less than a
/// Dice coefficient of 0.5.
RigidMotion register_masks(const VoxelImage& scan_mask, const VoxelImage& reference_mask);

}  // namespace osteon
