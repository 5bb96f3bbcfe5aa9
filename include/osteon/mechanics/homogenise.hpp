// SPDX-License-Identifier: Apache-2.0
// The 6x6 apparent stiffness of a sample from six strain states (kinematic uniform displacement boundary).
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "osteon/mechanics/fields.hpp"

namespace osteon {

/// Six load cases of type `strain` with unit size `strain` (engineering shear), in Voigt order, names "e_xx" ...
/// "e_xy".
std::vector<LoadCaseSpec> homogenisation_load_cases(double strain);

/// Apparent stiffness C (MPa, row-major, voigt.hpp order) = volume average of stress over the grid's box.
using Matrix6 = std::array<double, 36>;

struct HomogenisedStiffness {
  Matrix6 stiffness_mpa{};  ///< symmetrised
  double asymmetry = 0;     ///< max |C - C^T| / max |C| before that
  /// The constants come from the compliance; all zero when the stiffness is not positive definite (a sample that
  /// carries nothing in some direction has none).
  std::array<double, 3> youngs_modulus_mpa{};  ///< E_x, E_y, E_z
  std::array<double, 3> shear_modulus_mpa{};   ///< G_yz, G_zx, G_xy
  std::array<double, 6>
      poisson_ratio{};  ///< nu_xy nu_xz nu_yx nu_yz nu_zx nu_zy; nu_xy = -e_y / e_x under stress along x
};

/// `displacements` are the six solutions in the order of homogenisation_load_cases.
HomogenisedStiffness homogenise(const ElasticModel& model, const std::vector<std::vector<double>>& displacements,
                                double strain);

}  // namespace osteon
