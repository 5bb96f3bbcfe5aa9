// SPDX-License-Identifier: Apache-2.0
// Energy-equivalent strain over its critical value.
#pragma once

#include "kernels/risk/risk_point.hpp"

namespace osteon::kernels {

struct EffectiveStrainRisk {
  static constexpr const char* k_id = "ees";
  static constexpr const char* k_formula = "RF = sqrt(2 U / E) / critical_strain";
  static constexpr const char* k_source = "Pistoia et al. 2002, Bone 30:842; 0.007 as in the FAIM manual, section 8.3";
  static constexpr unsigned k_needs = k_needs_effective_strain;
  static constexpr RiskParameter k_parameters[] = {{"critical_strain", 0.007, "", "effective strain at failure"}};

  OSTEON_HD static double risk(const RiskPoint& point, const double p[]) { return point.effective_strain / p[0]; }
};

}  // namespace osteon::kernels
