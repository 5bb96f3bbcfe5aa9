// SPDX-License-Identifier: Apache-2.0
// From coarse to fine: the longest principal axis; the piece of even shaft at its narrow end and the line through it;
// the part farthest from that line, through which a sphere is fitted; the narrowest section between sphere and shaft.
#include "osteon/anatomy/femur_landmarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "femur_shaft.hpp"
#include "osteon/anatomy/frame.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

using Eigen::Vector3d;

constexpr double k_pi = 3.14159265358979323846;

struct Sphere {
  Vector3d centre;
  double radius;
};

/// Least squares of |p - c|^2 = r^2, linear in c and r^2 - c^2.
Sphere algebraic_fit(const std::vector<Vector3d>& points) {
  Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
  Eigen::Vector4d right = Eigen::Vector4d::Zero();
  const Vector3d shift = points.front();
  for (const Vector3d& point : points) {
    const Vector3d p = point - shift;
    const Eigen::Vector4d row(2 * p[0], 2 * p[1], 2 * p[2], 1);
    normal += row * row.transpose();
    right += p.squaredNorm() * row;
  }
  const Eigen::Vector4d x = normal.ldlt().solve(right);
  const Vector3d c = x.head<3>();
  return {c + shift, std::sqrt(std::max(0.0, x[3] + c.squaredNorm()))};
}

/// One Gauss-Newton step of the least squares of |p - c| - r.
Sphere geometric_step(const std::vector<Vector3d>& points, const Sphere& sphere) {
  Eigen::Matrix4d normal = Eigen::Matrix4d::Zero();
  Eigen::Vector4d right = Eigen::Vector4d::Zero();
  for (const Vector3d& p : points) {
    const Vector3d away = p - sphere.centre;
    const double distance = away.norm();
    const Eigen::Vector4d row(away[0] / distance, away[1] / distance, away[2] / distance, 1);
    normal += row * row.transpose();
    right += (distance - sphere.radius) * row;
  }
  const Eigen::Vector4d x = normal.ldlt().solve(right);
  return {sphere.centre + x.head<3>(), sphere.radius + x[3]};
}

/// Sphere through the surface that lies away from the neck, fitted again to what lies near it, ever nearer.
Sphere find_head(const FemurPoints& bone, const Shaft& shaft) {
  double farthest = 0;
  for (const Vector3d& p : bone.surface_mm) farthest = std::max(farthest, shaft.axis.across(p).norm());
  if (farthest < 2 * shaft.radius_mm) femur_not_found("nothing reaches out from its shaft as a head does");
  Vector3d medial = Vector3d::Zero();
  for (const Vector3d& p : bone.surface_mm)
    if (shaft.axis.across(p).norm() > 0.8 * farthest) medial += shaft.axis.across(p);
  medial.normalize();
  std::vector<Vector3d> points;
  for (const Vector3d& p : bone.surface_mm)
    if (shaft.axis.across(p).dot(medial) > 0.65 * farthest) points.push_back(p);
  Sphere head = algebraic_fit(points);
  constexpr int k_rounds = 40;
  constexpr double k_first_mm = 4, k_typical_neck_slope = 0.75;
  for (int round = 0; round < k_rounds; ++round) {
    if (!(head.radius > 8 && head.radius < 45))
      femur_not_found("no sphere fits the part that is farthest from its shaft");
    const Vector3d out = shaft.axis.across(head.centre);
    const Vector3d neck = (out + k_typical_neck_slope * out.norm() * shaft.axis.direction).normalized();
    const double near = std::max(k_first_mm * (1 - round / 20.0), 1.5 * bone.spacing_mm);
    points.clear();
    for (const Vector3d& p : bone.surface_mm) {
      const Vector3d away = p - head.centre;
      if (std::abs(away.norm() - head.radius) < near && away.dot(neck) > -0.3 * head.radius) points.push_back(p);
    }
    if (points.size() < 50) femur_not_found("no sphere fits the part that is farthest from its shaft");
    head = geometric_step(points, head);
  }
  return head;
}

/// Centroid of the narrowest section across the line from the head's centre through that centroid.
Vector3d find_neck(const FemurPoints& bone, const Shaft& shaft, const Sphere& head) {
  constexpr int k_rounds = 15;
  constexpr double k_from = 0.7, k_to = 2.0, k_wide = 1.4;  // head radii: along the neck, and away from its axis
  const Vector3d out = shaft.axis.across(head.centre);
  Line axis{head.centre, -(out + 0.75 * out.norm() * shaft.axis.direction).normalized()};
  const double width = std::max(1.0, bone.spacing_mm);
  Vector3d centroid = head.centre;
  for (int round = 0; round < k_rounds; ++round) {
    const int bins = static_cast<int>((k_to - k_from) * head.radius / width);
    std::vector<double> count(bins, 0.0);
    std::vector<Vector3d> sum(bins, Vector3d::Zero());
    for (const Vector3d& p : bone.centres_mm) {
      const double place = (axis.along(p) - k_from * head.radius) / width;
      if (!(place >= 0 && place < bins) || axis.across(p).norm() > k_wide * head.radius) continue;
      count[static_cast<int>(place)] += 1;
      sum[static_cast<int>(place)] += p;
    }
    // Three bins to each side: the section's area is flat about its minimum, and single layers of voxels are uneven.
    constexpr int k_reach = 3;
    double narrowest = 1e300;
    for (int i = k_reach; i + k_reach < bins; ++i) {
      double volume = 0;
      Vector3d moment = Vector3d::Zero();
      for (int j = i - k_reach; j <= i + k_reach; ++j) {
        volume += count[j];
        moment += sum[j];
      }
      if (volume <= 0) femur_not_found("there is no bone between its head and its shaft");
      if (volume < narrowest) {
        narrowest = volume;
        centroid = moment / volume;
      }
    }
    if (narrowest > 1e299) femur_not_found("its head is only a few voxels wide");
    axis.direction = (centroid - head.centre).normalized();
  }
  return centroid;
}

/// Where the surface above the piece of shaft reaches out farthest in the direction `lateral`.
Vector3d find_trochanter(const FemurPoints& bone, const Shaft& shaft, const Vector3d& lateral) {
  double farthest = -1e300;
  const auto is_above = [&](const Vector3d& p) { return shaft.axis.along(p) > shaft.piece.high; };
  for (const Vector3d& p : bone.surface_mm)
    if (is_above(p)) farthest = std::max(farthest, p.dot(lateral));
  Vector3d sum = Vector3d::Zero();
  double count = 0;
  for (const Vector3d& p : bone.surface_mm)
    if (is_above(p) && p.dot(lateral) > farthest - 2 * bone.spacing_mm) {
      sum += p;
      count += 1;
    }
  const Vector3d mean = sum / count;
  return mean + (farthest - mean.dot(lateral)) * lateral;
}

/// Mean place along `direction` of the bone in the 25 mm above the piece of shaft.
double reach_above(const FemurPoints& bone, const Shaft& shaft, const Vector3d& direction) {
  double sum = 0, count = 0;
  for (const Vector3d& p : bone.centres_mm) {
    const double above = shaft.axis.along(p) - shaft.piece.high;
    if (above < 0 || above > 25) continue;
    sum += shaft.axis.across(p).dot(direction);
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

}  // namespace

FemurLandmarks find_femur_landmarks(const VoxelImage& mask) {
  const std::vector<Vec3> centres_mm = voxel_centres_mm(mask);
  const FemurPoints bone = femur_points(mask, centres_mm);
  const Shaft shaft = find_shaft(bone, centres_mm);
  const Sphere head = find_head(bone, shaft);
  const Vector3d neck = find_neck(bone, shaft, head);
  const Vector3d medial = shaft.axis.across(head.centre).normalized();
  const Vector3d neck_axis = (head.centre - neck).normalized();

  FemurLandmarks found;
  found.head_centre_mm = to_vec3(head.centre);
  found.head_radius_mm = head.radius;
  found.shaft_axis = to_vec3(shaft.axis.direction);
  found.shaft_point_mm = to_vec3(shaft.axis.point);
  found.shaft_length_mm = shaft.piece.length();
  found.shaft_radius_mm = shaft.radius_mm;
  found.neck_centre_mm = to_vec3(neck);
  found.neck_axis = to_vec3(neck_axis);
  found.neck_shaft_deg = 180 - std::acos(neck_axis.dot(shaft.axis.direction)) * 180 / k_pi;
  found.medial = to_vec3(medial);
  found.trochanter_mm = to_vec3(find_trochanter(bone, shaft, -medial));
  found.lesser_trochanter_mm = reach_above(bone, shaft, shaft.axis.direction.cross(medial));
  return found;
}

Vec3 trochanter_contact_mm(const VoxelImage& mask, const FemurLandmarks& landmarks, const Vec3& direction) {
  constexpr double k_disc_mm = 5;
  const FemurPoints bone = femur_points(mask, voxel_centres_mm(mask));
  const Line shaft{to_eigen(landmarks.shaft_point_mm), to_eigen(landmarks.shaft_axis)};
  const double top = 0.625 * landmarks.shaft_length_mm;  // of the even piece: the axis was fitted to its lower 3/4
  const Vector3d towards = to_eigen(direction);
  const Vector3d highest = find_trochanter(bone, {shaft, {0, top}, landmarks.shaft_radius_mm}, towards);
  double sum = 0, count = 0;
  for (const Vector3d& p : bone.surface_mm) {
    const Vector3d away = p - highest;
    const double along = away.dot(towards);
    if (std::abs(along) > k_disc_mm || (away - along * towards).norm() > k_disc_mm) continue;
    sum += along;
    count += 1;
  }
  return to_vec3(highest + sum / count * towards);
}

namespace {

/// Of a left femur the direction shaft x medial is anterior.
std::optional<BodySide> side_by_shape(const FemurLandmarks& found) {
  const double clear_mm = 0.03 * found.shaft_radius_mm;
  if (std::abs(found.lesser_trochanter_mm) < clear_mm) return {};
  return found.lesser_trochanter_mm < 0 ? BodySide::left : BodySide::right;
}

/// In a standing patient the head of the left femur lies towards the right, x < 0 in LPS.
std::optional<BodySide> side_by_patient(const FemurLandmarks& found) {
  constexpr double k_cosine_45 = 0.7071;
  if (found.shaft_axis[2] < k_cosine_45 || std::abs(found.medial[0]) < k_cosine_45) return {};
  return found.medial[0] < 0 ? BodySide::left : BodySide::right;
}

}  // namespace

std::optional<BodySide> femur_side(const FemurLandmarks& landmarks) {
  const std::optional<BodySide> side = side_by_shape(landmarks);
  return side ? side : side_by_patient(landmarks);
}

void require_side(const FemurLandmarks& landmarks, BodySide side) {
  const std::optional<BodySide> shape = side_by_shape(landmarks), shown = femur_side(landmarks);
  if (!shown || *shown == side) return;
  const std::string why = shape ? fmt::format("its lesser trochanter lies {:.1f} mm to that side's rear",
                                              std::abs(landmarks.lesser_trochanter_mm))
                                : std::string("in the patient's axes its head points that way");
  throw InputError(
      fmt::format("side is {}, but the mask shows a {} femur ({}); set the other side, or check that the "
                  "scan was not mirrored when it was converted",
                  side_name(side), side_name(*shown), why));
}

}  // namespace osteon
