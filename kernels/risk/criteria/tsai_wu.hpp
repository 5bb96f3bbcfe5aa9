// SPDX-License-Identifier: Apache-2.0
// Tsai-Wu / fabric quadric s:F:s + f:s = 1 for homogenised bone (Tsai & Wu 1971, J Compos Mater 5:58; Schwiedrzik,
// Wolfram, Zysset 2013, BMMB 12:1155), fabric along the image axes:
//   strength along axis i, tension and compression: s0 rho^p m_i^2q; F_ii = 1 / (st_i sc_i), f_i = 1/st_i - 1/sc_i,
//   F_ij = -interaction sqrt(F_ii F_jj); shear strength in plane ij: t0 rho^p (m_i m_j)^q.
// rho = BV/TV from the modulus of the voxel, E = E0 rho^k, at most 1. Fabric 1, 1, 1 is bone whose fabric is not known,
// two equal values are transversely isotropic bone. Without t0 the shear strength is the one that makes fabric 1, 1, 1
// the same in every frame: t0^2 = st0 sc0 / (2 (1 + interaction)).
#pragma once

#include "kernels/risk/risk_point.hpp"

namespace osteon::kernels {

struct TsaiWuRisk {
  static constexpr const char* k_id = "tsaiwu";
  static constexpr const char* k_formula =
      "RF = (B + sqrt(B^2 + 4 A)) / 2, A = s:F:s, B = f:s, strengths s0 rho^exponent m^(2 fabric_exponent), "
      "rho = min(1, (E / modulus_mpa)^(1 / modulus_exponent))";
  static constexpr const char* k_source =
      "Tsai & Wu 1971, J Compos Mater 5:58; fabric quadric of Schwiedrzik, Wolfram, Zysset 2013, BMMB 12:1155, "
      "with strengths used since for trabecular bone in hFE (recalled, check)";
  static constexpr unsigned k_needs = k_needs_stress | k_needs_modulus;
  static constexpr RiskParameter k_parameters[] = {
      {"tensile_mpa", 57.69, "MPa", "tensile strength at BV/TV 1 and fabric 1"},
      {"compressive_mpa", 73.10, "MPa", "compressive strength, likewise"},
      {"shear_mpa", 0, "MPa", "shear strength, likewise (29.61 with measured fabric); 0 = the isotropic one", 0, false},
      {"interaction", 0.28, "", "zeta of F_ij = -zeta sqrt(F_ii F_jj); 0.5 = Hoffman", 0, false, 0.5},
      {"exponent", 1.82, "", "p of rho^p"},
      {"modulus_mpa", 9759, "MPa", "E0 of E = E0 rho^k, which gives BV/TV"},
      {"modulus_exponent", 1.91, "", "k, likewise"},
      {"fabric_x", 1, "", "eigenvalue of the fabric along x, their sum 3; 1 = not known"},
      {"fabric_y", 1, "", ""},
      {"fabric_z", 1, "", ""},
      {"fabric_exponent", 0.98, "", "q of m^2q"}};

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    const double share = point.modulus_mpa / p[5];
    const double density = share < 1 ? std::pow(share, p[4] / p[6]) : 1;  // rho^p
    const double product = p[0] * p[1] * density * density;
    const double shear_squared = p[2] > 0 ? p[2] * p[2] * density * density : product / (2 * (1 + p[3]));
    double scaled[3], fabric[3], linear = 0;  // stress over sqrt(st sc) of its axis
    for (int i = 0; i < 3; ++i) {
      fabric[i] = p[7 + i] == 1 ? 1 : std::pow(p[7 + i], 2 * p[10]);
      scaled[i] = point.stress[i] / (std::sqrt(product) * fabric[i]);
      linear += (p[1] - p[0]) * density / product * point.stress[i] / fabric[i];
    }
    const double x = scaled[0], y = scaled[1], z = scaled[2];
    const double normal = x * x + y * y + z * z - 2 * p[3] * (x * y + y * z + z * x);
    const double shear = point.stress[k_yz] * point.stress[k_yz] / (fabric[1] * fabric[2]) +
                         point.stress[k_zx] * point.stress[k_zx] / (fabric[2] * fabric[0]) +
                         point.stress[k_xy] * point.stress[k_xy] / (fabric[0] * fabric[1]);
    return risk_of_quadratic(normal + shear / shear_squared, linear);
  }
};

}  // namespace osteon::kernels
