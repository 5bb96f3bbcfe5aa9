// SPDX-License-Identifier: Apache-2.0
// What synthetic whole bones are made of: smooth unions of round cones, turned in a scan.
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "osteon/image/voxel_image.hpp"

namespace osteon::synthetic {

inline constexpr double k_degree = 3.14159265358979323846 / 180;

inline Vec3 operator+(const Vec3& a, const Vec3& b) { return {a[0] + b[0], a[1] + b[1], a[2] + b[2]}; }
inline Vec3 operator-(const Vec3& a, const Vec3& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
inline Vec3 operator*(double s, const Vec3& a) { return {s * a[0], s * a[1], s * a[2]}; }
inline double dot(const Vec3& a, const Vec3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
inline double length(const Vec3& a) { return std::sqrt(dot(a, a)); }

/// 0 below 0, 1 above 1, with two continuous derivatives.
inline double smooth_step(double t) {
  t = std::clamp(t, 0.0, 1.0);
  return t * t * t * (t * (6 * t - 15) + 10);
}
/// 1 at 0, 1/4 at 1.
inline double bell(double t) { return 1 / ((1 + t * t) * (1 + t * t)); }

/// Sphere swept from a to b while its radius grows linearly.
struct RoundCone {
  Vec3 a, b;
  double radius_a, radius_b;
  double distance(const Vec3& p) const {
    const Vec3 axis = b - a, from_a = p - a;
    const double t = std::clamp(dot(from_a, axis) / dot(axis, axis), 0.0, 1.0);
    return length(from_a - t * axis) - (radius_a + t * (radius_b - radius_a));
  }
};

inline double distance_to_segment(const Vec3& p, const Vec3& a, const Vec3& b) {
  return RoundCone{a, b, 0, 0}.distance(p);
}

/// Union with a fillet of about `radius`.
inline double join(double a, double b, double radius) {
  const double overlap = std::max(radius - std::abs(a - b), 0.0);
  return std::min(a, b) - overlap * overlap / (4 * radius);
}

/// Row-major; turns about x first.
Mat3 turn_matrix(const Vec3& turn_deg);

/// A sphere: centre and radius.
using Ball = std::pair<Vec3, double>;

/// Grid round the balls, whole voxels from the origin, so that mirrored grids have mirrored centres to the bit.
VoxelImage empty_scan(const std::vector<Ball>& hull, const Vec3& spacing_mm);

/// Throws UsageError "synthetic BONE: NAME is ..., must be between ... and ..." when it is not.
void require_between(const char* bone, const char* name, double value, double low, double high);

}  // namespace osteon::synthetic
