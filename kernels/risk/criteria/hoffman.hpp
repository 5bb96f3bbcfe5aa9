// SPDX-License-Identifier: Apache-2.0
// Isotropic Hoffman: A lambda^2 + B lambda = 1 with A = ((s1-s2)^2 + (s2-s3)^2 + (s3-s1)^2) / (2 st sc), which is the
// squared von Mises stress over st sc, and B = (1/st - 1/sc) (s1 + s2 + s3).
#pragma once

#include "kernels/risk/criteria/two_strengths.hpp"

namespace osteon::kernels {

struct HoffmanRisk {
  static constexpr const char* k_id = "hoffman";
  static constexpr const char* k_formula =
      "RF = (B + sqrt(B^2 + 4 A)) / 2, A = s_vM^2 / (st sc), B = (1 / st - 1 / sc) (s1 + s2 + s3)";
  static constexpr const char* k_source =
      "Hoffman 1967, J Compos Mater 1:200; for femora since Lotz and Keyak (recalled, "
      "check); " OSTEON_YIELD_STRAIN_SOURCE;
  static constexpr unsigned k_needs = k_needs_stress | k_needs_modulus;
  static constexpr const auto& k_parameters = TwoStrengths::k_parameters;

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    const TwoStrengths s(point, p);
    const double product = s.tension_mpa * s.compression_mpa;
    const double mises = von_mises(point.stress);
    const double i1 = point.stress[k_xx] + point.stress[k_yy] + point.stress[k_zz];
    return risk_of_quadratic(mises * mises / product, (s.compression_mpa - s.tension_mpa) / product * i1);
  }
};

}  // namespace osteon::kernels
