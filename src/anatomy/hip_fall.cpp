// SPDX-License-Identifier: Apache-2.0
// The model hip-sideways-fall.
#include <cmath>

#include "hip_model.hpp"
#include "osteon/anatomy/frame.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr double k_degree = 3.14159265358979323846 / 180;

/// Towards the ground: lateral, turned towards posterior by the rotation, and up the shaft by the tilt.
Eigen::Vector3d fall_direction(const HipModel& hip) {
  const double tilt = hip.settings().fall_tilt_deg * k_degree, turn = hip.settings().fall_rotation_deg * k_degree;
  const Eigen::Vector3d across = std::cos(turn) * hip.lateral() - std::sin(turn) * hip.anterior();
  return std::cos(tilt) * across + std::sin(tilt) * hip.proximal();
}

}  // namespace

BoneSetup hip_sideways_fall(const VoxelImage& scan, const VoxelImage& mask, const HipSettings& settings) {
  HipModel hip("hip-sideways-fall", scan, mask, settings);
  const bool is_left = hip.is_left();
  const Eigen::Vector3d fall = fall_direction(hip), y = is_left ? fall : Eigen::Vector3d(-fall);
  const Eigen::Vector3d z = (hip.proximal() - hip.proximal().dot(y) * y).normalized();
  hip.lay_grid(frame_from(to_vec3(z), to_vec3(y.cross(z))));

  const FemurLandmarks& found = hip.found();
  const Vec3 contact = trochanter_contact_mm(mask, found, to_vec3(fall));
  const CapEnd ground = is_left ? CapEnd::high : CapEnd::low, sky = is_left ? CapEnd::low : CapEnd::high;
  NodeSetSpec head =
      hip.cap("head", found.head_centre_mm, settings.head_cap_share * found.head_radius_mm, Axis::y, sky);
  NodeSetSpec trochanter = hip.cap("greater trochanter", contact, settings.trochanter_cap_mm, Axis::y, ground);
  NodeSetSpec cut = hip.cut();
  BoneSetup& setup = hip.setup;
  setup.load_axis = Axis::y;
  setup.load_sign = is_left ? 1 : -1;
  head.displacement_mm[1] = setup.load_sign;
  trochanter.displacement_mm[1] = 0;
  cut.displacement_mm[0] = cut.displacement_mm[2] = 0;
  setup.node_sets = {head, trochanter, cut};
  setup.length_mm = (to_eigen(contact) - to_eigen(found.head_centre_mm)).dot(fall) + found.head_radius_mm;
  setup.landmarks.push_back({"contact of the greater trochanter", contact});
  hip.choose("tilt of the shaft, knee off the ground (recalled, check)", settings.fall_tilt_deg, "degree");
  hip.choose("rotation inwards (recalled, check)", settings.fall_rotation_deg, "degree");
  hip.choose("supports", "head slides, trochanter held along the fall, cut held across it");
  return hip.finish();
}

}  // namespace osteon
