// SPDX-License-Identifier: Apache-2.0
// Between the plain vectors of public headers and Eigen.
#pragma once

#include <Eigen/Dense>

#include "osteon/core/geometry.hpp"

namespace osteon {

inline constexpr double k_degrees_per_radian = 180 / 3.14159265358979323846;

using RowMajor3 = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;

inline Eigen::Vector3d to_eigen(const Vec3& v) { return {v[0], v[1], v[2]}; }
inline Vec3 to_vec3(const Eigen::Vector3d& v) { return {v[0], v[1], v[2]}; }
inline Eigen::Matrix3d to_eigen(const Mat3& m) { return Eigen::Map<const RowMajor3>(m.data()); }
inline Mat3 to_mat3(const Eigen::Matrix3d& m) {
  Mat3 result;
  Eigen::Map<RowMajor3>(result.data()) = m;
  return result;
}

}  // namespace osteon
