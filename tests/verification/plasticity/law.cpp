// SPDX-License-Identifier: Apache-2.0
// One point: the yield surface in simple states, the return to it, and the consistent tangent.
#include "kernels/element/plasticity.hpp"

#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <random>
#include <vector>

#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_poisson = 0.3;

using Vector6 = Eigen::Matrix<double, 6, 1>;

/// Stress over Young's modulus after straining a point from `start`; the point's new state in `point`.
Vector6 stress_at(const PlasticLaw& law, const Vector6& strain, PlasticPoint& point, TangentDrop* drop = nullptr) {
  Vector6 stress;
  strain_point(law, strain.data(), point, stress.data(), drop);
  return stress;
}

/// Uniaxial stress: the lateral strain is found by Newton's method on the lateral stress, with differences.
double axial_stress(const PlasticLaw& law, double axial_strain, PlasticPoint& point) {
  const PlasticPoint start = point;
  double lateral = -k_poisson * axial_strain;
  const auto stress_for = [&](double e) {
    point = start;
    return stress_at(law, (Vector6() << axial_strain, e, e, 0, 0, 0).finished(), point);
  };
  for (int i = 0; i < 100; ++i) {
    const double here = stress_for(lateral)[1], step = 1e-7 * std::fabs(axial_strain);
    if (std::fabs(here) < 1e-15) break;
    lateral -= here * step / (stress_for(lateral + step)[1] - here);
  }
  return stress_for(lateral)[0];
}

std::vector<PlasticLaw> laws() {
  PlasticLaw damaged = plastic_law(k_poisson, 0.0041, 0.0083, 0.05, 0.49);
  damaged.damage_limit = 0.8;
  damaged.damage_rate = 10;
  return {plastic_law(k_poisson, 0.006, 0.006, 0, 0.5),       plastic_law(k_poisson, 0.006, 0.006, 0.05, 0.5),
          plastic_law(k_poisson, 0.0041, 0.0083, 0.05, 0.49), plastic_law(k_poisson, 0.0041, 0.0083, 0, 0.49),
          plastic_law(k_poisson, 0.0073, 0.0104, 0.02, 0.3),  damaged};
}

Vector6 random_strain(std::mt19937& random, double size) {
  std::normal_distribution<double> value(0, size);
  return Vector6::NullaryExpr([&] { return value(random); });
}

}  // namespace

TEST_CASE("uniaxial stress yields at both yield strains, and goes on with the asked slope in compression") {
  const double tension = 0.0041, compression = 0.0083, post_yield = 0.05;
  const PlasticLaw law = plastic_law(k_poisson, tension, compression, post_yield, 0.49);
  PlasticPoint below, tensile, compressive;
  below = tensile = compressive = PlasticPoint{{}, 0};

  CHECK(axial_stress(law, 0.999 * tension, below) == near(0.999 * tension, 1e-12));
  CHECK(axial_stress(law, -0.999 * compression, below) == near(-0.999 * compression, 1e-12));
  CHECK(below.kappa == 0);
  CHECK(axial_stress(law, -2 * compression, compressive) == near(-compression * (1 + post_yield), 1e-12));
  // In tension the plastic slope H = 0.05 / 0.95 is divided by the square of the ratio of yield strains.
  const double h = post_yield / (1 - post_yield) * tension * tension / (compression * compression);
  CHECK(axial_stress(law, 2 * tension, tensile) == near(tension * (1 + h / (1 + h)), 1e-12));
  CHECK(compressive.kappa == near(compression * (1 - post_yield), 1e-10));  // the axial plastic strain
}

TEST_CASE("equal yield strains and a cone are von Mises: the radial return of a shear is known in closed form") {
  const double yield = 0.006, ratio = 0.05, hardening = ratio / (1 - ratio), g = 1 / (2 * (1 + k_poisson));
  const PlasticLaw law = plastic_law(k_poisson, yield, yield, ratio, 0.5);
  PlasticPoint point{{}, 0};
  const double gamma = 0.03;

  const Vector6 stress = stress_at(law, (Vector6() << 1e-3, 1e-3, 1e-3, gamma, 0, 0).finished(), point);

  const double kappa = (std::sqrt(3) * g * gamma - yield) / (3 * g + hardening);
  CHECK(point.kappa == near(kappa, 1e-13));
  CHECK(stress[k_yz] == near((yield + hardening * kappa) / std::sqrt(3), 1e-13));
  CHECK(stress[k_xx] == near(1e-3 / (1 - 2 * k_poisson), 1e-13));  // pressure stays elastic
}

TEST_CASE("whatever the strain, the stress comes back to the surface along its normal") {
  std::mt19937 random(5);
  for (const PlasticLaw& law : laws())
    for (int i = 0; i < 300; ++i) {
      const Vector6 strain = random_strain(random, 0.003 * (1 + i % 40));
      PlasticPoint point{{}, 0.01 * (i % 3)};
      const double before = point.kappa;

      const Vector6 nominal = stress_at(law, strain, point);

      const Vector6 stress = nominal / (1 - law.damage(point.kappa));
      double p, q;
      pressure_and_mises(stress.data(), p, q);
      CHECK(yield_function(law, p, q) <= law.strength(point.kappa) * (1 + 1e-12));
      if (point.kappa == before) continue;
      CHECK(yield_function(law, p, q) == near(law.strength(point.kappa), 1e-12));
      // Plastic work of homogeneous phi: stress . flow = strength * kappa's growth, whatever the state.
      const Vector6 flow = Eigen::Map<const Vector6>(point.plastic_strain);
      CHECK(stress.dot(flow) == near(law.strength(point.kappa) * (point.kappa - before), 1e-9));
    }
}

TEST_CASE("the tip of a cone takes up a tension on all sides") {
  const PlasticLaw law = plastic_law(k_poisson, 0.004, 0.008, 0, 0.5);
  PlasticPoint point{{}, 0};
  const Vector6 stress = stress_at(law, (Vector6() << 0.1, 0.1, 0.1001, 0, 0, 0).finished(), point);
  for (int i = 0; i < 3; ++i) CHECK(stress[i] == near(law.yield / law.c, 1e-12));
}

TEST_CASE("the consistent tangent is the derivative of the stress, and symmetric") {
  std::mt19937 random(7);
  std::vector<PlasticLaw> all = laws();
  all.pop_back();  // damage: the tangent leaves out its growth
  double worst = 0;
  int yielded = 0;
  for (const PlasticLaw& law : all)
    for (int i = 0; i < 60; ++i) {
      PlasticPoint start{{}, 0};
      stress_at(law, random_strain(random, 0.004), start);  // some have flowed before
      const Vector6 strain = random_strain(random, 0.002 * (1 + i % 20));
      PlasticPoint point = start;
      TangentDrop drop;
      const Vector6 stress = stress_at(law, strain, point, &drop);
      if (point.kappa - start.kappa > 1e-4) ++yielded;
      const Vector6 direction = random_strain(random, 1);
      Vector6 elastic, lost;
      elastic_stress(law, direction.data(), elastic.data());
      tangent_drop(drop, direction.data(), lost.data());
      const double h = 1e-7;
      PlasticPoint up = start, down = start;
      const Vector6 difference =
          (stress_at(law, strain + h * direction, up) - stress_at(law, strain - h * direction, down)) / (2 * h);
      // A difference across the yield surface has no derivative to find.
      if ((up.kappa == start.kappa) != (down.kappa == start.kappa)) continue;
      worst = std::max(worst, (elastic - lost - difference).norm() / elastic.norm());
      const Vector6 other = random_strain(random, 1);
      Vector6 other_lost;
      tangent_drop(drop, other.data(), other_lost.data());
      CHECK(std::fabs(other.dot(lost) - direction.dot(other_lost)) < 1e-13 * other.norm() * elastic.norm());
      CHECK(stress.allFinite());
    }
  MESSAGE("largest relative difference " << worst << ", " << yielded << " points flowed");
  CHECK(yielded > 150);
  CHECK(worst < 2e-6);
}
