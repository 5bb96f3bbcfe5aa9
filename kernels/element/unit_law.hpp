// SPDX-License-Identifier: Apache-2.0
// Any linear elastic law as a 6x6 matrix in the order of voigt.hpp, and its turning.
#pragma once

#include "kernels/element/elasticity.hpp"
#include "kernels/element/voigt.hpp"
#include "osteon/core/real.hpp"

namespace osteon {

/// Voigt place of the tensor entry i, k.
OSTEON_HD constexpr int voigt_place(int i, int k) { return i == k ? i : 6 - i - k; }

/// stress_v = sum c[v][w] strain_w, symmetric, engineering shear; for modulus 1 where an element has a modulus.
/// `isotropic`: c is then lambda = c[0][1] and mu = c[3][3] alone, which is faster.
struct UnitLaw {
  double c[6][6] = {};
  bool isotropic = false;
};

inline UnitLaw unit_law(const Elasticity& law) {
  UnitLaw u;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) u.c[i][j] = law.normal[i][j];
    u.c[3 + i][3 + i] = law.shear[i];
  }
  const double lambda = u.c[0][1], mu = u.c[3][3], rounding = 1e-14 * (u.c[0][0] + mu);
  const auto same = [&](double a, double b) { return a - b <= rounding && b - a <= rounding; };
  u.isotropic = true;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      u.isotropic = u.isotropic && same(law.normal[i][j], lambda + (i == j ? 2 * mu : 0)) && same(law.shear[i], mu);
  return u;
}

/// The law in global axes of a material whose own axes are the rows of `axes` (orthonormal, in global components).
OSTEON_HD inline UnitLaw turned(const UnitLaw& local, const double axes[3][3]) {
  double t[6][6];  // strain in the material's axes = t * global strain
  for (int v = 0; v < 6; ++v)
    for (int k = 0; k < 3; ++k)
      for (int l = k; l < 3; ++l) {
        // Unit strain v: one normal entry, or two halves off the diagonal.
        const int i = v < 3 ? v : (v + 1) % 3, j = v < 3 ? v : (v + 2) % 3;
        const double entry = v < 3 ? axes[k][i] * axes[l][i] : (axes[k][i] * axes[l][j] + axes[k][j] * axes[l][i]) / 2;
        t[voigt_place(k, l)][v] = k == l ? entry : 2 * entry;
      }
  UnitLaw global;
  global.isotropic = local.isotropic;
  for (int v = 0; v < 6; ++v) {
    double ct[6];
    for (int w = 0; w < 6; ++w) {
      ct[w] = 0;
      for (int x = 0; x < 6; ++x) ct[w] += local.c[w][x] * t[x][v];
    }
    for (int u = 0; u < 6; ++u) {
      global.c[u][v] = 0;
      for (int w = 0; w < 6; ++w) global.c[u][v] += t[w][u] * ct[w];
    }
  }
  return global;
}

/// Block of the stiffness between two nodes: k_ij = sum over k, l of C_ikjl g_kl, with g_kl the integral of
/// (slope of the first node's function along k) (slope of the second's along l).
OSTEON_HD inline void stiffness_block(const UnitLaw& law, const double g[3][3], double block[3][3]) {
  if (law.isotropic) {
    const double lambda = law.c[0][1], mu = law.c[3][3], trace = mu * (g[0][0] + g[1][1] + g[2][2]);
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) block[i][j] = (i == j ? trace : 0) + (lambda * g[i][j] + mu * g[j][i]);
    return;
  }
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      double sum = 0;
      for (int k = 0; k < 3; ++k)
        for (int l = 0; l < 3; ++l) sum += law.c[voigt_place(i, k)][voigt_place(j, l)] * g[k][l];
      block[i][j] = sum;
    }
}

/// block = axes^T block axes: from the material's axes to the global ones.
OSTEON_HD inline void turn_block(const double axes[3][3], double block[3][3]) {
  double half[3][3];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      half[i][j] = block[i][0] * axes[0][j] + block[i][1] * axes[1][j] + block[i][2] * axes[2][j];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j)
      block[i][j] = axes[0][i] * half[0][j] + axes[1][i] * half[1][j] + axes[2][i] * half[2][j];
}

}  // namespace osteon
