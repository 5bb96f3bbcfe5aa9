// SPDX-License-Identifier: Apache-2.0
// A load of random direction against integrals in closed form and against a dense quadrature.
#include "osteon/risk/random_direction.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "osteon/core/error.hpp"
#include "support/solve_model.hpp"  // near
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_pi = 3.14159265358979323846;

/// Unit solutions of a block that only a force along z strains, evenly: RF = risk_per_n |F_z|.
UnitSolutions along_z_only(const ElasticModel& model, double strain_per_n) {
  const double g[3][3] = {{0, 0, 0}, {0, 0, 0}, {0, 0, strain_per_n}};
  UnitSolutions unit;
  unit[2] = affine_field(model, g);
  unit[0] = unit[1] = std::vector<double>(unit[2].size(), 0.0);
  return unit;
}

ElasticModel block() {
  return make_model({2, 2, 2}, {1, 1, 1}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
}

/// Mean over a normal angle of f(angle), by Simpson's rule over 8 deviations to either side.
template <class F>
double normal_mean(double deviation, F f) {
  constexpr int k_steps = 4000;
  double sum = 0;
  for (int i = 0; i <= k_steps; ++i) {
    const double z = -8 + 16.0 * i / k_steps;
    sum += (i == 0 || i == k_steps ? 1 : i % 2 ? 4 : 2) * std::exp(-z * z / 2) * f(z * deviation);
  }
  return sum * 16.0 / k_steps / 3 / std::sqrt(2 * k_pi);
}

}  // namespace

TEST_CASE("tilted directions are unit vectors with the moments of two normal angles, about any nominal one") {
  const double deviation = 8, radians = deviation * k_pi / 180;
  for (const Vec3& nominal : {Vec3{0, 0, -3}, Vec3{1, 0, 0}, Vec3{1, -2, 0.5}}) {
    const double length = std::hypot(nominal[0], nominal[1], nominal[2]);
    double weight = 0, along = 0, across = 0;
    for (const WeightedDirection& d : tilted_directions(nominal, deviation)) {
      CHECK(std::hypot(d.direction[0], d.direction[1], d.direction[2]) == near(1, 1e-14));
      double cosine = 0;
      for (std::size_t c = 0; c < 3; ++c) cosine += d.direction[c] * nominal[c] / length;
      weight += d.weight;
      along += d.weight * cosine;
      across += d.weight * (1 - cosine * cosine);
    }
    CHECK(weight == near(1, 1e-14));
    // cos = cos a cos b: E cos a = exp(-s^2 / 2), E cos^2 a = (1 + exp(-2 s^2)) / 2
    CHECK(1 - along == near(1 - std::exp(-radians * radians), 0.005));
    const double squared = (1 + std::exp(-2 * radians * radians)) / 2;
    CHECK(across == near(1 - squared * squared, 0.005));
  }
  CHECK_THROWS_AS(tilted_directions({0, 0, 0}, 5), UsageError);
  CHECK_THROWS_AS(tilted_directions({0, 0, 1}, 0), UsageError);
  CHECK_THROWS_AS(tilted_directions({0, 0, 1}, 20.1), UsageError);
}

TEST_CASE("where only the component along z counts, mean and deviation are those of ln cos a cos b") {
  const ElasticModel model = block();
  const Criterion criterion = find_criterion("pstrain");
  const double deviation = 10, radians = deviation * k_pi / 180;
  RiskUncertainty uncertainty;
  uncertainty.load_size = 0;
  const double zeta = std::hypot(uncertainty.yield_strain, uncertainty.material_law);
  // 100 N press with 0.8 of the compressive limit.
  const TiltedRisk risk = tilted_risk(model, along_z_only(model, 0.0104 * 0.8 / 100), {0, 0, -100}, criterion,
                                      deviation, uncertainty, silent_monitor());
  const auto log_cosine = [](double a) { return std::log(std::fabs(std::cos(a))); };
  const double mean = normal_mean(radians, log_cosine);
  const double variance =
      2 * (normal_mean(radians, [&](double a) { return log_cosine(a) * log_cosine(a); }) - mean * mean);
  const double probability = normal_mean(radians, [&](double a) {
    return normal_mean(radians,
                       [&](double b) { return failure_probability(0.8 * std::fabs(std::cos(a) * std::cos(b)), zeta); });
  });
  for (const float d : risk.log_deviation) CHECK(d == near(std::sqrt(variance), 0.02));
  for (const float p : risk.failure_probability) CHECK(p == near(probability, 1e-3));
}

TEST_CASE("on a bone loaded from every side the quadrature agrees with a dense one about other normals") {
  const ElasticModel model = l_shaped_model({5, 4, 6});
  UnitSolutions unit;
  for (std::size_t c = 0; c < 3; ++c) {
    ResolvedLoadCase load_case = empty_case(model);
    load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
    for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
      const int z = model.mesh->node_positions()[n].z;
      for (int d = 0; z == 0 && d < 3; ++d) prescribe(load_case, n, d, 0);
      if (z == 6) load_case.force_n[3 * n + c] = 0.05;
    }
    unit[c] = direct_solution(model, load_case);
  }
  const Vec3 force = {60, -40, -400};
  const Criterion criterion = find_criterion("ees");
  const double deviation = 6, radians = deviation * k_pi / 180;
  RiskUncertainty uncertainty;
  const TiltedRisk risk = tilted_risk(model, unit, force, criterion, deviation, uncertainty, silent_monitor());

  // Tilts about two other normals of the same load: to the order of the angle's square the choice does not matter.
  const double size = std::hypot(force[0], force[1], force[2]);
  const double flat = std::hypot(force[0], force[1]);
  const Vec3 e1 = {-force[1] / flat, force[0] / flat, 0};
  const Vec3 e2 = {-force[0] * force[2] / (flat * size), -force[1] * force[2] / (flat * size), flat / size};
  const std::size_t elements = model.mesh->element_count();
  constexpr int k_half = 20;
  constexpr double k_step = 0.25;
  std::vector<double> mean(elements), square(elements), probability(elements);
  const double zeta =
      std::sqrt(uncertainty.total() * uncertainty.total() - uncertainty.load_direction * uncertainty.load_direction);
  FieldRequest request;
  for (int k = 0; k < (2 * k_half + 1) * (2 * k_half + 1); ++k) {
    const double x = k_step * (k % (2 * k_half + 1) - k_half), y = k_step * (k / (2 * k_half + 1) - k_half);
    const double a = x * radians, b = y * radians;
    const double weight = k_step * k_step * std::exp(-(x * x + y * y) / 2) / (2 * k_pi);
    Vec3 f;
    for (std::size_t c = 0; c < 3; ++c)
      f[c] = std::cos(a) * std::cos(b) * force[c] + size * (std::cos(a) * std::sin(b) * e1[c] - std::sin(a) * e2[c]);
    const auto rf =
        risk_factors({criterion}, compute_fields(model, displacement_under(unit, f), request), model.material)[0];
    for (std::size_t e = 0; e < elements; ++e) {
      const double log_risk = std::log(static_cast<double>(rf[e]));
      mean[e] += weight * log_risk;
      square[e] += weight * log_risk * log_risk;
      probability[e] += weight * failure_probability(static_cast<double>(rf[e]), zeta);
    }
  }
  std::vector<float> dense;
  double worst_deviation = 0, worst_probability = 0, mean_error = 0, largest = 0;
  std::size_t smooth = 0;
  for (std::size_t e = 0; e < elements; ++e) {
    const double deviation_e = std::sqrt(std::max(0.0, square[e] - mean[e] * mean[e]));
    dense.push_back(static_cast<float>(deviation_e));
    largest = std::max(largest, probability[e]);
    worst_probability =
        std::max(worst_probability, std::fabs(probability[e] - static_cast<double>(risk.failure_probability[e])));
    mean_error +=
        std::fabs(probability[e] - static_cast<double>(risk.failure_probability[e])) / static_cast<double>(elements);
    if (deviation_e > 0.3) continue;  // there the load passes through 0, and ln RF is no polynomial
    ++smooth;
    worst_deviation = std::max(
        worst_deviation, std::fabs(deviation_e - static_cast<double>(risk.log_deviation[e])) / (deviation_e + 0.02));
  }
  CHECK(smooth > elements / 5);
  CHECK(largest > 0.5);
  CHECK(worst_deviation < 0.01);
  CHECK(worst_probability < 0.02);  // where ln RF passes through its pole; Gauss-Hermite of 25 points: 0.1
  CHECK(mean_error < 0.001);
  const double share = mean_variance_shares(dense, model.material, uncertainty).load_direction;
  CHECK(share > 0.5);  // direction does matter here
  CHECK(std::fabs(mean_variance_shares(risk.log_deviation, model.material, uncertainty).load_direction - share) < 0.02);
}

TEST_CASE("shares of variance are means of each voxel's, over the evaluated ones, and sum to 1") {
  MaterialField material;
  material.materials.resize(2);
  material.materials[1].in_evaluation_set = false;
  material.material_index = {0, 0, 1};
  RiskUncertainty u;
  u.yield_strain = 0.3;
  u.material_law = 0.4;
  u.load_size = 0;
  u.load_direction = 99;  // replaced by each voxel's
  const VarianceShares shares = mean_variance_shares({0.5f, 0.0f, 7.0f}, material, u);
  CHECK(shares.yield_strain == near((0.09 / 0.5 + 0.09 / 0.25) / 2, 1e-12));
  CHECK(shares.material_law == near((0.16 / 0.5 + 0.16 / 0.25) / 2, 1e-12));
  CHECK(shares.load_size == 0);
  CHECK(shares.load_direction == near(0.25, 1e-12));
  material.materials[0].in_evaluation_set = false;
  CHECK(mean_variance_shares({0.5f, 0.0f, 7.0f}, material, u).load_direction == 0);
}
