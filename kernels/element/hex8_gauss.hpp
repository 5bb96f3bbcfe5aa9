// SPDX-License-Identifier: Apache-2.0
// Strain at the 2x2x2 Gauss points of the box element and its transpose, by way of the modes of hex8.hpp: the same
// integration as the exact stiffness has when the law is the same everywhere in the element.
#pragma once

#include "kernels/element/hex8.hpp"

namespace osteon {

inline constexpr int k_gauss_points = 8;

/// Derivative d/dx_axis of the mode at Gauss point q (bits of q = sides as for nodes), for unit modal sum.
OSTEON_HD inline double gauss_factor(int mode, int axis, int q) {
  const double g = 0.57735026918962576451;  // 1 / sqrt(3)
  double factor = 0.25;
  for (int d = 0; d < 3; ++d)
    if (d != axis && (mode >> d & 1)) factor *= (q >> d & 1) ? g : -g;
  return factor;
}

/// Displacement gradients at all eight points: du_i/dx_d depends on the sides along the two other axes only, and takes
/// four values by sums and differences, a sixth of the work of eight points one by one.
struct GaussGradients {
  double g[3][3][4];  ///< [component][axis][sides along the next two axes, cyclic, as bits 0 and 1]

  /// At point q, voigt.hpp, engineering shear.
  OSTEON_HD void strain(int q, double strain[6]) const {
    const auto at = [&](int i, int d) {
      const int side = (q >> (d + 1) % 3 & 1) | (q >> (d + 2) % 3 & 1) << 1;
      return g[i][d][side];
    };
    for (int i = 0; i < 3; ++i) strain[i] = at(i, i);
    strain[k_yz] = at(1, 2) + at(2, 1);
    strain[k_zx] = at(2, 0) + at(0, 2);
    strain[k_xy] = at(0, 1) + at(1, 0);
  }
};

/// From modal sums [component][mode]; inverse_h in 1/mm.
OSTEON_HD inline void gauss_gradients(const double modes[3][8], const double inverse_h[3], GaussGradients& all) {
  const double g = 0.57735026918962576451;
  OSTEON_UNROLL
  for (int i = 0; i < 3; ++i) {
    OSTEON_UNROLL
    for (int d = 0; d < 3; ++d) {
      const int own = 1 << d, first = 1 << (d + 1) % 3, second = 1 << (d + 2) % 3;
      const double scale = 0.25 * inverse_h[d];
      const double m0 = scale * modes[i][own], m1 = scale * g * modes[i][own | first],
                   m2 = scale * g * modes[i][own | second], m12 = scale * g * g * modes[i][7];
      all.g[i][d][0] = (m0 - m1) - (m2 - m12);
      all.g[i][d][1] = (m0 + m1) - (m2 + m12);
      all.g[i][d][2] = (m0 - m1) + (m2 - m12);
      all.g[i][d][3] = (m0 + m1) + (m2 + m12);
    }
  }
}

/// modes += B^T stress of point q; modes_to_nodes turns the sum into nodal forces.
OSTEON_HD inline void add_gauss_force(const double stress[6], const double inverse_h[3], int q, double modes[3][8]) {
  const double s[3][3] = {{stress[k_xx], stress[k_xy], stress[k_zx]},
                          {stress[k_xy], stress[k_yy], stress[k_yz]},
                          {stress[k_zx], stress[k_yz], stress[k_zz]}};
  for (int i = 0; i < 3; ++i)
    for (int d = 0; d < 3; ++d) {
      const double scaled = s[i][d] * inverse_h[d];
      for (int rest = 0; rest < 4; ++rest) {
        const int others = (rest & ((1 << d) - 1)) | ((rest >> d) << (d + 1));
        modes[i][others | 1 << d] += gauss_factor(others | 1 << d, d, q) * scaled;
      }
    }
}

}  // namespace osteon
