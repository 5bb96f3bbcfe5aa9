// SPDX-License-Identifier: Apache-2.0
// Rigid registration by Gauss-Newton on the difference of two smoothed masks.
#include "osteon/anatomy/registration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/frame.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"
#include "vectors.hpp"

namespace osteon {

namespace {

constexpr double k_least_overlap = 0.5;
constexpr int k_most_iterations = 40;

/// {mask > 0} on a cubic grid with room round it, smoothed; what both sides of the difference are made of.
VoxelImage smooth_indicator(const VoxelImage& mask, double spacing_mm, int margin_voxels) {
  VoxelImage indicator = mask;
  for (float& value : indicator.values) value = value > 0 ? 1 : 0;
  const std::vector<Vec3> points = voxel_centres_mm(mask);
  const ImageGeometry grid =
      grid_round(points, mask.geometry.direction, mean_position(points), spacing_mm, margin_voxels);
  VoxelImage result = resample_to_grid(indicator, grid, 1);
  // Three passes of a box of three: close to a Gaussian of sqrt(2) voxels.
  const Index3 n = grid.size;
  for (int pass = 0; pass < 3; ++pass)
    for (int axis = 0; axis < 3; ++axis) {
      const VoxelImage before = result;
#pragma omp parallel for schedule(static)
      for (int z = 0; z < n.z; ++z)
        for (int y = 0; y < n.y; ++y)
          for (int x = 0; x < n.x; ++x) {
            Index3 low{x, y, z}, high{x, y, z};
            low[axis] = std::max(0, low[axis] - 1);
            high[axis] = std::min(n[axis] - 1, high[axis] + 1);
            result.values[result.index(x, y, z)] =
                (before.at(low.x, low.y, low.z) + before.at(x, y, z) + before.at(high.x, high.y, high.z)) / 3;
          }
    }
  return result;
}

/// Value and gradient (per mm, patient space) by trilinear interpolation; zero outside.
class Sampler {
 public:
  explicit Sampler(const VoxelImage& image) : image_(image), direction_(to_eigen(image.geometry.direction)) {}

  double at(const Eigen::Vector3d& patient_mm, Eigen::Vector3d& gradient) const {
    const Vec3 v = voxel_position(image_.geometry, to_vec3(patient_mm));
    const Index3& n = image_.geometry.size;
    gradient.setZero();
    int low[3];
    double t[3];
    for (int a = 0; a < 3; ++a) {
      low[a] = static_cast<int>(std::floor(v[a]));
      t[a] = v[a] - low[a];
      if (low[a] < 0 || low[a] + 1 >= n[a]) return 0;
    }
    double value = 0;
    Eigen::Vector3d local = Eigen::Vector3d::Zero();
    for (int corner = 0; corner < 8; ++corner) {
      double w[3];
      for (int a = 0; a < 3; ++a) w[a] = (corner >> a & 1) != 0 ? t[a] : 1 - t[a];
      const double f = image_.at(low[0] + (corner & 1), low[1] + (corner >> 1 & 1), low[2] + (corner >> 2));
      value += w[0] * w[1] * w[2] * f;
      for (int a = 0; a < 3; ++a) local[a] += ((corner >> a & 1) != 0 ? f : -f) * w[(a + 1) % 3] * w[(a + 2) % 3];
    }
    for (int a = 0; a < 3; ++a) local[a] /= image_.geometry.spacing_mm[a];
    gradient = direction_ * local;
    return value;
  }

 private:
  const VoxelImage& image_;
  Eigen::Matrix3d direction_;
};

struct Motion {
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  Eigen::Vector3d reference_centre, scan_centre;
};

struct Fit {
  double error = 0;
  Eigen::Matrix<double, 6, 6> normal = Eigen::Matrix<double, 6, 6>::Zero();
  Eigen::Matrix<double, 6, 1> right = Eigen::Matrix<double, 6, 1>::Zero();
};

/// Sum of squares over the reference's grid, and its Gauss-Newton system for a small turn and shift after the motion.
Fit fit_of(const VoxelImage& reference, const Sampler& scan, const Motion& motion) {
  const Index3 n = reference.geometry.size;
  std::vector<Fit> slices(static_cast<std::size_t>(n.z));
#pragma omp parallel for schedule(static)
  for (int z = 0; z < n.z; ++z) {
    Fit& fit = slices[static_cast<std::size_t>(z)];
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x) {
        const Vec3 p = patient_position_mm(reference.geometry, {1.0 * x, 1.0 * y, 1.0 * z});
        const Eigen::Vector3d arm = motion.rotation * (to_eigen(p) - motion.reference_centre);
        Eigen::Vector3d gradient;
        const double miss = scan.at(arm + motion.scan_centre, gradient) - reference.at(x, y, z);
        fit.error += miss * miss;
        Eigen::Matrix<double, 6, 1> row;
        row.head<3>() = arm.cross(gradient);
        row.tail<3>() = gradient;
        fit.normal += row * row.transpose();
        fit.right -= row * miss;
      }
  }
  Fit sum;  // in slice order, so that the digits do not depend on threads
  for (const Fit& fit : slices) {
    sum.error += fit.error;
    sum.normal += fit.normal;
    sum.right += fit.right;
  }
  return sum;
}

Motion moved(const Motion& motion, const Eigen::Matrix<double, 6, 1>& step) {
  Motion result = motion;
  const double angle = step.head<3>().norm();
  if (angle > 0) result.rotation = Eigen::AngleAxisd(angle, step.head<3>() / angle) * motion.rotation;
  result.scan_centre += step.tail<3>();
  return result;
}

/// Gauss-Newton with Levenberg's damping until a step is below a hundredth of a voxel.
double improve(const VoxelImage& reference, const VoxelImage& scan, Motion& motion) {
  const Sampler sampler(scan);
  const double settled_mm = 0.01 * reference.geometry.spacing_mm[0];
  const double radius_mm = 0.25 * reference.geometry.spacing_mm[0] * reference.geometry.size.x;
  Fit fit = fit_of(reference, sampler, motion);
  double damping = 1e-3;
  for (int i = 0; i < k_most_iterations; ++i) {
    Eigen::Matrix<double, 6, 6> damped = fit.normal;
    damped.diagonal() *= 1 + damping;
    const Eigen::Matrix<double, 6, 1> step = damped.ldlt().solve(fit.right);
    const Motion next = moved(motion, step);
    const Fit next_fit = fit_of(reference, sampler, next);
    if (next_fit.error < fit.error) {
      motion = next;
      fit = next_fit;
      damping = std::max(1e-6, damping / 10);
    } else {
      damping *= 10;
    }
    if (step.head<3>().norm() * radius_mm + step.tail<3>().norm() < settled_mm || damping > 1e6) break;
  }
  return fit.error;
}

/// Turns from the axes of the patient and from principal axes to principal axes.
std::vector<Eigen::Matrix3d> start_rotations(const PrincipalAxes& scan, const PrincipalAxes& reference) {
  std::vector<Eigen::Matrix3d> starts = {Eigen::Matrix3d::Identity()};
  for (const auto& [sx, sy] : {std::pair(1, 1), std::pair(1, -1), std::pair(-1, 1), std::pair(-1, -1)}) {
    Eigen::Matrix3d flipped = to_eigen(scan.axes);
    flipped.col(0) *= sx;
    flipped.col(1) *= sy;
    flipped.col(2) *= sx * sy;
    starts.push_back(flipped * to_eigen(reference.axes).transpose());
  }
  return starts;
}

double dice(const VoxelImage& scan_mask, const VoxelImage& reference_mask, const Motion& motion) {
  // The reference's grid, moved: the scan's mask on it can be compared voxel by voxel.
  ImageGeometry grid = reference_mask.geometry;
  grid.direction = to_mat3(motion.rotation * to_eigen(grid.direction));
  grid.origin_mm = to_vec3(motion.rotation * (to_eigen(grid.origin_mm) - motion.reference_centre) + motion.scan_centre);
  const VoxelImage moved_scan = resample_labels(scan_mask, grid);
  double both = 0, sum = 0;
  for (std::size_t i = 0; i < moved_scan.values.size(); ++i) {
    const bool a = moved_scan.values[i] > 0, b = reference_mask.values[i] > 0;
    both += a && b ? 1 : 0;
    sum += (a ? 1 : 0) + (b ? 1 : 0);
  }
  return 2 * both / sum;
}

}  // namespace

RigidMotion register_masks(const VoxelImage& scan_mask, const VoxelImage& reference_mask) {
  const PrincipalAxes scan = principal_axes(voxel_centres_mm(scan_mask));
  const PrincipalAxes reference = principal_axes(voxel_centres_mm(reference_mask));
  const double size_mm = 2 * reference.deviation_mm[0];
  Motion best;
  double least = 1e300;
  {  // coarse, from every start: what falls into the right valley
    const double coarse_mm = size_mm / 12;
    const VoxelImage fixed = smooth_indicator(reference_mask, coarse_mm, 4);
    const VoxelImage moving = smooth_indicator(scan_mask, coarse_mm, 8);
    for (const Eigen::Matrix3d& rotation : start_rotations(scan, reference)) {
      Motion motion{rotation, to_eigen(reference.centre_mm), to_eigen(scan.centre_mm)};
      const double error = improve(fixed, moving, motion);
      if (error < least) {
        least = error;
        best = motion;
      }
    }
  }
  const Vec3& h = reference_mask.geometry.spacing_mm;
  const double fine_mm = std::max({h[0], h[1], h[2]});
  for (double spacing_mm = size_mm / 24; spacing_mm > 1.5 * fine_mm; spacing_mm /= 2)
    improve(smooth_indicator(reference_mask, spacing_mm, 4), smooth_indicator(scan_mask, spacing_mm, 8), best);
  improve(smooth_indicator(reference_mask, fine_mm, 4), smooth_indicator(scan_mask, fine_mm, 8), best);

  RigidMotion result;
  result.rotation = to_mat3(best.rotation);
  result.reference_centre_mm = to_vec3(best.reference_centre);
  result.scan_centre_mm = to_vec3(best.scan_centre);
  result.overlap = dice(scan_mask, reference_mask, best);
  if (result.overlap < k_least_overlap)
    throw InputError(fmt::format("{} does not look like the reference {}: they overlap by {:.2f} (Dice) at best",
                                 scan_mask.source, reference_mask.source, result.overlap));
  return result;
}

}  // namespace osteon
