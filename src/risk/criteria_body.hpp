// SPDX-License-Identifier: Apache-2.0
// Failure criteria of one element as RF = 1 / lambda_fail, for host and device.
// lambda_fail is the smallest positive factor on the load at which the criterion is met, so RF is linear in load.
#pragma once

#include "osteon/core/real.hpp"

namespace osteon::risk {

/// Effective strain over its critical value.
OSTEON_HD inline double effective_strain_risk(double effective_strain, double critical_strain) {
  return effective_strain / critical_strain;
}

/// max(<e1> / e_t, <-e3> / e_c) with <x> = max(x, 0); `principal` descending, limits positive.
OSTEON_HD inline double principal_strain_risk(double e1, double e3, double tensile_limit, double compressive_limit) {
  const double tension = e1 > 0 ? e1 / tensile_limit : 0;
  const double compression = e3 < 0 ? -e3 / compressive_limit : 0;
  if (e1 != e1 || e3 != e3) return e1 + e3;  // NaN stays visible
  return tension > compression ? tension : compression;
}

}  // namespace osteon::risk
