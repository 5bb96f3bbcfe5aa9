// SPDX-License-Identifier: Apache-2.0
// The model spine-compression: pose, grid, caps, supports.
#include "osteon/anatomy/spine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/caps.hpp"
#include "osteon/anatomy/frame.hpp"
#include "osteon/anatomy/registration.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"
#include "vectors.hpp"

namespace osteon {

namespace {

constexpr Vec3 k_left = {1, 0, 0}, k_superior = {0, 0, 1};  // patient space, LPS

const char* pose_name(SpinePose pose) {
  switch (pose) {
    case SpinePose::endplates:
      return "endplates";
    case SpinePose::principal_axes:
      return "principal axes of the body";
    case SpinePose::scan:
      return "axes of the patient";
    case SpinePose::registration:
      return "registration to a reference mask";
  }
  return "";
}

/// The principal axis of the body that lies nearest to the patient's, pointing up.
Vec3 principal_up(const std::vector<Vec3>& body) {
  const Eigen::Matrix3d axes = to_eigen(principal_axes(body).axes);
  int best = 0;
  for (int i = 1; i < 3; ++i)
    if (std::abs(axes(2, i)) > std::abs(axes(2, best))) best = i;
  return to_vec3((axes(2, best) > 0 ? 1.0 : -1.0) * axes.col(best));
}

/// x of the model: across the line from body to posterior elements where they are known, else the patient's left.
Vec3 towards_left(const std::vector<Vec3>& body, const VoxelImage& mask, const SpineSettings& settings,
                  const Vec3& up) {
  if (settings.posterior_labels.empty()) return k_left;
  const Eigen::Vector3d back =
      to_eigen(mean_position(voxel_centres_mm(mask, settings.posterior_labels))) - to_eigen(mean_position(body));
  return to_vec3(back.cross(to_eigen(up)));
}

class SpineBuilder {
 public:
  SpineBuilder(const VoxelImage& scan, const VoxelImage& mask, const VoxelImage* reference, const SpineSettings& wanted)
      : scan_(scan), mask_(mask), reference_(reference), wanted_(wanted) {}

  BoneSetup build() {
    check();
    body_ = voxel_centres_mm(mask_, wanted_.body_labels);
    setup_.model = "spine-compression";
    setup_.version = wanted_.version;
    find_axes();
    sample();
    cap_ends();
    support();
    return std::move(setup_);
  }

 private:
  void check() const {
    if (wanted_.version != 1)
      throw UsageError(fmt::format("spine-compression has version 1 only, not {}", wanted_.version));
    if (!(wanted_.spacing_mm > 0) || !(wanted_.cap_mm > 0) || !(wanted_.cap_reach_mm >= 0))
      throw UsageError("the bone's spacing and cap must be > 0 mm");
    if (wanted_.pose == SpinePose::registration && reference_ == nullptr)
      throw UsageError("the pose by registration needs a reference mask");
    for (const float value : mask_.values)
      if (value == static_cast<float>(k_cap_label))
        throw InputError(fmt::format("{}: label {} is kept for cement", mask_.source, k_cap_label));
  }

  void find_axes() {
    Vec3 up = k_superior;
    if (wanted_.pose == SpinePose::registration) {
      const RigidMotion motion = register_masks(mask_, *reference_);
      axes_ = motion.rotation;
      choose("overlap with the reference", fmt::format("{:.3f}", motion.overlap), "Dice");
    } else {
      if (wanted_.pose == SpinePose::principal_axes) up = principal_up(body_);
      axes_ = frame_from(up, towards_left(body_, mask_, wanted_, up));
    }
    const Endplates ends = find_endplates(body_, scan_spacing(), axes_);
    if (wanted_.pose == SpinePose::endplates) axes_ = frame_from(ends.up, towards_left(body_, mask_, wanted_, ends.up));
    setup_.length_mm = ends.distance_mm;
    choose("pose", pose_name(wanted_.pose), "");
    choose("turned against the patient's axes", fmt::format("{:.2f}", angle_between_deg(k_identity3, axes_)), "degree");
    choose("height of the body", fmt::format("{:.2f}", ends.distance_mm), "mm");
    choose("wedge of the endplates", fmt::format("{:.2f}", ends.angle_deg), "degree");
    setup_.landmarks.push_back({"centre of the body", mean_position(body_)});
  }

  double scan_spacing() const {
    const Vec3& h = mask_.geometry.spacing_mm;
    return std::max({h[0], h[1], h[2]});
  }

  void sample() {
    const int cap_layers = static_cast<int>(std::ceil(wanted_.cap_mm / wanted_.spacing_mm)) + 1;
    const ImageGeometry grid =
        grid_round(voxel_centres_mm(mask_), axes_, mean_position(body_), wanted_.spacing_mm, cap_layers + 1);
    setup_.labels = resample_labels(mask_, grid);
    setup_.grey = resample_to_grid(scan_, grid, wanted_.spline_order);
    choose("voxel", fmt::format("{:g}", wanted_.spacing_mm), "mm");
    choose("order of the density's spline", fmt::format("{}", wanted_.spline_order), "");
  }

  bool is_body(float label) const {
    if (wanted_.body_labels.empty()) return label > 0;
    return std::any_of(wanted_.body_labels.begin(), wanted_.body_labels.end(),
                       [&](int l) { return label == static_cast<float>(l); });
  }

  /// Columns along z in which the body is what is met first from that end.
  std::vector<std::uint8_t> endplate_columns(CapEnd end) const {
    const Index3 n = setup_.labels.geometry.size;
    std::vector<std::uint8_t> columns(static_cast<std::size_t>(n.x) * n.y, 0);
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x) {
        float first = 0;
        for (int depth = 0; depth < n.z && first == 0; ++depth)
          first = setup_.labels.at(x, y, end == CapEnd::low ? depth : n.z - 1 - depth);
        columns[static_cast<std::size_t>(y) * n.x + x] = first > 0 && is_body(first) ? 1 : 0;
      }
    return columns;
  }

  void cap_ends() {
    const std::vector<std::uint8_t> inferior = endplate_columns(CapEnd::low), superior = endplate_columns(CapEnd::high);
    for (const CapEnd end : {CapEnd::low, CapEnd::high}) {
      const Cap cap = add_cap(setup_.labels, Axis::z, end, end == CapEnd::low ? inferior : superior, wanted_.cap_mm,
                              wanted_.cap_reach_mm);
      choose(end == CapEnd::low ? "inferior cap" : "superior cap", fmt::format("{}", cap.voxels), "voxels");
    }
    for (std::size_t i = 0; i < setup_.labels.values.size(); ++i)
      if (setup_.labels.values[i] == k_cap_label) setup_.grey.values[i] = 0;
    choose("cement outside the outermost bone", fmt::format("{:g}", wanted_.cap_mm), "mm");
    choose("reach of the cement below it", fmt::format("{:g}", wanted_.cap_reach_mm), "mm");
  }

  void support() {
    const bool is_sliding = wanted_.ends == SpineEnds::both_sliding, is_bonded = wanted_.ends == SpineEnds::both_bonded;
    NodeSetSpec inferior, superior;
    inferior.name = "inferior platen";
    inferior.surface = "z_low";
    superior.name = "superior platen";
    superior.surface = "z_high";
    inferior.label = superior.label = k_cap_label;
    inferior.displacement_mm[2] = 0;
    superior.displacement_mm[2] = setup_.load_sign;
    for (int d = 0; d < 2; ++d) {
      if (!is_sliding) inferior.displacement_mm[d] = 0;
      if (is_bonded) superior.displacement_mm[d] = 0;
    }
    setup_.excludes_rigid_motion = is_sliding;
    setup_.node_sets = {inferior, superior};
    choose("ends", is_sliding ? "both slide" : is_bonded ? "both bonded" : "inferior bonded, superior slides", "");
  }

  void choose(const std::string& name, const std::string& value, const std::string& unit) {
    setup_.choices.push_back({name, value, unit});
  }

  const VoxelImage& scan_;
  const VoxelImage& mask_;
  const VoxelImage* reference_;
  const SpineSettings& wanted_;
  std::vector<Vec3> body_;
  Mat3 axes_ = k_identity3;
  BoneSetup setup_;
};

}  // namespace

BoneSetup spine_compression(const VoxelImage& scan, const VoxelImage& mask, const VoxelImage* reference,
                            const SpineSettings& settings) {
  return SpineBuilder(scan, mask, reference, settings).build();
}

}  // namespace osteon
