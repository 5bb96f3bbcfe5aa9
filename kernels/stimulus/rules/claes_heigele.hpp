// SPDX-License-Identifier: Apache-2.0
// Windows of the hydrostatic stress p (tension positive) and the largest principal strain by size e (Claes and Heigele
// 1999, J Biomech 32:255, doi 10.1016/S0021-9290(98)00153-5): intramembranous bone where |p| < 0.15 MPa and |e| < 5 %,
// endochondral (cartilage) where p < -0.15 MPa and |e| < 15 %, else connective tissue. Resorption where both are tiny
// is an addition of the open code named in the reference (check). Sharp windows, as published.
#pragma once

#include "kernels/stimulus/rules/switches.hpp"
#include "kernels/strain/principal.hpp"

namespace osteon::kernels {

struct ClaesHeigeleRule {
  OSTEON_HD static Fate fate(const double strain[6], const double stress[6], double, const StimulusParameters& p,
                             double disuse_before) {
    double e[3];
    principal_values(strain, 0.5, e);
    const double size = std::fmax(std::fabs(e[0]), std::fabs(e[2]));
    const double pressure = (stress[k_xx] + stress[k_yy] + stress[k_zz]) / 3;
    return windows(size, pressure, p, disuse_before);
  }

  OSTEON_HD static Fate windows(double strain, double hydrostatic_mpa, const StimulusParameters& p,
                                double disuse_before) {
    Fate fate;
    fate.value = strain;
    // The larger of the two shares of its threshold decides, so one number carries the hysteresis.
    const double activity =
        std::fmax(strain / p.resorption_strain, std::fabs(hydrostatic_mpa) / p.resorption_pressure_mpa);
    fate.disuse = disuse_with_memory(activity, 1, 0, p.hysteresis, disuse_before);
    if (std::fabs(hydrostatic_mpa) < p.bone_pressure_mpa && strain < p.bone_strain) {
      fate.bone = 1 - fate.disuse;
    } else if (hydrostatic_mpa <= -p.bone_pressure_mpa && strain < p.cartilage_strain) {
      fate.cartilage = 1;
    } else {
      fate.fibrous = 1;
    }
    return fate;
  }
};

}  // namespace osteon::kernels
