// SPDX-License-Identifier: Apache-2.0
// The axis of a femur's shaft from the voxels of its mask.
#pragma once

#include <string>
#include <vector>

#include "femur_points.hpp"

namespace osteon {

/// Throws InputError: the mask does not look like an upper femur, because ...
[[noreturn]] void femur_not_found(const std::string& what);

struct Line {
  Eigen::Vector3d point, direction;
  double along(const Eigen::Vector3d& p) const { return (p - point).dot(direction); }
  Eigen::Vector3d across(const Eigen::Vector3d& p) const { return p - point - along(p) * direction; }
};

struct Interval {
  double low, high;
  double length() const { return high - low; }
  bool holds(double s) const { return s >= low && s <= high; }
};

struct Shaft {
  Line axis;       ///< towards the hip
  Interval piece;  ///< of even thickness, along the axis
  double radius_mm;
};

/// `centres_mm`: the same points as bone.centres_mm.
Shaft find_shaft(const FemurPoints& bone, const std::vector<Vec3>& centres_mm);

}  // namespace osteon
