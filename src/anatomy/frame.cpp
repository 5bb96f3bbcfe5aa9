// SPDX-License-Identifier: Apache-2.0
#include "osteon/anatomy/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"
#include "vectors.hpp"

namespace osteon {

namespace {

std::string no_voxel_message(const VoxelImage& mask, const std::vector<int>& labels) {
  std::set<int> present;
  for (const float value : mask.values)
    if (value > 0 && present.size() < 20) present.insert(static_cast<int>(value));
  if (present.empty()) return mask.source + ": the mask is empty";
  return fmt::format("{}: no voxel has label {}; the mask has {}", mask.source, fmt::join(labels, " or "),
                     fmt::join(present, ", "));
}

}  // namespace

std::vector<Vec3> voxel_centres_mm(const VoxelImage& mask, const std::vector<int>& labels) {
  const auto is_wanted = [&](float value) {
    if (labels.empty()) return value > 0;
    return std::any_of(labels.begin(), labels.end(), [&](int label) { return value == static_cast<float>(label); });
  };
  const Index3 n = mask.geometry.size;
  std::vector<Vec3> points;
  for (int z = 0; z < n.z; ++z)
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x)
        if (is_wanted(mask.at(x, y, z)))
          points.push_back(patient_position_mm(mask.geometry, {1.0 * x, 1.0 * y, 1.0 * z}));
  if (points.empty()) throw InputError(no_voxel_message(mask, labels));
  return points;
}

Vec3 mean_position(const std::vector<Vec3>& points_mm) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  for (const Vec3& p : points_mm) sum += to_eigen(p);
  return to_vec3(sum / static_cast<double>(points_mm.size()));
}

PrincipalAxes principal_axes(const std::vector<Vec3>& points_mm) {
  PrincipalAxes result;
  result.centre_mm = mean_position(points_mm);
  const Eigen::Vector3d centre = to_eigen(result.centre_mm);
  Eigen::Matrix3d moments = Eigen::Matrix3d::Zero();
  for (const Vec3& p : points_mm) {
    const Eigen::Vector3d d = to_eigen(p) - centre;
    moments += d * d.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(moments / static_cast<double>(points_mm.size()));
  Eigen::Matrix3d axes = solver.eigenvectors().rowwise().reverse();  // Eigen's come shortest first
  if (axes.determinant() < 0) axes.col(2) *= -1;
  result.axes = to_mat3(axes);
  for (int i = 0; i < 3; ++i) result.deviation_mm[i] = std::sqrt(std::max(0.0, solver.eigenvalues()[2 - i]));
  return result;
}

Mat3 frame_from(const Vec3& z, const Vec3& towards_x) {
  Eigen::Matrix3d axes;
  axes.col(2) = to_eigen(z).normalized();
  const Eigen::Vector3d across = to_eigen(towards_x) - to_eigen(towards_x).dot(axes.col(2)) * axes.col(2);
  if (!(across.norm() > 1e-6 * to_eigen(towards_x).norm()))
    throw InputError("the bone shows no direction across its axis, so its frame cannot be found");
  axes.col(0) = across.normalized();
  axes.col(1) = axes.col(2).cross(axes.col(0));
  return to_mat3(axes);
}

ImageGeometry grid_round(const std::vector<Vec3>& points_mm, const Mat3& axes, const Vec3& anchor_mm, double spacing_mm,
                         int margin_voxels) {
  const Eigen::Matrix3d turn = to_eigen(axes);
  Eigen::Vector3d low = Eigen::Vector3d::Constant(1e300), high = -low;
  for (const Vec3& p : points_mm) {
    const Eigen::Vector3d local = turn.transpose() * (to_eigen(p) - to_eigen(anchor_mm)) / spacing_mm;
    low = low.cwiseMin(local);
    high = high.cwiseMax(local);
  }
  constexpr double k_longest = 4096;  // voxels: a spacing in the wrong unit ends here, not in memory
  ImageGeometry grid;
  grid.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
  grid.direction = axes;
  Eigen::Vector3d first;
  for (int a = 0; a < 3; ++a) {
    const double from = std::floor(low[a]) - margin_voxels, to = std::ceil(high[a]) + margin_voxels;
    if (!(to - from < k_longest)) throw UsageError("the bone's grid would be too long; is the spacing in mm?");
    grid.size[a] = static_cast<int>(to - from);
    first[a] = from + 0.5;
  }
  grid.origin_mm = to_vec3(to_eigen(anchor_mm) + spacing_mm * turn * first);
  return grid;
}

double angle_between_deg(const Mat3& a, const Mat3& b) {
  const Eigen::AngleAxisd turn(Eigen::Matrix3d(to_eigen(a).transpose() * to_eigen(b)));
  return turn.angle() * k_degrees_per_radian;
}

}  // namespace osteon
