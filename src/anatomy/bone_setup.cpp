// SPDX-License-Identifier: Apache-2.0
#include "osteon/anatomy/bone_setup.hpp"

#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon {

LoadCaseSpec bone_load_case(const LoadCaseSpec& wanted, const BoneSetup& setup) {
  OSTEON_ASSERT(wanted.bone_model == setup.model);
  constexpr double k_share_for_force = 0.01;
  const double outward = -setup.load_sign;  // shortening is negative in the case file
  double moved_mm = 0;
  if (wanted.displacement_mm)
    moved_mm = outward * *wanted.displacement_mm;
  else if (wanted.strain)
    moved_mm = outward * *wanted.strain * setup.length_mm;
  else
    moved_mm = outward * std::copysign(k_share_for_force * setup.length_mm, wanted.force_n.value());
  LoadCaseSpec spec = wanted;
  spec.axis = setup.load_axis;
  spec.node_sets = setup.node_sets;
  spec.excludes_rigid_motion = setup.excludes_rigid_motion;
  spec.length_mm = setup.length_mm;
  spec.strain.reset();
  spec.displacement_mm.reset();
  if (wanted.force_n) spec.force_n = outward * *wanted.force_n;
  const auto axis = static_cast<std::size_t>(setup.load_axis);
  for (NodeSetSpec& set : spec.node_sets) {
    std::optional<double>& u = set.displacement_mm[axis];
    if (!u || *u == 0) continue;
    u = moved_mm;
    if (wanted.has_platen) continue;
    u.reset();
    set.force_n[axis] = spec.force_n.value();
  }
  if (!wanted.has_platen) spec.force_n.reset();  // it is on the nodes
  return spec;
}

}  // namespace osteon
