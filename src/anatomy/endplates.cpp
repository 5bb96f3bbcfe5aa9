// SPDX-License-Identifier: Apache-2.0
// Up and down of a vertebral body, from its two endplates.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "osteon/anatomy/frame.hpp"
#include "osteon/anatomy/spine.hpp"
#include "osteon/core/error.hpp"
#include "vectors.hpp"

namespace osteon {

namespace {

/// Columns used: within this part of the body's radius, where endplates are flat and rims and pedicles are not.
constexpr double k_central_part = 0.7;
constexpr int k_most_iterations = 50;
constexpr double k_settled_deg = 0.01;
constexpr std::size_t k_fewest_columns = 12;

struct Surface {
  std::vector<Eigen::Vector3d> top, bottom;
};

/// Highest and lowest voxel of every column through the middle of the body, in the frame.
Surface end_surfaces(const std::vector<Eigen::Vector3d>& local, double spacing_mm) {
  std::map<std::pair<int, int>, std::pair<double, double>> columns;
  double radius2 = 0;
  for (const Eigen::Vector3d& p : local) {
    radius2 += p.head<2>().squaredNorm() / static_cast<double>(local.size());
    const std::pair<int, int> key(static_cast<int>(std::floor(p[0] / spacing_mm)),
                                  static_cast<int>(std::floor(p[1] / spacing_mm)));
    const auto [column, is_new] = columns.try_emplace(key, p[2], p[2]);
    column->second.first = std::min(column->second.first, p[2]);
    column->second.second = std::max(column->second.second, p[2]);
  }
  // A full disc of radius R has second moment R^2 / 2.
  const double limit2 = k_central_part * k_central_part * 2 * radius2;
  Surface surface;
  for (const auto& [key, ends] : columns) {
    const double x = (key.first + 0.5) * spacing_mm, y = (key.second + 0.5) * spacing_mm;
    if (x * x + y * y > limit2) continue;
    surface.bottom.emplace_back(x, y, ends.first);
    surface.top.emplace_back(x, y, ends.second);
  }
  return surface;
}

struct Plane {
  double height = 0, slope_x = 0, slope_y = 0;  ///< z = height + slope_x x + slope_y y
  Eigen::Vector3d normal() const { return Eigen::Vector3d(-slope_x, -slope_y, 1).normalized(); }
};

/// Least squares, twice more without what lies beyond twice the scatter (holes, spurs).
Plane fit_plane(std::vector<Eigen::Vector3d> points) {
  Plane plane;
  for (int round = 0; round < 3; ++round) {
    Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
    Eigen::Vector3d right = Eigen::Vector3d::Zero();
    for (const Eigen::Vector3d& p : points) {
      const Eigen::Vector3d row(1, p[0], p[1]);
      normal += row * row.transpose();
      right += row * p[2];
    }
    const Eigen::Vector3d fit = normal.ldlt().solve(right);
    plane = {fit[0], fit[1], fit[2]};
    const auto miss = [&](const Eigen::Vector3d& p) {
      return p[2] - plane.height - plane.slope_x * p[0] - plane.slope_y * p[1];
    };
    double scatter2 = 0;
    for (const Eigen::Vector3d& p : points) scatter2 += miss(p) * miss(p) / static_cast<double>(points.size());
    std::vector<Eigen::Vector3d> near;
    for (const Eigen::Vector3d& p : points)
      if (miss(p) * miss(p) <= 4 * scatter2 + 1e-12) near.push_back(p);
    if (near.size() < k_fewest_columns) break;
    points = std::move(near);
  }
  return plane;
}

}  // namespace

Endplates find_endplates(const std::vector<Vec3>& body_mm, double spacing_mm, const Mat3& axes) {
  const Eigen::Vector3d centre = to_eigen(mean_position(body_mm));
  Eigen::Matrix3d turn = to_eigen(axes);
  Endplates result{};
  for (result.iterations = 1; result.iterations <= k_most_iterations; ++result.iterations) {
    std::vector<Eigen::Vector3d> local;
    local.reserve(body_mm.size());
    for (const Vec3& p : body_mm) local.push_back(turn.transpose() * (to_eigen(p) - centre));
    const Surface surface = end_surfaces(local, spacing_mm);
    if (surface.top.size() < k_fewest_columns)
      throw InputError("the body of the vertebra is too small, in voxels, to find its endplates");
    const Plane top = fit_plane(surface.top), bottom = fit_plane(surface.bottom);
    const Eigen::Vector3d up = turn * (top.normal() + bottom.normal()).normalized();
    const double moved_deg = std::acos(std::min(1.0, up.dot(turn.col(2)))) * k_degrees_per_radian;
    result.up = to_vec3(up);
    result.distance_mm = top.height - bottom.height + spacing_mm;
    result.angle_deg = std::acos(std::min(1.0, top.normal().dot(bottom.normal()))) * k_degrees_per_radian;
    if (moved_deg < k_settled_deg) return result;
    turn = to_eigen(frame_from(result.up, to_vec3(turn.col(0))));
  }
  return result;
}

}  // namespace osteon
