// SPDX-License-Identifier: Apache-2.0
// Principal values against a dense eigensolver, also where eigenvalues meet; von Mises stress in closed cases.
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <random>

#include "kernels/strain/principal.hpp"
#include "osteon/mechanics/fields.hpp"

using namespace osteon;

namespace {

std::array<double, 6> voigt_stress(const Eigen::Matrix3d& m) {
  return {m(0, 0), m(1, 1), m(2, 2), m(1, 2), m(2, 0), m(0, 1)};
}

/// Largest deviation from Eigen's eigenvalues, over the tensor's norm.
double relative_error(const Eigen::Matrix3d& m) {
  const auto tensor = voigt_stress(m);
  const auto values = principal_values(tensor.data(), false);
  const Eigen::Vector3d expected = Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(m).eigenvalues();
  double error = 0;
  for (int i = 0; i < 3; ++i) error = std::max(error, std::fabs(values[i] - expected[2 - i]));
  CHECK(values[0] >= values[1]);
  CHECK(values[1] >= values[2]);
  return error / m.norm();
}

Eigen::Matrix3d random_rotation(std::mt19937& random) {
  std::normal_distribution<double> normal;
  return Eigen::Quaterniond(normal(random), normal(random), normal(random), normal(random)).normalized().matrix();
}

}  // namespace

TEST_CASE("principal values of random tensors equal a dense eigensolver's") {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (const double scale : {1.0, 1e-4, 1e5})
    for (int i = 0; i < 5000; ++i) {
      Eigen::Matrix3d m;
      for (int j = 0; j < 9; ++j) m.data()[j] = scale * normal(random);
      REQUIRE(relative_error((m + m.transpose()) / 2) < 1e-12);
    }
}

TEST_CASE("principal values neither overflow nor underflow") {
  const double unit[6] = {1, -2, 3, 0.5, -0.25, 0.75};
  const auto expected = principal_values(unit, true);
  for (const double scale : {0x1p-900, 0x1p900}) {
    double scaled[6];
    for (int v = 0; v < 6; ++v) scaled[v] = scale * unit[v];
    const auto values = principal_values(scaled, true);
    for (int i = 0; i < 3; ++i) CHECK(values[i] == scale * expected[i]);
  }
}

TEST_CASE("principal values keep twelve digits where two or three of them meet") {
  std::mt19937 random(6);
  std::uniform_real_distribution<double> uniform(-1, 1);
  for (double gap = 1; gap > 1e-18; gap /= 7)
    for (int i = 0; i < 100; ++i) {
      const Eigen::Matrix3d q = random_rotation(random);
      const double a = uniform(random), b = uniform(random);
      const Eigen::Vector3d two(a, a + gap, b), three(a, a + gap, a - gap * b);
      for (const Eigen::Vector3d& values : {two, three}) {
        Eigen::Matrix3d m = q * values.asDiagonal() * q.transpose();
        m = (m + m.transpose()).eval() / 2;
        REQUIRE(relative_error(m) < 1e-12);
      }
    }
}

TEST_CASE("engineering shear is halved") {
  const double strain[6] = {0, 0, 0, 0, 0, 0.02};

  const auto values = principal_values(strain, true);

  CHECK(values[0] == doctest::Approx(0.01).epsilon(1e-14));
  CHECK(std::fabs(values[1]) < 1e-16);
  CHECK(values[2] == doctest::Approx(-0.01).epsilon(1e-14));
}

TEST_CASE("diagonal, spherical and zero tensors are exact, and a NaN stays visible") {
  const double diagonal[6] = {-2, 5, 1, 0, 0, 0}, sphere[6] = {3, 3, 3, 0, 0, 0}, zero[6] = {};
  CHECK(principal_values(sphere, true) == std::array<double, 3>{3, 3, 3});
  CHECK(principal_values(zero, true) == std::array<double, 3>{0, 0, 0});
  CHECK(principal_values(diagonal, true)[0] == doctest::Approx(5).epsilon(1e-14));
  CHECK(principal_values(diagonal, true)[2] == doctest::Approx(-2).epsilon(1e-14));

  for (int i = 0; i < 6; ++i) {
    double broken[6] = {};
    broken[i] = std::numeric_limits<double>::quiet_NaN();
    CHECK(std::isnan(principal_values(broken, true)[0]));
  }
}

TEST_CASE("von Mises stress is the stress in tension, sqrt 3 times a shear stress, and zero under pressure") {
  const double tension[6] = {0, 7, 0, 0, 0, 0}, shear[6] = {0, 0, 0, 0, -2, 0}, pressure[6] = {-4, -4, -4, 0, 0, 0};
  CHECK(kernels::von_mises(tension) == doctest::Approx(7).epsilon(1e-15));
  CHECK(kernels::von_mises(shear) == doctest::Approx(2 * std::sqrt(3.0)).epsilon(1e-15));
  CHECK(kernels::von_mises(pressure) == 0);
}
