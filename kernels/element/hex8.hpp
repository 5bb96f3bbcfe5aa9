// SPDX-License-Identifier: Apache-2.0
// The eight-node box element ("voxel") with exact integration, written once for host and device.
//
// Local node a has the corner bits x = a & 1, y = a >> 1 & 1, z = a >> 2. Degree of freedom 3 a + component.
// In the Walsh-Hadamard basis of the eight nodes (mode bit d set = difference along axis d) the reflections
// x -> -x, y -> -y, z -> -z act as sign flips, so for a law with the image axes as symmetry planes the 24x24
// stiffness falls into eight 3x3 blocks: block r couples (u_x, mode r^1), (u_y, mode r^2), (u_z, mode r^4).
// Mode 0 (translation) carries no force, which leaves 45 non-zeros out of 576.
#pragma once

#include "kernels/element/elasticity.hpp"
#include "kernels/element/voigt.hpp"
#include "osteon/core/real.hpp"

namespace osteon {

/// One sign of the 8x8 Hadamard matrix: +1 / -1 of mode m at node a.
OSTEON_HD constexpr int hadamard_sign(int mode, int node) {
  int sign = 1;
  for (int d = 0; d < 3; ++d)
    if ((mode >> d & 1) && !(node >> d & 1)) sign = -sign;
  return sign;
}

/// Plain modal sums of eight nodal values; the transposed sums take modal forces back to nodes.
template <class Real>
OSTEON_HD inline void nodes_to_modes(Real v[8]) {
  for (int bit = 1; bit < 8; bit *= 2)
    for (int i = 0; i < 8; ++i)
      if (!(i & bit)) {
        const Real low = v[i], high = v[i | bit];
        v[i] = low + high;
        v[i | bit] = high - low;
      }
}
template <class Real>
OSTEON_HD inline void modes_to_nodes(Real v[8]) {
  for (int bit = 1; bit < 8; bit *= 2)
    for (int i = 0; i < 8; ++i)
      if (!(i & bit)) {
        const Real sum = v[i], difference = v[i | bit];
        v[i] = sum - difference;
        v[i | bit] = sum + difference;
      }
}

/// The eight symmetric 3x3 blocks of the element stiffness in the Walsh-Hadamard basis, N/mm:
/// force mode = block * displacement mode when modes are plain (unnormalised) sums over the nodes and nodal forces are
/// recovered by the transposed plain sums. K = H^T blocks H.
template <class Real>
struct Hex8Blocks {
  Real block[8][3][3];
};

/// Exact integral of the trilinear box with edges h (mm). Integrals of products of shape-function gradients separate
/// into 1-D factors: difference modes carry (h_d)^-1, linear modes the factor 1/3 of the second moment.
inline Hex8Blocks<double> hex8_blocks(const Elasticity& c, const double h[3]) {
  // u_i = sum_m c_m prod_{d in m} xi_d with xi in [-1,1] and c_m = modal sum / 8.
  // d/dx_d of mode m (d in m) is (2/h_d) * mode(m ^ bit d); modes are orthogonal over the element with
  // squared norm V / 3^popcount.
  const double volume = h[0] * h[1] * h[2];
  auto norm = [&](int mode) {
    double v = volume;
    for (int d = 0; d < 3; ++d)
      if (mode >> d & 1) v /= 3;
    return v;
  };
  Hex8Blocks<double> s{};
  for (int r = 0; r < 8; ++r)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        const int mode_i = r ^ (1 << i), mode_j = r ^ (1 << j);
        double sum = 0;
        // Normal-normal coupling: e_ii from mode_i, e_jj from mode_j; both must leave the same mode r.
        if ((mode_i >> i & 1) && (mode_j >> j & 1)) sum += c.normal[i][j] * 4 / (h[i] * h[j]) * norm(r);
        if (i == j) {
          for (int d = 0; d < 3; ++d) {
            if (d == i || !(mode_i >> d & 1)) continue;
            const int shear = 3 - i - d;  // yz, zx, xy = 0, 1, 2: the axis that is missing
            sum += c.shear[shear] * 4 / (h[d] * h[d]) * norm(mode_i ^ (1 << d));
          }
        } else if ((mode_i >> j & 1) && (mode_j >> i & 1)) {
          const int shear = 3 - i - j;
          sum += c.shear[shear] * 4 / (h[i] * h[j]) * norm(mode_i ^ (1 << j));
        }
        s.block[r][i][j] = sum / 64;
      }
  return s;
}

/// force modes += modulus * blocks * displacement modes of one element; arrays are [component][mode], 45 products.
/// `Value` is Real, or a vector of Real when eight or sixteen elements go together. Mode 0 carries nothing.
template <class Real, class Value>
OSTEON_HD OSTEON_ALWAYS_INLINE void add_modal_force(const Hex8Blocks<Real>& s, const Value& modulus,
                                                    const Value m[3][8], Value f[3][8]) {
  auto couple_three = [&](int r, int mx, int my, int mz) {
    const auto& k = s.block[r];
    f[0][mx] += modulus * (m[0][mx] * k[0][0] + m[1][my] * k[0][1] + m[2][mz] * k[0][2]);
    f[1][my] += modulus * (m[0][mx] * k[0][1] + m[1][my] * k[1][1] + m[2][mz] * k[1][2]);
    f[2][mz] += modulus * (m[0][mx] * k[0][2] + m[1][my] * k[1][2] + m[2][mz] * k[2][2]);
  };
  auto couple_two = [&](int r, int i, int j) {
    const auto& k = s.block[r];
    const int mi = r ^ (1 << i), mj = r ^ (1 << j);
    f[i][mi] += modulus * (m[i][mi] * k[i][i] + m[j][mj] * k[i][j]);
    f[j][mj] += modulus * (m[i][mi] * k[i][j] + m[j][mj] * k[j][j]);
  };
  auto single = [&](int r, int i) { f[i][7] += modulus * (m[i][7] * s.block[r][i][i]); };
  couple_three(0, 1, 2, 4);
  couple_three(7, 6, 5, 3);
  couple_two(1, 1, 2);
  couple_two(2, 0, 2);
  couple_two(4, 0, 1);
  couple_two(3, 0, 1);
  couple_two(5, 0, 2);
  couple_two(6, 1, 2);
  single(3, 2);
  single(5, 1);
  single(6, 0);
}

/// Strain at the centroid (which for a box is also the element mean) from the 24 nodal displacements; Voigt order of
/// voigt.hpp, engineering shear.
template <class Real>
OSTEON_HD inline void hex8_centroid_strain(const Real u[24], const Real inverse_h[3], Real strain[6]) {
  Real g[3][3];  // g[i][d] = d u_i / d x_d
  for (int i = 0; i < 3; ++i)
    for (int d = 0; d < 3; ++d) {
      Real sum = 0;
      for (int a = 0; a < 8; ++a) sum += (a >> d & 1) ? u[3 * a + i] : -u[3 * a + i];
      g[i][d] = sum * inverse_h[d] * Real(0.25);
    }
  strain[k_xx] = g[0][0];
  strain[k_yy] = g[1][1];
  strain[k_zz] = g[2][2];
  strain[k_yz] = g[1][2] + g[2][1];
  strain[k_zx] = g[2][0] + g[0][2];
  strain[k_xy] = g[0][1] + g[1][0];
}

/// The plain 24x24 stiffness by 2x2x2 Gauss integration: the readable form, used by tests, by the check after each
/// solve and by the set-up; never by the hot loop. K is row-major.
inline void hex8_stiffness(const Elasticity& c, const double h[3], double k[24][24]) {
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < 24; ++j) k[i][j] = 0;
  const double g = 0.57735026918962576451;  // 1/sqrt(3)
  for (int q = 0; q < 8; ++q) {
    double b[6][24] = {};
    for (int a = 0; a < 8; ++a) {
      double n[3], dn[3];
      for (int d = 0; d < 3; ++d) {
        const double sign = (a >> d & 1) ? 1 : -1;
        const double xi = (q >> d & 1) ? g : -g;
        n[d] = (1 + sign * xi) / 2;
        dn[d] = sign / h[d];
      }
      const double gx = dn[0] * n[1] * n[2], gy = n[0] * dn[1] * n[2], gz = n[0] * n[1] * dn[2];
      b[k_xx][3 * a] = gx;
      b[k_yy][3 * a + 1] = gy;
      b[k_zz][3 * a + 2] = gz;
      b[k_yz][3 * a + 1] = gz, b[k_yz][3 * a + 2] = gy;
      b[k_zx][3 * a] = gz, b[k_zx][3 * a + 2] = gx;
      b[k_xy][3 * a] = gy, b[k_xy][3 * a + 1] = gx;
    }
    const double weight = h[0] * h[1] * h[2] / 8;
    for (int j = 0; j < 24; ++j) {
      double strain[6], stress[6];
      for (int v = 0; v < 6; ++v) strain[v] = b[v][j];
      stress_from_strain(c, strain, stress);
      for (int i = 0; i < 24; ++i) {
        double sum = 0;
        for (int v = 0; v < 6; ++v) sum += b[v][i] * stress[v];
        k[i][j] += weight * sum;
      }
    }
  }
}

}  // namespace osteon
