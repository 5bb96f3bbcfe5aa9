// SPDX-License-Identifier: Apache-2.0
// Whole bones in a standard test: a QCT scan and its mask are turned to a reference pose, resampled, capped and loaded.
// What is chosen on the way changes the answer more than the solver does, so every model has a version and every choice
// is recorded.
#pragma once

#include <string>
#include <vector>

#include "osteon/image/voxel_image.hpp"
#include "osteon/model/load_case.hpp"

namespace osteon {

/// Voxels of bone cement between bone and platen; no label of a mask may have this number.
inline constexpr int k_cap_label = 5000;

/// A number or word that was chosen or found: {"cap thickness", "4", "mm"}.
struct BoneChoice {
  std::string name, value, unit;
};

/// A point found in the bone, patient space (LPS).
struct BoneLandmark {
  std::string name;
  Vec3 position_mm;
};

/// A bone ready for its test. The grid's axes are those of the model; `geometry.direction` of the images says how they
/// lie in the patient, so results lie over the scan.
struct BoneSetup {
  std::string model;     ///< "spine-compression"
  int version = 1;       ///< of pose, caps and supports; what a version does never changes
  VoxelImage grey;       ///< scan values; 0 in caps
  VoxelImage labels;     ///< labels of the mask; caps have k_cap_label
  double length_mm = 0;  ///< of the bone between its loaded ends: what strain refers to
  Axis load_axis = Axis::z;
  double load_sign = -1;  ///< compression moves the loaded set this way along load_axis
  /// Supports, and the loaded set with a displacement of load_sign mm along load_axis.
  std::vector<NodeSetSpec> node_sets;
  bool excludes_rigid_motion = false;  ///< the supports need LoadCaseSpec::excludes_rigid_motion
  std::vector<BoneLandmark> landmarks;
  std::vector<BoneChoice> choices;
};

/// A load case of the setup's model with its node sets, ready for resolve_load_case: strain (of length_mm),
/// displacement_mm or force_n, shortening negative as everywhere, becomes the movement of the loaded set, or
/// without a platen (force_n only) a force on it.
LoadCaseSpec bone_load_case(const LoadCaseSpec& wanted, const BoneSetup& setup);

}  // namespace osteon
