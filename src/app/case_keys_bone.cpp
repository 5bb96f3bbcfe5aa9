// SPDX-License-Identifier: Apache-2.0
// The rows of the key table for models of whole bones.
#include "case_key_ranges.hpp"
#include "case_keys.hpp"

namespace osteon::app {

namespace {

using K = KeyType;

}  // namespace

const std::vector<CaseKey>& bone_keys() {
  static const std::vector<CaseKey> k_keys = {
      {"bone", "model", K::text, 0, "", k_any, "spine-compression|hip-sideways-fall|hip-stance", "",
       "turns, resamples, caps and supports a whole bone; needs image.mask"},
      {"bone",
       "version",
       K::integer,
       0,
       "",
       {1, k_infinity},
       "",
       "1",
       "of pose, caps and supports: what a version does never changes"},
      {"bone", "spacing_mm", K::number, 0, "mm", k_positive, "", "1.0", "of the model's cubic voxels"},
      {"bone", "spline_order", K::integer, 0, "", within(0, 3), "", "3", "of the density between the scan's voxels"},
      {"bone", "cap_mm", K::number, 0, "mm", k_positive, "", "4.0", "cement outside the outermost bone of an end"},
      {"bone", "cap_reach_mm", K::number, 0, "mm", k_not_negative, "", "6.0",
       "spine: cement fills an end down to this depth below its outermost bone"},
      {"bone", "reference", K::path, 0, "", k_any, "", "",
       "pose = \"registration\": mask of the bone in the model's axes (x left, y posterior, z superior)"},

      {"bone", "pose", K::text, 0, "", k_any, "endplates|principal_axes|scan|registration", "\"endplates\"",
       "spine: where the axis of compression comes from"},
      {"bone",
       "body_labels",
       K::integers,
       0,
       "",
       {1, k_infinity},
       "",
       "",
       "spine: labels of the mask that are the vertebral body, which is capped; absent = all"},
      {"bone",
       "posterior_labels",
       K::integers,
       0,
       "",
       {1, k_infinity},
       "",
       "",
       "spine: labels of the posterior elements, which tell front from back"},
      {"bone", "ends", K::text, 0, "", k_any, "one_sliding|both_sliding|both_bonded", "\"one_sliding\"",
       "spine: inferior platen bonded and superior one free to slide; both free; both bonded"},

      {"bone", "side", K::text, 0, "", k_any, "left|right", "",
       "hip: checked against the bone's shape; absent = as the shape shows"},
      {"bone", "shaft_mm", K::number, 0, "mm", k_not_negative, "", "0.0",
       "hip: from the head's centre to the cut across the shaft; 0 = as far as the mask goes, in steps of 5 mm"},
      {"bone", "contact_reach_mm", K::number, 0, "mm", k_not_negative, "", "15.0",
       "hip: cement fills a cap down to this depth below its outermost bone (assumption)"},
      {"bone", "head_cap_share", K::number, 0, "", within(0.1, 1), "", "0.6",
       "hip: radius of the cap on the head, in radii of the head (assumption)"},
      {"bone", "trochanter_cap_mm", K::number, 0, "mm", k_positive, "", "15.0",
       "hip: radius of the cap on the greater trochanter (assumption)"},
      {"bone", "fall_tilt_deg", K::number, 0, "degree", within(-60, 60), "", "10.0",
       "sideways fall: of the shaft against the ground, positive: knee off the ground (recalled, check)"},
      {"bone", "fall_rotation_deg", K::number, 0, "degree", within(-60, 60), "", "15.0",
       "sideways fall: of the neck, inwards (recalled, check)"},
      {"bone", "stance_deg", K::number, 0, "degree", within(-60, 60), "", "20.0",
       "stance: of the force against the shaft, in the plane of neck and shaft (recalled, check)"},
  };
  return k_keys;
}

}  // namespace osteon::app
