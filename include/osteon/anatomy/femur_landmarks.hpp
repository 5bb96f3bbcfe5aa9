// SPDX-License-Identifier: Apache-2.0
// Where head, neck, shaft and greater trochanter of an upper femur are, from its mask alone.
#pragma once

#include <optional>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Positions in patient space (mm), directions as unit vectors there. How the bone lies in the scan's grid does not
/// matter.
struct FemurLandmarks {
  Vec3 head_centre_mm;  ///< of the sphere through the joint surface
  double head_radius_mm = 0;
  Vec3 shaft_axis;      ///< towards the hip
  Vec3 shaft_point_mm;  ///< on the axis, in the middle of the lower three quarters of the even piece, to which it was
                        ///< fitted
  double shaft_length_mm = 0;  ///< of the even piece
  double shaft_radius_mm = 0;  ///< of the circle with the area of the shaft's section
  Vec3 neck_centre_mm;         ///< centroid of the narrowest section of the neck
  Vec3 neck_axis;              ///< from there to the head's centre
  double neck_shaft_deg = 0;   ///< as radiologists measure it: 127 in adults
  Vec3 medial;                 ///< across the shaft, towards the head
  Vec3 trochanter_mm;          ///< most lateral point of the greater trochanter
  /// How far the bone reaches out from the shaft's axis in the direction shaft_axis x medial, just above the fitted
  /// piece (mean, mm): the lesser trochanter is posterior, which tells left from right.
  double lesser_trochanter_mm = 0;
};

/// Assumes one upper femur whose mask ends below in at least 10 mm of shaft of even thickness, with the head the part
/// farthest from the shaft's axis. The mask's values > 0 are bone. Throws InputError saying what was not found.
FemurLandmarks find_femur_landmarks(const VoxelImage& mask);

/// Where the greater trochanter touches a plane across `direction` (unit vector, patient space) that comes from
/// outside. Along the direction: the mean surface within 5 mm of the contact, which voxels shift less than its highest
/// point.
Vec3 trochanter_contact_mm(const VoxelImage& mask, const FemurLandmarks& landmarks, const Vec3& direction);

/// The side the bone's shape shows; where the lesser trochanter does not stand out, the side the patient's axes show
/// for a bone that lies roughly as in a standing patient; none where neither tells.
std::optional<BodySide> femur_side(const FemurLandmarks& landmarks);

/// Throws InputError when the bone shows the other side than `side`.
void require_side(const FemurLandmarks& landmarks, BodySide side);

}  // namespace osteon
