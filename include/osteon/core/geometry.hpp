// SPDX-License-Identifier: Apache-2.0
// Plain fixed-size values shared by host and device code.
#pragma once

#include <array>
#include <cstdint>

namespace osteon {

/// Axis of the voxel grid. The image's own axes, not the patient's.
enum class Axis : int { x = 0, y = 1, z = 2 };

inline const char* axis_name(Axis axis) {
  constexpr const char* k_names[3] = {"x", "y", "z"};
  return k_names[static_cast<int>(axis)];
}

/// Integer position or extent on the voxel grid, in voxels.
struct Index3 {
  int x = 0, y = 0, z = 0;
  int operator[](int axis) const { return axis == 0 ? x : axis == 1 ? y : z; }
  int& operator[](int axis) { return axis == 0 ? x : axis == 1 ? y : z; }
  bool operator==(const Index3& o) const { return x == o.x && y == o.y && z == o.z; }
  bool operator!=(const Index3& o) const { return !(*this == o); }
  /// Number of voxels in a box of this extent.
  std::int64_t volume() const { return std::int64_t{x} * y * z; }
};

using Vec3 = std::array<double, 3>;
/// Row-major 3x3; for image directions column d is the direction of grid axis d in patient space.
using Mat3 = std::array<double, 9>;
inline constexpr Mat3 k_identity3 = {1, 0, 0, 0, 1, 0, 0, 0, 1};

/// Of the patient.
enum class BodySide { left, right };

inline const char* side_name(BodySide side) { return side == BodySide::left ? "left" : "right"; }

}  // namespace osteon
