// SPDX-License-Identifier: Apache-2.0
// The model hip-stance.
#include <cmath>

#include "hip_model.hpp"
#include "osteon/anatomy/frame.hpp"

namespace osteon {

BoneSetup hip_stance(const VoxelImage& scan, const VoxelImage& mask, const HipSettings& settings) {
  constexpr double k_degree = 3.14159265358979323846 / 180;
  HipModel hip("hip-stance", scan, mask, settings);
  // The force points down and outwards, from the pelvis to the knee.
  const double angle = settings.stance_deg * k_degree;
  const Eigen::Vector3d z = std::cos(angle) * hip.proximal() - std::sin(angle) * hip.lateral();
  hip.lay_grid(frame_from(to_vec3(z), to_vec3(hip.anterior())));

  const FemurLandmarks& found = hip.found();
  NodeSetSpec head =
      hip.cap("head", found.head_centre_mm, settings.head_cap_share * found.head_radius_mm, Axis::z, CapEnd::high);
  NodeSetSpec cut = hip.cut();
  BoneSetup& setup = hip.setup;
  setup.load_axis = Axis::z;
  setup.load_sign = -1;
  head.displacement_mm[2] = setup.load_sign;
  for (auto& component : cut.displacement_mm) component = 0;
  setup.node_sets = {head, cut};
  setup.length_mm = hip.cut_mm() + found.head_radius_mm;
  hip.choose("force against the shaft (recalled, check)", settings.stance_deg, "degree");
  hip.choose("supports", "head slides, cut held");
  return hip.finish();
}

}  // namespace osteon
