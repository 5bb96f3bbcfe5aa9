// SPDX-License-Identifier: Apache-2.0
// Windows of distortional and dilatational strain after the Ulm model (Simon, Augat, Utz, Claes 2011, CMBBE 14:79, doi
// 10.1080/10255842.2010.499865; Steiner et al. 2013, J R Soc Interface 10:20130389): bone where both are low, cartilage
// where dilatation is compressive, connective tissue where distortion or dilatation destroys. The published model is a
// set of fuzzy rules on perfusion and neighbours too; this keeps its mechanical windows, cut at the middle of the
// published overlaps (assumption).
#pragma once

#include "kernels/stimulus/rules/switches.hpp"

namespace osteon::kernels {

struct DistortionDilatationRule {
  OSTEON_HD static Fate fate(const double strain[6], const double[6], double, const StimulusParameters& p,
                             double disuse_before) {
    const double distortion = 1.06066017177982128660 * octahedral_shear_strain(strain);  // 3 / (2 sqrt 2)
    const double dilatation = (strain[k_xx] + strain[k_yy] + strain[k_zz]) / 3;
    return windows(distortion, dilatation, p, disuse_before);
  }

  OSTEON_HD static Fate windows(double distortion, double dilatation, const StimulusParameters& p,
                                double disuse_before) {
    constexpr double k_zero_distortion = 3e-4, k_zero_dilatation = 2e-4;  // middle of zero | low
    Fate fate;
    fate.value = distortion;
    const double activity = std::fmax(distortion / k_zero_distortion, std::fabs(dilatation) / k_zero_dilatation);
    fate.disuse = disuse_with_memory(activity, 1, 0, p.hysteresis, disuse_before);
    const double size = std::fabs(dilatation);
    if (distortion >= p.distortion_destructive || size >= p.dilatation_destructive) {
      fate.fibrous = 1;
    } else if (distortion < p.distortion_bone && size < p.dilatation_bone) {
      fate.bone = 1 - fate.disuse;
    } else if (dilatation < 0) {
      fate.cartilage = 1;
    } else {
      fate.fibrous = 1;
    }
    return fate;
  }
};

}  // namespace osteon::kernels
