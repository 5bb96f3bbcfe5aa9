// SPDX-License-Identifier: Apache-2.0
// Smooth switches and strain invariants the rules share.
#pragma once

#include <cmath>

#include "kernels/element/voigt.hpp"
#include "kernels/stimulus/stimulus.hpp"

namespace osteon::kernels {

/// 0 far below the threshold, 1 far above it; sharp when width is 0.
OSTEON_HD inline double above(double x, double threshold, double width) {
  if (!(width > 0)) return x > threshold ? 1 : 0;
  return 1 / (1 + std::exp(-(x - threshold) / width));
}

/// Play operator on the disuse weight `falling(x)`, which falls with x: inside the band the old weight stays.
OSTEON_HD inline double disuse_with_memory(double x, double threshold, double width, double hysteresis, double before) {
  const double low = 1 - above(x * (1 + hysteresis), threshold, width);
  const double high = 1 - above(x * (1 - hysteresis), threshold, width);
  return before < low ? low : before > high ? high : before;
}

/// Octahedral shear strain, Prendergast's convention: 2/3 sqrt((e1-e2)^2 + (e2-e3)^2 + (e3-e1)^2), from a tensor in
/// Voigt order with engineering shear (whose factor is 1.5, not 6).
OSTEON_HD inline double octahedral_shear_strain(const double e[6]) {
  const double a = e[k_xx] - e[k_yy], b = e[k_yy] - e[k_zz], c = e[k_zz] - e[k_xx];
  const double shear = e[k_yz] * e[k_yz] + e[k_zx] * e[k_zx] + e[k_xy] * e[k_xy];
  return 2.0 / 3 * std::sqrt(a * a + b * b + c * c + 1.5 * shear);
}

}  // namespace osteon::kernels
