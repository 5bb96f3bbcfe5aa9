// SPDX-License-Identifier: Apache-2.0
// Largest principal strain in tension or compression over its limit, with the two published sets of limits.
#pragma once

#include "kernels/risk/risk_point.hpp"

namespace osteon::kernels {

/// Cortical bone and whole bones.
struct PrincipalStrainRisk {
  static constexpr const char* k_id = "pstrain";
  static constexpr const char* k_formula = "RF = max(<e1> / tensile_limit, <-e3> / compressive_limit)";
  static constexpr const char* k_source =
      "Schileo et al. 2008, J Biomech 41:356, limits from Bayraktar et al. 2004, J Biomech 37:27 (recalled, check)";
  static constexpr unsigned k_needs = k_needs_principal_strain;
  static constexpr RiskParameter k_parameters[] = {{"tensile_limit", 0.0073, "", "largest principal strain at failure"},
                                                   {"compressive_limit", 0.0104, "", "size of the smallest, likewise"}};

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) {
    return larger(positive_part(point.principal_strain[0]) / p[0], positive_part(-point.principal_strain[2]) / p[1]);
  }
};

/// The same with the limits of trabecular tissue.
struct TissuePrincipalStrainRisk : PrincipalStrainRisk {
  static constexpr const char* k_id = "pstrain_tissue";
  static constexpr const char* k_source = "trabecular tissue: Bayraktar et al. 2004, J Biomech 37:27 (recalled, check)";
  static constexpr RiskParameter k_parameters[] = {{"tensile_limit", 0.0041, "", "largest principal strain at failure"},
                                                   {"compressive_limit", 0.0083, "", "size of the smallest, likewise"}};
};

}  // namespace osteon::kernels
