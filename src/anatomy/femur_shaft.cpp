// SPDX-License-Identifier: Apache-2.0
// From coarse to fine: the longest principal axis, then lines through the piece of even shaft at its narrow end.
#include "femur_shaft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/frame.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

using Eigen::Vector3d;

void femur_not_found(const std::string& what) {
  throw InputError("this mask does not look like an upper femur: " + what);
}

namespace {

constexpr double k_pi = 3.14159265358979323846;

/// Volume of bone per mm along a line, in equal bins.
struct Sections {
  double first = 0, width = 0;
  std::vector<double> area_mm2;
  int bin(double s) const { return static_cast<int>(std::floor((s - first) / width)); }
  double low_of(int i) const { return first + i * width; }
};

Sections sections_along(const FemurPoints& bone, const Line& line, double width_mm) {
  double low = 1e300, high = -1e300;
  for (const Vector3d& p : bone.centres_mm) {
    low = std::min(low, line.along(p));
    high = std::max(high, line.along(p));
  }
  Sections sections{low, width_mm, {}};
  sections.area_mm2.assign(sections.bin(high) + 1, 0.0);
  for (const Vector3d& p : bone.centres_mm) sections.area_mm2[sections.bin(line.along(p))] += bone.voxel_mm3 / width_mm;
  return sections;
}

/// The long axis. Up is where half of the bone is as a plate (head, neck and trochanter), not as a rod: where its
/// second moment about its own middle is the larger one.
Line first_guess(const std::vector<Vec3>& centres_mm) {
  const PrincipalAxes axes = principal_axes(centres_mm);
  Line line{to_eigen(axes.centre_mm), to_eigen(axes.axes).col(0)};
  double low = 1e300, high = -1e300;
  for (const Vec3& p : centres_mm) {
    low = std::min(low, line.along(to_eigen(p)));
    high = std::max(high, line.along(to_eigen(p)));
  }
  std::vector<Vec3> halves[2];
  for (const Vec3& p : centres_mm) halves[line.along(to_eigen(p)) > 0.5 * (low + high)].push_back(p);
  if (halves[0].empty() || halves[1].empty()) femur_not_found("it is one voxel thick");
  if (principal_axes(halves[0]).deviation_mm[1] > principal_axes(halves[1]).deviation_mm[1]) line.direction *= -1;
  return line;
}

/// Median over the lower fifth.
double usual_area(const Sections& sections) {
  const int lower = std::max(3, static_cast<int>(0.2 * static_cast<double>(sections.area_mm2.size())));
  if (lower > static_cast<int>(sections.area_mm2.size())) femur_not_found("it is only a few voxels long");
  std::vector<double> sorted(sections.area_mm2.begin(), sections.area_mm2.begin() + lower);
  std::nth_element(sorted.begin(), sorted.begin() + lower / 2, sorted.end());
  return sorted[lower / 2];
}

/// From the lower end up, where the section's area stays within an eighth of what it is there.
Interval even_piece(const Sections& sections) {
  constexpr double k_tolerance = 0.125;
  const auto& area = sections.area_mm2;
  const double usual = usual_area(sections);
  const auto even = [&](int i) { return std::abs(area[i] - usual) <= k_tolerance * usual; };
  const int count = static_cast<int>(area.size());
  int first = 0;
  while (first < count && !even(first)) ++first;
  int end = first;
  while (end < count && even(end)) ++end;
  // One bin less below: the mask may be cut obliquely, and the lowest bins are then filled in part.
  return {sections.low_of(first + 1), sections.low_of(end)};
}

/// The piece without its upper quarter, where the lesser trochanter begins to bend the line of centroids.
Interval straight_part(const Interval& piece) { return {piece.low, piece.high - 0.25 * piece.length()}; }

/// Line through the piece of shaft by regression of all its voxels across the line on their place along it.
Line regression(const FemurPoints& bone, const Line& line, const Interval& piece) {
  Vector3d mean = Vector3d::Zero(), slope = Vector3d::Zero();
  double mean_s = 0, variance = 0;
  std::int64_t count = 0;
  for (const Vector3d& p : bone.centres_mm)
    if (piece.holds(line.along(p))) {
      mean += line.across(p);
      mean_s += line.along(p);
      ++count;
    }
  if (count == 0) femur_not_found("its lower end is not a shaft");
  mean /= static_cast<double>(count);
  mean_s /= static_cast<double>(count);
  for (const Vector3d& p : bone.centres_mm)
    if (piece.holds(line.along(p))) {
      const double s = line.along(p) - mean_s;
      slope += s * (line.across(p) - mean);
      variance += s * s;
    }
  return {line.point + mean_s * line.direction + mean, (line.direction + slope / variance).normalized()};
}

}  // namespace

/// The first rounds take a fixed share of the length: as long as the line is oblique to the shaft, no section is even.
Shaft find_shaft(const FemurPoints& bone, const std::vector<Vec3>& centres_mm) {
  Line axis = first_guess(centres_mm);
  constexpr double k_least_mm = 10, k_low_share = 0.06, k_high_share = 0.26;
  constexpr int k_first_rounds = 4, k_rounds = 14;
  for (int round = 0;; ++round) {
    const Sections sections = sections_along(bone, axis, std::max(2.0, 2 * bone.spacing_mm));
    if (round < k_first_rounds) {
      const double length = sections.width * static_cast<double>(sections.area_mm2.size());
      axis = regression(bone, axis, {sections.first + k_low_share * length, sections.first + k_high_share * length});
      continue;
    }
    const Interval piece = even_piece(sections);
    if (piece.length() < k_least_mm)
      femur_not_found(
          fmt::format("its lower end shows {:.0f} mm of shaft of even thickness, {} are needed; use a mask that "
                      "ends farther below the lesser trochanter",
                      std::max(0.0, piece.length()), k_least_mm));
    if (round == k_rounds) return {axis, piece, std::sqrt(usual_area(sections) / k_pi)};
    axis = regression(bone, axis, straight_part(piece));
  }
}

}  // namespace osteon
