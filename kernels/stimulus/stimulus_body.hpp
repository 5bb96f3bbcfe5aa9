// SPDX-License-Identifier: Apache-2.0
// One site of the stimulus, called by both loops, and the rule it follows.
#pragma once

#include "kernels/stimulus/rules/claes_heigele.hpp"
#include "kernels/stimulus/rules/distortion_dilatation.hpp"
#include "kernels/stimulus/rules/octahedral_strain.hpp"
#include "kernels/strain/strain_body.hpp"

namespace osteon::kernels {

/// One case per rule.
OSTEON_HD inline Fate fate_of(const StimulusParameters& p, const double strain[6], const double stress[6],
                              double flow_mm_s, double disuse_before) {
  switch (p.rule) {
    case StimulusRule::octahedral_strain:
      return OctahedralStrainRule::fate(strain, stress, 0, p, disuse_before);
    case StimulusRule::octahedral_strain_and_flow:
      return OctahedralStrainRule::fate(strain, stress, flow_mm_s, p, disuse_before);
    case StimulusRule::claes_heigele:
      return ClaesHeigeleRule::fate(strain, stress, flow_mm_s, p, disuse_before);
    case StimulusRule::distortion_dilatation:
      return DistortionDilatationRule::fate(strain, stress, flow_mm_s, p, disuse_before);
  }
  return {};
}

/// Strain of a site at its centre, times strain_scale.
OSTEON_HD inline void site_strain(const StimulusInput& input, std::size_t site, double strain[6]) {
  const std::uint32_t place = input.sites.place[site];
  const int local = static_cast<int>(place % 512);
  double u[24];
  gather_element(input.strain.grid, static_cast<std::int32_t>(place / 512), local % 8, local / 8 % 8, local / 64,
                 input.strain.displacement_mm, u);
  const double inverse_h[3] = {1 / input.strain.spacing_mm[0], 1 / input.strain.spacing_mm[1],
                               1 / input.strain.spacing_mm[2]};
  hex8_centroid_strain(u, inverse_h, strain);
  for (int v = 0; v < 6; ++v) strain[v] *= input.strain_scale;
}

struct EvaluateStimulus {
  StimulusInput input;
  StimulusParameters parameters;
  double* fate;
  double* value;
  double* largest_strain;
  OSTEON_HD void operator()(std::size_t site) const {
    double strain[6], stress[6], principal[3];
    site_strain(input, site, strain);
    const std::uint32_t element = input.sites.element[site];
    stress_from_strain(input.strain.palette[input.strain.palette_index[element]], strain, stress);
    const double modulus = static_cast<double>(input.strain.modulus_mpa[element]);
    for (int v = 0; v < 6; ++v) stress[v] *= modulus;
    const std::size_t n = input.sites.count;
    const double flow = input.flow_mm_s == nullptr ? 0 : input.flow_mm_s[site];
    const Fate f = fate_of(parameters, strain, stress, flow, fate[4 * n + site]);
    fate[site] = f.fibrous;
    fate[n + site] = f.cartilage;
    fate[2 * n + site] = f.bone;
    fate[3 * n + site] = f.mature;
    fate[4 * n + site] = f.disuse;
    value[site] = f.value;
    principal_values(strain, 0.5, principal);
    largest_strain[site] = std::fmax(std::fabs(principal[0]), std::fabs(principal[2]));
  }
};

struct VolumetricStrain {
  StimulusInput input;
  double* volumetric;
  OSTEON_HD void operator()(std::size_t site) const {
    double strain[6];
    site_strain(input, site, strain);
    volumetric[site] = strain[k_xx] + strain[k_yy] + strain[k_zz];
  }
};

}  // namespace osteon::kernels
