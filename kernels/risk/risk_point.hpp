// SPDX-License-Identifier: Apache-2.0
// One element as the criteria see it, and the small functions they share.
#pragma once

#include <cmath>

#include "kernels/risk/risk.hpp"
#include "kernels/strain/principal.hpp"

namespace osteon::kernels {

/// What the needs of a run ask for is filled in; the rest is undefined.
struct RiskPoint {
  double effective_strain;
  double principal_strain[3];  ///< descending
  double stress[6];            ///< MPa
  double principal_stress[3];  ///< MPa, descending
  double modulus_mpa;
  double ash_density_g_cm3;
};

/// max(x, 0); NaN stays.
OSTEON_HD inline double positive_part(double x) { return x < 0 ? 0 : x; }

/// The larger of two; NaN when one is.
OSTEON_HD inline double larger(double a, double b) { return a > b || a != a ? a : b; }

/// RF of a criterion that reads quadratic lambda^2 + linear lambda = 1 at load factor lambda: (B + sqrt(B^2 + 4 A)) /
/// 2, written so that a large negative B cancels nothing. A below zero can only be rounding.
OSTEON_HD inline double risk_of_quadratic(double quadratic, double linear) {
  const double a = positive_part(quadratic);
  const double root = std::sqrt(linear * linear + 4 * a);
  if (linear >= 0) return (linear + root) / 2;
  return a == 0 ? 0 : 2 * a / (root - linear);
}

/// Fills in what `needs` asks for of the element `e`. Principal stress first: on the GPU little is in registers then.
OSTEON_HD inline RiskPoint risk_point(const RiskInput& input, unsigned needs, std::size_t e) {
  RiskPoint point;
  if (needs & k_needs_stress)
    for (int i = 0; i < 6; ++i) point.stress[i] = input.stress[6 * e + i];
  if (needs & k_needs_principal_stress) principal_values(point.stress, 1.0, point.principal_stress);
  if (needs & k_needs_effective_strain) point.effective_strain = input.effective_strain[e];
  if (needs & k_needs_principal_strain)
    for (int i = 0; i < 3; ++i) point.principal_strain[i] = input.principal_strain[3 * e + i];
  if (needs & k_needs_modulus) point.modulus_mpa = input.modulus_mpa[e];
  if (needs & k_needs_ash_density) point.ash_density_g_cm3 = input.ash_density_g_cm3[e];
  return point;
}

}  // namespace osteon::kernels
