// SPDX-License-Identifier: Apache-2.0
// S = gamma_oct / a + v / b (Prendergast, Huiskes, Soballe 1997, J Biomech 30:539, doi 10.1016/S0021-9290(96)00140-6;
// Lacroix and Prendergast 2002, J Biomech 35:1163, doi 10.1016/S0021-9290(02)00086-6): fibrous tissue above 3,
// cartilage to 1, bone to 0.01, resorption below. Without v it is the strain-only variant of Isaksson et al. 2006
// (J Biomech 39:1507). The smooth switches are this project's (assumption).
#pragma once

#include "kernels/stimulus/rules/switches.hpp"

namespace osteon::kernels {

/// The windows for a given S; `disuse_before` is yesterday's.
OSTEON_HD inline Fate fate_of_stimulus(double s, const StimulusParameters& p, double disuse_before) {
  Fate fate;
  fate.value = s;
  fate.disuse = disuse_with_memory(s, p.resorption_below, p.resorption_width, p.hysteresis, disuse_before);
  const double not_bone = above(s, p.cartilage_above, p.cartilage_width);
  fate.fibrous = above(s, p.fibrous_above, p.fibrous_width);
  fate.cartilage = not_bone * (1 - fate.fibrous);
  fate.bone = (1 - not_bone) * (1 - fate.disuse);
  fate.mature = s <= p.mature_below ? 1 : 0;
  return fate;
}

struct OctahedralStrainRule {
  OSTEON_HD static Fate fate(const double strain[6], const double[6], double flow_mm_s, const StimulusParameters& p,
                             double disuse_before) {
    const double s = octahedral_shear_strain(strain) / p.strain_unit + flow_mm_s / p.flow_unit_mm_s;
    return fate_of_stimulus(s, p, disuse_before);
  }
};

}  // namespace osteon::kernels
