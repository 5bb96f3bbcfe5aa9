// SPDX-License-Identifier: Apache-2.0
// The upper femur in a sideways fall and in stance.
#pragma once

#include <optional>

#include "osteon/anatomy/bone_setup.hpp"

namespace osteon {

/// Angles are those the field names (Courtney, Keyak, Orwoll: recalled, check); sizes of the caps are assumptions.
struct HipSettings {
  int version = 1;
  std::optional<BodySide> side;  ///< checked against what the bone shows; none: what the bone shows
  double spacing_mm = 1;
  int spline_order = 3;  ///< of the density
  double cap_mm = 4;     ///< of cement outside the outermost bone
  /// Cement fills a cap's columns down to this depth below its outermost bone. At 6 mm the edge of the contact jumped
  /// by columns with the outermost voxel, and stiffness of the same bone turned differed by 1 %, the Pistoia load
  /// by 2.5 %.
  double contact_reach_mm = 15;
  double head_cap_share = 0.6;    ///< radius of the cap on the head, in radii of the head
  double trochanter_cap_mm = 15;  ///< radius of the cap on the greater trochanter
  /// From the head's centre to the cut across the shaft, along the model's z. 0 = as far as the mask has whole
  /// sections, in steps of 5 mm. Bones are compared at the same length only.
  double shaft_mm = 0;
  double fall_tilt_deg = 10;      ///< of the shaft against the ground; positive: the knee is off the ground
  double fall_rotation_deg = 15;  ///< inwards, about the shaft: the plane of neck and shaft against the vertical
  double stance_deg = 20;         ///< of the force against the shaft, in the plane of neck and shaft
};

/// Model "hip-sideways-fall", version 1. y lies along the fall: towards the ground for a left femur, away from it for a
/// right one, so that the two are mirror images; z is the shaft, levelled; x anterior, turned inwards. The platen on
/// the head's cap moves along the fall and is free to slide; the platen under the greater trochanter is held along the
/// fall; the cut across the shaft is held in x and z. Length: from the head's surface to that of the trochanter, along
/// the fall.
BoneSetup hip_sideways_fall(const VoxelImage& scan, const VoxelImage& mask, const HipSettings& settings);

/// Model "hip-stance", version 1. z lies against the force on the head, x anterior. The platen on the head's cap moves
/// down and is free to slide; the cut across the shaft is held. Length: from the head's top to the cut.
BoneSetup hip_stance(const VoxelImage& scan, const VoxelImage& mask, const HipSettings& settings);

/// Both take a mask of one upper femur on the scan's grid (find_femur_landmarks says what it must show). Throw
/// InputError (no such bone, the other side, a shaft shorter than asked for) or UsageError (a setting out of range).

}  // namespace osteon
