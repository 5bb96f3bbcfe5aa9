// SPDX-License-Identifier: Apache-2.0
// Von Mises stress over one yield stress. It cannot tell tension from compression, so the default strain is that of
// tension, the weaker of the two.
#pragma once

#include "kernels/risk/criteria/two_strengths.hpp"

namespace osteon::kernels {

struct VonMisesRisk {
  static constexpr const char* k_id = "vm";
  static constexpr const char* k_formula = "RF = s_vM / Y, Y = yield_strain E or yield_mpa";
  static constexpr const char* k_source = "von Mises 1913; " OSTEON_YIELD_STRAIN_SOURCE ", that of tension";
  static constexpr unsigned k_needs = k_needs_stress | k_needs_modulus;
  static constexpr RiskParameter k_parameters[] = {
      {"yield_strain", 0.0073, "", "yield stress / Young's modulus of the voxel"},
      {"yield_mpa", 0, "MPa", "one yield stress for every voxel instead; 0 = yield_strain", 0, false}};

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    return von_mises(point.stress) / (p[1] > 0 ? p[1] : p[0] * point.modulus_mpa);
  }
};

}  // namespace osteon::kernels
