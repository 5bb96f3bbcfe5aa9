// SPDX-License-Identifier: Apache-2.0
// Invariants of one symmetric 3x3 tensor: principal values and von Mises stress, for host and device.
#pragma once

#include <cmath>

#include "kernels/element/voigt.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

/// Puts three values in descending order.
OSTEON_HD inline void sort_descending(double v[3]) {
  for (int pass = 0; pass < 2; ++pass)
    for (int i = 0; i < 2 - pass; ++i)
      if (v[i] < v[i + 1]) {
        const double t = v[i];
        v[i] = v[i + 1];
        v[i + 1] = t;
      }
}

/// Cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations, 8.5); destroys `a`. Backward stable, so also right
/// where two eigenvalues meet. Convergence is quadratic: eight sweeps are more than enough.
OSTEON_HD inline void jacobi_eigenvalues(double a[3][3], double values[3]) {
  for (int sweep = 0; sweep < 8; ++sweep) {
    if (a[0][1] == 0 && a[0][2] == 0 && a[1][2] == 0) break;
    for (int p = 0; p < 2; ++p)
      for (int q = p + 1; q < 3; ++q) {
        if (a[p][q] == 0) continue;
        const double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        const double t = (theta >= 0 ? 1 : -1) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        const int r = 3 - p - q;
        const double arp = a[r][p], arq = a[r][q];
        a[p][p] -= t * a[p][q];
        a[q][q] += t * a[p][q];
        a[p][q] = a[q][p] = 0;
        a[r][p] = a[p][r] = c * arp - s * arq;
        a[r][q] = a[q][r] = s * arp + c * arq;
      }
  }
  for (int i = 0; i < 3; ++i) values[i] = a[i][i];
}

/// Eigenvalues of a symmetric tensor in Voigt order, descending; `shear_factor` is 0.5 for engineering strains, 1 for
/// stresses. Trigonometric closed form (Smith 1961, Commun. ACM 4:168, doi 10.1145/355578.366316). Where two
/// eigenvalues nearly meet, the arc cosine loses up to half the digits and Jacobi takes over. Error below 1e-12 of the
/// tensor's norm.
OSTEON_HD inline void principal_values(const double tensor[6], double shear_factor, double values[3]) {
  double scale = 0;
  for (int i = 0; i < 6; ++i) {
    const double size = std::fabs(tensor[i]);
    if (size > scale || size != size) scale = size;  // a NaN stays
  }
  values[0] = values[1] = values[2] = scale;
  if (!(scale > 0)) return;
  const double f = shear_factor / scale;
  const double yz = tensor[k_yz] * f, zx = tensor[k_zx] * f, xy = tensor[k_xy] * f;
  const double mean = (tensor[k_xx] + tensor[k_yy] + tensor[k_zz]) / (3 * scale);
  const double x = tensor[k_xx] / scale - mean, y = tensor[k_yy] / scale - mean, z = tensor[k_zz] / scale - mean;
  const double p = std::sqrt((x * x + y * y + z * z + 2 * (yz * yz + zx * zx + xy * xy)) / 6);
  const double determinant = x * (y * z - yz * yz) - xy * (xy * z - yz * zx) + zx * (xy * yz - y * zx);
  const double cosine = determinant / (2 * p * p * p);  // of three times the Lode angle; NaN when p = 0
  const double safe = 1 - 1e-4;
  if (cosine > -safe && cosine < safe) {
    const double angle = std::acos(cosine) / 3;
    const double third_of_turn = 2.09439510239319549231;  // 2 pi / 3
    values[0] = mean + 2 * p * std::cos(angle);
    values[2] = mean + 2 * p * std::cos(angle + third_of_turn);
    values[1] = 3 * mean - values[0] - values[2];
  } else {
    double a[3][3] = {{x, xy, zx}, {xy, y, yz}, {zx, yz, z}};
    jacobi_eigenvalues(a, values);
    for (int i = 0; i < 3; ++i) values[i] += mean;
  }
  for (int i = 0; i < 3; ++i) values[i] *= scale;
  sort_descending(values);
}

/// sqrt(3 J2), MPa when the stress is.
OSTEON_HD inline double von_mises(const double stress[6]) {
  const double a = stress[k_xx] - stress[k_yy], b = stress[k_yy] - stress[k_zz], c = stress[k_zz] - stress[k_xx];
  const double shear = stress[k_yz] * stress[k_yz] + stress[k_zx] * stress[k_zx] + stress[k_xy] * stress[k_xy];
  return std::sqrt((a * a + b * b + c * c) / 2 + 3 * shear);
}

}  // namespace osteon::kernels
