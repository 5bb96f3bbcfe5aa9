// SPDX-License-Identifier: Apache-2.0
// Mohr-Coulomb from two strengths, and its modified form. The strengths are FAIM's Y_T and Y_C:
// Y_T = 2 c cos(phi) / (1 + sin(phi)), Y_C = 2 c cos(phi) / (1 - sin(phi)) for cohesion c and friction angle phi.
#pragma once

#include "kernels/risk/criteria/two_strengths.hpp"

namespace osteon::kernels {

/// The straight line in every octant: pressure from all sides never fails, and equal strengths give Tresca.
struct MohrCoulombRisk {
  static constexpr const char* k_id = "mohr";
  static constexpr const char* k_formula = "RF = <s1 / st - s3 / sc>";
  static constexpr const char* k_source = "Mohr-Coulomb as in the FAIM manual; " OSTEON_YIELD_STRAIN_SOURCE;
  static constexpr unsigned k_needs = k_needs_stress | k_needs_principal_stress | k_needs_modulus;
  static constexpr const auto& k_parameters = TwoStrengths::k_parameters;

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    const TwoStrengths s(point, p);
    return positive_part(point.principal_stress[0] / s.tension_mpa - point.principal_stress[2] / s.compression_mpa);
  }
};

/// The same line where s1 and s3 differ in sign, max(s1 / st, -s3 / sc) where they do not. In both cases that is the
/// sum of the positive parts, as one of them is zero in the second.
struct ModifiedMohrRisk {
  static constexpr const char* k_id = "modified_mohr";
  static constexpr const char* k_formula = "RF = <s1> / st + <-s3> / sc";
  static constexpr const char* k_source =
      "modified Mohr: the line of Mohr-Coulomb for mixed signs, the larger ratio for equal "
      "ones; " OSTEON_YIELD_STRAIN_SOURCE;
  static constexpr unsigned k_needs = k_needs_stress | k_needs_principal_stress | k_needs_modulus;
  static constexpr const auto& k_parameters = TwoStrengths::k_parameters;

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    const TwoStrengths s(point, p);
    return positive_part(point.principal_stress[0]) / s.tension_mpa +
           positive_part(-point.principal_stress[2]) / s.compression_mpa;
  }
};

}  // namespace osteon::kernels
