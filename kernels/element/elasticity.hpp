// SPDX-License-Identifier: Apache-2.0
// Linear elastic laws in the axes of the image, as nine constants.
#pragma once

#include "osteon/core/real.hpp"

namespace osteon {

/// Symmetric elasticity with the image axes as symmetry planes (isotropic included), MPa.
/// stress_n = sum_m normal[n][m] strain_m; stress_yz = shear[0] gamma_yz, zx, xy likewise.
struct Elasticity {
  double normal[3][3] = {};
  double shear[3] = {};
};

/// Isotropic law. `youngs_modulus_mpa` > 0, -1 < nu < 0.5.
OSTEON_HD inline Elasticity isotropic_elasticity(double youngs_modulus_mpa, double poisson_ratio) {
  const double nu = poisson_ratio;
  const double lambda = youngs_modulus_mpa * nu / ((1 + nu) * (1 - 2 * nu));
  const double mu = youngs_modulus_mpa / (2 * (1 + nu));
  Elasticity c;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) c.normal[i][j] = lambda + (i == j ? 2 * mu : 0);
    c.shear[i] = mu;
  }
  return c;
}

/// Engineering constants of an orthotropic law in image axes; nu_xy = -strain_y / strain_x under stress along x.
struct OrthotropicConstants {
  double e_x = 0, e_y = 0, e_z = 0;        ///< MPa
  double nu_xy = 0, nu_yz = 0, nu_zx = 0;
  double g_yz = 0, g_zx = 0, g_xy = 0;     ///< MPa
};

/// Inverts the compliance. Returns false (and leaves `c`) unless the law is positive definite.
OSTEON_HD inline bool orthotropic_elasticity(const OrthotropicConstants& k, Elasticity& c) {
  if (!(k.e_x > 0 && k.e_y > 0 && k.e_z > 0 && k.g_yz > 0 && k.g_zx > 0 && k.g_xy > 0)) return false;
  const double s00 = 1 / k.e_x, s11 = 1 / k.e_y, s22 = 1 / k.e_z;
  const double s01 = -k.nu_xy / k.e_x, s12 = -k.nu_yz / k.e_y, s02 = -k.nu_zx / k.e_z;
  const double c00 = s11 * s22 - s12 * s12, c01 = s02 * s12 - s01 * s22, c02 = s01 * s12 - s02 * s11;
  const double minor2 = s00 * s11 - s01 * s01;
  const double determinant = s00 * c00 + s01 * c01 + s02 * c02;
  if (!(minor2 > 0 && determinant > 0)) return false;
  const double c11 = s00 * s22 - s02 * s02, c12 = s01 * s02 - s00 * s12;
  const double inverse[3][3] = {{c00, c01, c02}, {c01, c11, c12}, {c02, c12, minor2}};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) c.normal[i][j] = inverse[i][j] / determinant;
  c.shear[0] = k.g_yz;
  c.shear[1] = k.g_zx;
  c.shear[2] = k.g_xy;
  return true;
}

/// stress = C strain, both in the Voigt order of voigt.hpp; in and out must not overlap.
template <class Real>
OSTEON_HD inline void stress_from_strain(const Elasticity& c, const Real strain[6], Real stress[6]) {
  for (int i = 0; i < 3; ++i) {
    stress[i] = Real(c.normal[i][0]) * strain[0] + Real(c.normal[i][1]) * strain[1] + Real(c.normal[i][2]) * strain[2];
    stress[3 + i] = Real(c.shear[i]) * strain[3 + i];
  }
}

}  // namespace osteon
