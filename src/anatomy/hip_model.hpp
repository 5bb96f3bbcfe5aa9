// SPDX-License-Identifier: Apache-2.0
// What fall and stance have in common: landmarks and side, the grid, the cut across the shaft, caps.
#pragma once

#include <string>

#include "osteon/anatomy/caps.hpp"
#include "osteon/anatomy/femur_landmarks.hpp"
#include "osteon/anatomy/hip.hpp"
#include "vectors.hpp"

namespace osteon {

class HipModel {
 public:
  /// Finds the landmarks and checks the side.
  HipModel(const std::string& name, const VoxelImage& scan, const VoxelImage& mask, const HipSettings& settings);

  const FemurLandmarks& found() const { return found_; }
  const HipSettings& settings() const { return settings_; }
  Eigen::Vector3d proximal() const { return to_eigen(found_.shaft_axis); }
  Eigen::Vector3d lateral() const { return -to_eigen(found_.medial); }
  Eigen::Vector3d anterior() const;
  bool is_left() const { return side_ == BodySide::left; }

  /// Samples scan and mask on a grid with these axes (columns x, y, z) and removes the bone below the cut, which runs
  /// across z. A corner of the grid's voxels lies in the head's centre.
  void lay_grid(const Mat3& axes);
  /// Distance of the cut from the head's centre (mm).
  double cut_mm() const { return cut_mm_; }

  /// Cement on the bone in the columns within `radius_mm` of a point in patient space; the platen is its outer face.
  NodeSetSpec cap(const std::string& name, const Vec3& middle_mm, double radius_mm, Axis axis, CapEnd end);
  /// Nodes of the bone in the cut.
  NodeSetSpec cut() const;

  void choose(const std::string& name, double value, const std::string& unit);
  void choose(const std::string& name, const std::string& value) { setup.choices.push_back({name, value, ""}); }

  /// Grey values in the caps become 0.
  BoneSetup finish();

  BoneSetup setup;

 private:
  void check() const;
  void find_side();
  double available_shaft_mm(const Eigen::Vector3d& up) const;

  const VoxelImage& scan_;
  const VoxelImage& mask_;
  HipSettings settings_;
  FemurLandmarks found_;
  BodySide side_ = BodySide::left;
  double cut_mm_ = 0;
  int cut_plane_ = 0;  ///< in voxel faces along z
};

}  // namespace osteon
