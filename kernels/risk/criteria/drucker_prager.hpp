// SPDX-License-Identifier: Apache-2.0
// Drucker-Prager: alpha I1 + sqrt(J2) = k through both uniaxial strengths,
// alpha = (sc - st) / (sqrt(3) (sc + st)), k = 2 sc st / (sqrt(3) (sc + st)).
#pragma once

#include "kernels/risk/criteria/two_strengths.hpp"

namespace osteon::kernels {

struct DruckerPragerRisk {
  static constexpr const char* k_id = "dp";
  static constexpr const char* k_formula =
      "RF = <(alpha I1 + sqrt(J2)) / k>, alpha = (sc - st) / (sqrt(3) (sc + st)), k = 2 sc st / (sqrt(3) (sc + st))";
  static constexpr const char* k_source = "Drucker & Prager 1952, Q Appl Math 10:157; " OSTEON_YIELD_STRAIN_SOURCE;
  static constexpr unsigned k_needs = k_needs_stress | k_needs_modulus;
  static constexpr const auto& k_parameters = TwoStrengths::k_parameters;

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    const TwoStrengths s(point, p);
    const double st = s.tension_mpa, sc = s.compression_mpa;
    const double i1 = point.stress[k_xx] + point.stress[k_yy] + point.stress[k_zz];
    // sqrt(3) (sc + st) taken out of alpha and k; sqrt(3 J2) is the von Mises stress
    return positive_part(((sc - st) * i1 + (sc + st) * von_mises(point.stress)) / (2 * sc * st));
  }
};

}  // namespace osteon::kernels
