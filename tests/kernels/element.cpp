// SPDX-License-Identifier: Apache-2.0
// The eight-node box element: closed-form facts, and the Walsh-Hadamard form against Gauss integration.
#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "kernels/element/hex8.hpp"

using namespace osteon;

namespace {

using Matrix24 = Eigen::Matrix<double, 24, 24>;
using Vector24 = Eigen::Matrix<double, 24, 1>;

struct Case {
  const char* name;
  Elasticity law;
  std::array<double, 3> h;
};

Elasticity orthotropic() {
  Elasticity c;
  REQUIRE(orthotropic_elasticity({9000, 12000, 17000, 0.25, 0.31, 0.4, 4500, 3900, 3300}, c));
  return c;
}

std::vector<Case> cases() {
  return {{"isotropic cube", isotropic_elasticity(6829, 0.3), {0.082, 0.082, 0.082}},
          {"isotropic box", isotropic_elasticity(10000, 0.45), {0.5, 0.7, 1.9}},
          {"negative Poisson's ratio", isotropic_elasticity(1, -0.4), {1, 2, 3}},
          {"orthotropic box", orthotropic(), {0.06, 0.11, 0.09}}};
}

Matrix24 gauss(const Case& c) {
  double k[24][24];
  hex8_stiffness(c.law, c.h.data(), k);
  Matrix24 m;
  for (int i = 0; i < 24; ++i)
    for (int j = 0; j < 24; ++j) m(i, j) = k[i][j];
  return m;
}

/// H^T blocks H, written out.
Matrix24 walsh_hadamard(const Case& c) {
  const Hex8Blocks<double> s = hex8_blocks(c.law, c.h.data());
  Matrix24 m = Matrix24::Zero();
  for (int r = 0; r < 8; ++r)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        for (int a = 0; a < 8; ++a)
          for (int b = 0; b < 8; ++b)
            m(3 * a + i, 3 * b + j) +=
                hadamard_sign(r ^ (1 << i), a) * s.block[r][i][j] * hadamard_sign(r ^ (1 << j), b);
  return m;
}

Eigen::Vector3d corner(const Case& c, int a) { return {(a & 1) * c.h[0], (a >> 1 & 1) * c.h[1], (a >> 2) * c.h[2]}; }

Vector24 rigid_motion(const Case& c, int motion) {
  Vector24 u;
  for (int a = 0; a < 8; ++a) {
    Eigen::Vector3d v = Eigen::Vector3d::Zero();
    if (motion < 3)
      v[motion] = 1;
    else
      v = Eigen::Vector3d::Unit(motion - 3).cross(corner(c, a));
    u.segment<3>(3 * a) = v;
  }
  return u;
}

}  // namespace

TEST_CASE("the element stiffness is symmetric and its rows sum to zero per component") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const Matrix24 k = gauss(c);
    CHECK((k - k.transpose()).norm() < 1e-14 * k.norm());
    for (int component = 0; component < 3; ++component) {
      Vector24 sum = Vector24::Zero();
      for (int a = 0; a < 8; ++a) sum += k.col(3 * a + component);
      CHECK(sum.norm() < 1e-14 * k.norm());
    }
  }
}

TEST_CASE("six rigid motions have no force; the other 18 eigenvalues are positive") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const Matrix24 k = gauss(c);
    for (int motion = 0; motion < 6; ++motion) {
      const Vector24 u = rigid_motion(c, motion);
      CHECK((k * u).norm() < 1e-14 * k.norm() * u.norm());
    }
    const auto values = Eigen::SelfAdjointEigenSolver<Matrix24>(k).eigenvalues();
    for (int i = 0; i < 6; ++i) CHECK(std::abs(values[i]) < 1e-13 * values[23]);
    CHECK(values[6] > 1e-3 * values[23]);
  }
}

TEST_CASE("the Walsh-Hadamard form equals Gauss integration") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    CHECK((walsh_hadamard(c) - gauss(c)).norm() < 1e-14 * gauss(c).norm());
  }
}

TEST_CASE("the Walsh-Hadamard form has at most 45 non-zeros and none on the translations") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const Hex8Blocks<double> s = hex8_blocks(c.law, c.h.data());
    int nonzeros = 0;
    for (int r = 0; r < 8; ++r)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
          nonzeros += s.block[r][i][j] != 0;
          if (r == 1 << i || r == 1 << j) CHECK(s.block[r][i][j] == 0);
        }
    CHECK(nonzeros == 45);
  }
}

TEST_CASE("an isotropic cube looks the same after each of the 48 cube symmetries") {
  const Case c{"isotropic cube", isotropic_elasticity(6829, 0.3), {0.7, 0.7, 0.7}};
  const Matrix24 k = gauss(c);
  int permutation[3] = {0, 1, 2};
  int count = 0;
  do {
    for (int flips = 0; flips < 8; ++flips, ++count) {
      Matrix24 q = Matrix24::Zero();  // moves nodes and turns their displacements
      for (int a = 0; a < 8; ++a) {
        int image = 0;
        for (int d = 0; d < 3; ++d) image |= ((a >> d & 1) ^ (flips >> d & 1)) << permutation[d];
        for (int d = 0; d < 3; ++d) q(3 * image + permutation[d], 3 * a + d) = (flips >> d & 1) ? -1 : 1;
      }
      CHECK((q * k * q.transpose() - k).norm() < 1e-14 * k.norm());
    }
  } while (std::next_permutation(permutation, permutation + 3));
  CHECK(count == 48);
}

TEST_CASE("stiffness times a linear displacement is the surface traction of its constant stress") {
  for (const Case& c : cases()) {
    CAPTURE(c.name);
    const double strain[6] = {1e-3, -2e-3, 5e-4, 3e-3, -1e-3, 2e-3};
    double stress[6];
    stress_from_strain(c.law, strain, stress);
    Vector24 u, f;
    for (int a = 0; a < 8; ++a) {
      const Eigen::Vector3d r = corner(c, a);
      const Eigen::Vector3d v(strain[k_xx] * r[0] + strain[k_xy] / 2 * r[1] + strain[k_zx] / 2 * r[2],
                              strain[k_xy] / 2 * r[0] + strain[k_yy] * r[1] + strain[k_yz] / 2 * r[2],
                              strain[k_zx] / 2 * r[0] + strain[k_yz] / 2 * r[1] + strain[k_zz] * r[2]);
      u.segment<3>(3 * a) = v;
      // a quarter of each of the three faces that meet at the corner
      Eigen::Vector3d n;
      for (int d = 0; d < 3; ++d) n[d] = ((a >> d & 1) ? 1 : -1) * c.h[(d + 1) % 3] * c.h[(d + 2) % 3] / 4;
      f.segment<3>(3 * a) = Eigen::Vector3d(stress[k_xx] * n[0] + stress[k_xy] * n[1] + stress[k_zx] * n[2],
                                            stress[k_xy] * n[0] + stress[k_yy] * n[1] + stress[k_yz] * n[2],
                                            stress[k_zx] * n[0] + stress[k_yz] * n[1] + stress[k_zz] * n[2]);
    }
    CHECK((gauss(c) * u - f).norm() < 1e-13 * f.norm());
    double mean[6];
    const double inverse_h[3] = {1 / c.h[0], 1 / c.h[1], 1 / c.h[2]};
    hex8_centroid_strain(u.data(), inverse_h, mean);
    for (int v = 0; v < 6; ++v) CHECK(std::abs(mean[v] - strain[v]) < 1e-17);
  }
}

TEST_CASE("the centroid strain is the mean of the Gauss points' strains") {
  const std::array<double, 3> h = {0.5, 0.7, 1.9};
  double u[24];
  for (int i = 0; i < 24; ++i) u[i] = std::sin(3.7 * i + 0.4);
  double mean[6] = {};
  for (int q = 0; q < 8; ++q) {
    double gradient[3][3] = {};  // du_i/dx_d of the trilinear field at the Gauss point
    for (int a = 0; a < 8; ++a)
      for (int d = 0; d < 3; ++d) {
        double shape = ((a >> d & 1) ? 1 : -1) / h[static_cast<std::size_t>(d)];
        for (int e = 0; e < 3; ++e)
          if (e != d) shape *= 0.5 + ((a >> e & 1) == (q >> e & 1) ? 1 : -1) * 0.5 / std::sqrt(3.0);
        for (int i = 0; i < 3; ++i) gradient[i][d] += shape * u[3 * a + i];
      }
    const double strain[6] = {gradient[0][0],
                              gradient[1][1],
                              gradient[2][2],
                              gradient[1][2] + gradient[2][1],
                              gradient[2][0] + gradient[0][2],
                              gradient[0][1] + gradient[1][0]};
    for (int v = 0; v < 6; ++v) mean[v] += strain[v] / 8;
  }
  const double inverse_h[3] = {1 / h[0], 1 / h[1], 1 / h[2]};
  double centroid[6];

  hex8_centroid_strain(u, inverse_h, centroid);

  for (int v = 0; v < 6; ++v) CHECK(centroid[v] == doctest::Approx(mean[v]).epsilon(1e-13));
}

TEST_CASE("the orthotropic law inverts its compliance and contains the isotropic one") {
  const OrthotropicConstants k{9000, 12000, 17000, 0.25, 0.31, 0.4, 4500, 3900, 3300};
  Elasticity c;
  REQUIRE(orthotropic_elasticity(k, c));
  const double nu_zx_over_ez = c.normal[0][2] - c.normal[2][0];
  CHECK(nu_zx_over_ez == 0);
  Eigen::Matrix3d stiffness;
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) stiffness(i, j) = c.normal[i][j];
  const Eigen::Matrix3d compliance = stiffness.inverse();
  CHECK(1 / compliance(0, 0) == doctest::Approx(k.e_x).epsilon(1e-12));
  CHECK(1 / compliance(1, 1) == doctest::Approx(k.e_y).epsilon(1e-12));
  CHECK(1 / compliance(2, 2) == doctest::Approx(k.e_z).epsilon(1e-12));
  CHECK(-compliance(1, 0) / compliance(0, 0) == doctest::Approx(k.nu_xy).epsilon(1e-12));
  CHECK(-compliance(2, 1) / compliance(1, 1) == doctest::Approx(k.nu_yz).epsilon(1e-12));
  CHECK(-compliance(0, 2) / compliance(2, 2) == doctest::Approx(k.nu_zx).epsilon(1e-12));
  CHECK(c.shear[0] == k.g_yz);
  CHECK(c.shear[1] == k.g_zx);
  CHECK(c.shear[2] == k.g_xy);

  const double e = 6829, nu = 0.3, g = e / (2 * (1 + nu));
  const Elasticity isotropic = isotropic_elasticity(e, nu);
  REQUIRE(orthotropic_elasticity({e, e, e, nu, nu, nu, g, g, g}, c));
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) CHECK(c.normal[i][j] == doctest::Approx(isotropic.normal[i][j]).epsilon(1e-12));
}

TEST_CASE("a law that is not positive definite is refused") {
  Elasticity c;
  CHECK_FALSE(orthotropic_elasticity({1, 1, 1, 1.1, 0.2, 0.2, 1, 1, 1}, c));
  CHECK_FALSE(orthotropic_elasticity({1, 1, 1, 0.6, 0.6, 0.6, 1, 1, 1}, c));
  CHECK_FALSE(orthotropic_elasticity({1, 1, 1, 0.3, 0.3, 0.3, 1, 0, 1}, c));
  CHECK_FALSE(orthotropic_elasticity({-1, 1, 1, 0.3, 0.3, 0.3, 1, 1, 1}, c));
}
