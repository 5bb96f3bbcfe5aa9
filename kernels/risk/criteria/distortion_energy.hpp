// SPDX-License-Identifier: Apache-2.0
// Distortion energy: von Mises stress over a strength that follows from the ash density of the voxel. Where the density
// comes from: src/risk/ash_density.hpp.
#pragma once

#include "kernels/risk/risk_point.hpp"

namespace osteon::kernels {

struct DistortionEnergyRisk {
  static constexpr const char* k_id = "de";
  static constexpr const char* k_formula =
      "RF = s_vM / S, S = strength_mpa rho_ash^strength_exponent, rho_ash in g/cm3 from the material's law or from "
      "E = modulus_mpa rho_ash^modulus_exponent";
  static constexpr const char* k_source = "Keyak 1994, 1998 (recalled, check)";
  static constexpr unsigned k_needs = k_needs_stress | k_needs_ash_density;
  static constexpr RiskParameter k_parameters[] = {
      {"strength_mpa", 102, "MPa", "strength at an ash density of 1 g/cm3"},
      {"strength_exponent", 1.80, "", ""},
      {"modulus_mpa", 14900, "MPa", "gives the density of materials without a law for ash density"},
      {"modulus_exponent", 1.86, "", "likewise"}};

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    return von_mises(point.stress) / (p[0] * std::pow(point.ash_density_g_cm3, p[1]));
  }
};

}  // namespace osteon::kernels
