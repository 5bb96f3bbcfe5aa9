// SPDX-License-Identifier: Apache-2.0
// What criteria with a tensile and a compressive strength have in common.
#pragma once

#include "kernels/risk/risk_point.hpp"

/// For the text of a source.
#define OSTEON_YIELD_STRAIN_SOURCE                                                                              \
  "yield strains as for pstrain: Schileo et al. 2008, J Biomech 41:356, from Bayraktar et al. 2004, J Biomech " \
  "37:27 (recalled, check)"

namespace osteon::kernels {

/// Strengths are yield strains times the modulus of the voxel, so that heterogeneous bone works and every criterion
/// agrees with pstrain under uniaxial stress; or numbers in MPa for every voxel.
struct TwoStrengths {
  static constexpr RiskParameter k_parameters[] = {
      {"tensile_strain", 0.0073, "", "tensile strength / Young's modulus of the voxel"},
      {"compressive_strain", 0.0104, "", "compressive strength / Young's modulus of the voxel"},
      {"tensile_mpa", 0, "MPa", "one tensile strength for every voxel instead; 0 = tensile_strain", 0, false},
      {"compressive_mpa", 0, "MPa", "one compressive strength, likewise", 0, false}};

  OSTEON_HD TwoStrengths(const RiskPoint& point, const double p[])
      : tension_mpa(p[2] > 0 ? p[2] : p[0] * point.modulus_mpa),
        compression_mpa(p[3] > 0 ? p[3] : p[1] * point.modulus_mpa) {}

  double tension_mpa, compression_mpa;
};

}  // namespace osteon::kernels
