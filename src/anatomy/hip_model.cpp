// SPDX-License-Identifier: Apache-2.0
#include "hip_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/frame.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"

namespace osteon {

using Eigen::Vector3d;

HipModel::HipModel(const std::string& name, const VoxelImage& scan, const VoxelImage& mask, const HipSettings& settings)
    : scan_(scan), mask_(mask), settings_(settings) {
  setup.model = name;
  setup.version = settings.version;
  check();
  found_ = find_femur_landmarks(mask);
  find_side();
  choose("radius of the head", found_.head_radius_mm, "mm");
  choose("angle of neck and shaft", found_.neck_shaft_deg, "degree");
  setup.landmarks = {{"centre of the head", found_.head_centre_mm},
                     {"narrowest section of the neck", found_.neck_centre_mm},
                     {"most lateral point of the greater trochanter", found_.trochanter_mm},
                     {"axis of the shaft", found_.shaft_point_mm}};
}

void HipModel::find_side() {
  const std::optional<BodySide> shown = femur_side(found_);
  if (settings_.side)
    require_side(found_, *settings_.side);
  else if (!shown)
    throw InputError("the bone does not show whether it is a left or a right femur; set bone.side");
  side_ = settings_.side ? *settings_.side : *shown;
  choose("side", side_name(side_));
  choose("side shown by the bone", shown ? side_name(*shown) : "not clear");
}

void HipModel::check() const {
  const HipSettings& s = settings_;
  if (s.version != 1) throw UsageError(fmt::format("{} has version 1 only, not {}", setup.model, s.version));
  if (!(s.spacing_mm > 0) || !(s.cap_mm > 0) || !(s.contact_reach_mm >= 0) || !(s.trochanter_cap_mm > 0) ||
      !(s.head_cap_share > 0 && s.head_cap_share <= 1))
    throw UsageError("a hip's spacing and caps must be > 0 mm, and the cap on the head no wider than the head");
  if (!(s.shaft_mm >= 0)) throw UsageError(fmt::format("the length of the shaft, {} mm, must not be < 0", s.shaft_mm));
  constexpr double k_most_deg = 60;
  for (const double angle : {s.fall_tilt_deg, s.fall_rotation_deg, s.stance_deg})
    if (!(std::abs(angle) <= k_most_deg))
      throw UsageError(
          fmt::format("an angle of the load is {} degrees, must be between -{} and {}", angle, k_most_deg, k_most_deg));
  for (const float value : mask_.values)
    if (value == static_cast<float>(k_cap_label))
      throw InputError(fmt::format("{}: label {} is kept for cement", mask_.source, k_cap_label));
}

Vector3d HipModel::anterior() const {
  const Vector3d a = proximal().cross(to_eigen(found_.medial));
  if (is_left()) return a;
  return -a;
}

/// From the head's centre down `up` to where the oblique end of the mask still gives whole sections.
double HipModel::available_shaft_mm(const Vector3d& up) const {
  const Vector3d on_axis = to_eigen(found_.shaft_point_mm), head = to_eigen(found_.head_centre_mm);
  double lowest = 1e300;
  for (const Vec3& p : voxel_centres_mm(mask_)) lowest = std::min(lowest, (to_eigen(p) - on_axis).dot(proximal()));
  const double cosine = up.dot(proximal()), tangent = std::sqrt(1 - cosine * cosine) / cosine;
  const Vector3d end = on_axis + (lowest + found_.shaft_radius_mm * tangent) * proximal();
  return (head - end).dot(up);
}

void HipModel::lay_grid(const Mat3& axes) {
  const double h = settings_.spacing_mm;
  const int margin = static_cast<int>(std::ceil(settings_.cap_mm / h)) + 2;
  const ImageGeometry grid = grid_round(voxel_centres_mm(mask_), axes, found_.head_centre_mm, h, margin);
  const double available = available_shaft_mm(to_eigen(axes).col(2));
  constexpr double k_step_mm = 5;
  cut_mm_ = settings_.shaft_mm > 0 ? settings_.shaft_mm : k_step_mm * std::floor(available / k_step_mm);
  if (cut_mm_ > available)
    throw InputError(
        fmt::format("the mask has whole sections of the shaft down to {:.0f} mm below the head's centre, {:g} mm are "
                    "asked for; set a smaller bone.shaft_mm",
                    available, cut_mm_));
  setup.labels = resample_labels(mask_, grid);
  setup.grey = resample_to_grid(scan_, grid, settings_.spline_order);
  // The head's centre lies on a corner: a whole number of voxels and a half from the first centre.
  const double head = voxel_position(grid, found_.head_centre_mm)[2] + 0.5;
  cut_plane_ = static_cast<int>(std::lround(head)) - static_cast<int>(std::lround(cut_mm_ / h));
  const Index3& n = grid.size;
  std::fill_n(setup.labels.values.begin(), static_cast<std::size_t>(cut_plane_) * n.x * n.y, 0.0F);
  choose("voxel", h, "mm");
  choose("order of the density's spline", settings_.spline_order, "");
  choose("cut below the head's centre", cut_mm_, "mm");
}

NodeSetSpec HipModel::cap(const std::string& name, const Vec3& middle_mm, double radius_mm, Axis axis, CapEnd end) {
  const int a = static_cast<int>(axis), b = (a + 1) % 3, c = (a + 2) % 3;
  const ImageGeometry& grid = setup.labels.geometry;
  const Vec3 middle = voxel_position(grid, middle_mm);
  const double radius = radius_mm / settings_.spacing_mm;
  std::vector<std::uint8_t> columns(static_cast<std::size_t>(grid.size[b]) * grid.size[c], 0);
  for (int k = 0; k < grid.size[c]; ++k)
    for (int j = 0; j < grid.size[b]; ++j)
      columns[static_cast<std::size_t>(k) * grid.size[b] + j] = std::hypot(j - middle[b], k - middle[c]) <= radius;
  const Cap made = add_cap(setup.labels, axis, end, columns, settings_.cap_mm, settings_.contact_reach_mm);
  choose("cement on the " + name, static_cast<double>(made.voxels), "voxels");
  NodeSetSpec platen;
  platen.name = name + " platen";
  platen.label = k_cap_label;
  platen.box_mm.emplace();
  for (int d = 0; d < 3; ++d) {
    (*platen.box_mm)[2 * d] = d == a ? made.plane * settings_.spacing_mm : 0;
    (*platen.box_mm)[2 * d + 1] = (d == a ? made.plane : grid.size[d]) * settings_.spacing_mm;
  }
  return platen;
}

NodeSetSpec HipModel::cut() const {
  const Index3& n = setup.labels.geometry.size;
  const double h = settings_.spacing_mm;
  NodeSetSpec set;
  set.name = "cut across the shaft";
  set.box_mm = {0, n.x * h, 0, n.y * h, cut_plane_ * h, cut_plane_ * h};
  return set;
}

void HipModel::choose(const std::string& name, double value, const std::string& unit) {
  setup.choices.push_back({name, fmt::format("{:.4g}", value), unit});
}

BoneSetup HipModel::finish() {
  for (std::size_t i = 0; i < setup.labels.values.size(); ++i)
    if (setup.labels.values[i] == static_cast<float>(k_cap_label)) setup.grey.values[i] = 0;
  choose("cement outside the outermost bone", settings_.cap_mm, "mm");
  choose("reach of the cement below it", settings_.contact_reach_mm, "mm");
  choose("length", setup.length_mm, "mm");
  return std::move(setup);
}

}  // namespace osteon
