// SPDX-License-Identifier: Apache-2.0
// Compression of a vertebra between caps of bone cement.
#pragma once

#include <optional>

#include "osteon/anatomy/bone_setup.hpp"

namespace osteon {

/// How the vertebra's axes are found.
enum class SpinePose {
  endplates,  ///< z: mean normal of planes through the two endplates of the body; y: from body to posterior elements
  principal_axes,  ///< z: the principal axis of the body next to the patient's
  scan,            ///< the patient's axes, for scans that are straight already
  registration     ///< rigid registration of the mask to a reference mask
};

/// What the ends may do, beside the movement along the axis.
enum class SpineEnds {
  one_sliding,  ///< inferior platen bonded, superior one free to slide
  both_sliding,
  both_bonded
};

struct SpineSettings {
  int version = 1;
  std::vector<int> body_labels;       ///< empty: all labels are the body
  std::vector<int> posterior_labels;  ///< kept in the model, never capped; empty: none is known
  double spacing_mm = 1;
  int spline_order = 3;     ///< of the density
  double cap_reach_mm = 6;  ///< cement fills the endplate down to this depth below its outermost bone
  double cap_mm = 4;        ///< of cement outside the outermost bone of an endplate
  SpinePose pose = SpinePose::endplates;
  SpineEnds ends = SpineEnds::one_sliding;
};

/// Model "spine-compression", version 1. Axes: x the patient's left, y posterior, z superior. `mask` shares the scan's
/// grid; `reference`, on a grid along those axes, for SpinePose::registration only. Cement lies on the columns along z in
/// which the body is met first. Length: distance of the planes through the endplates. Throws InputError (labels that do
/// not occur, a body without endplates) or UsageError.
BoneSetup spine_compression(const VoxelImage& scan, const VoxelImage& mask, const VoxelImage* reference,
                            const SpineSettings& settings);

/// z, towards superior, of a vertebral body, from planes through its endplates. `axes`: first guess. Exposed for tests.
struct Endplates {
  Vec3 up;             ///< unit vector
  double distance_mm;  ///< between the two planes, at the middle of the body
  double angle_deg;    ///< between them: wedge
  int iterations;
};
Endplates find_endplates(const std::vector<Vec3>& body_mm, double spacing_mm, const Mat3& axes);

}  // namespace osteon
