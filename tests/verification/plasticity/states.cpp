// SPDX-License-Identifier: Apache-2.0
// Uniform plastic states, load histories in closed form, the tangent of a structure, and the balance of energy.
#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "models.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// An L with a step, crossing brick borders; two moduli a factor 10 apart would break uniformity, so one.
ElasticModel l_of_one_material() {
  ElasticModel model = make_model({11, 9, 12}, {0.5, 0.7, 1.1}, [](int x, int, int z) { return x < 6 || z < 6; },
                                  {isotropic_elasticity(1, 0.3)});
  for (float& modulus : model.material.modulus_mpa) modulus = 6829;
  return model;
}

ElasticModel bar_of(double modulus_mpa) {
  ElasticModel model =
      make_model({2, 3, 9}, {0.5, 0.4, 0.3}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  for (float& modulus : model.material.modulus_mpa) modulus = static_cast<float>(modulus_mpa);
  return model;
}

constexpr double k_bar_area = 2 * 0.5 * 3 * 0.4, k_bar_length = 9 * 0.3;

}  // namespace

TEST_CASE("patch test: a uniform plastic state comes out uniform, with the stress of the closed form, to 1e-10") {
  const auto device = make_test_device();
  const ElasticModel model = l_of_one_material();
  const double yield = 0.006, ratio = 0.05, hardening = ratio / (1 - ratio), g = 1 / 2.6;
  const std::vector<PlasticLaw> laws = {plastic_law(0.3, yield, yield, ratio, 0.5)};
  const double gamma = 0.03;  // simple shear yz and a pressure
  const std::array<double, 6> strain = {1e-3, 1e-3, 1e-3, gamma, 0, 0};
  const std::vector<double> exact = affine_field(model, gradient_of(strain).g, {0.1, -0.2, 0.05});
  ResolvedLoadCase load_case = empty_case(model);
  std::vector<int> around(model.mesh->node_count(), 0);
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    std::uint32_t nodes[8];
    model.mesh->element_nodes(e, nodes);
    for (const std::uint32_t n : nodes) ++around[n];
  }
  int free_nodes = 0;
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    if (around[n] == 8) ++free_nodes;
    for (int c = 0; around[n] < 8 && c < 3; ++c) prescribe(load_case, n, c, exact[3 * n + c]);
  }
  REQUIRE(free_nodes > 100);

  const PlasticRun run = run_path(*device, model, laws, load_case, {1}, exact_settings(1e-13, 0.5));

  REQUIRE_MESSAGE(run.report.completed, run.report.failure);
  double worst = 0, size = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    worst = std::max(worst, std::fabs(run.solution.displacement_mm[i] - exact[i]));
    size = std::max(size, std::fabs(exact[i]));
  }
  CHECK(worst < 1e-10 * size);
  // Radial return, proportional: the plastic strain is a shear of gamma_p, its size gamma_p / sqrt(3) = kappa.
  const double kappa = (std::sqrt(3) * g * gamma - yield) / (3 * g + hardening);
  REQUIRE(run.solution.plastic.elements.size() == model.mesh->element_count());
  for (const double strain_p : run.solution.plastic.plastic_strain) CHECK(strain_p == near(kappa, 1e-10));
  for (const double share : run.solution.plastic.yielded_share) CHECK(share == 1);
  // Stress of every element from the forces: those of the free nodes vanish, the energy is that of the closed form.
  const double shear = (yield + hardening * kappa) / std::sqrt(3), pressure = 1e-3 / (1 - 0.6);
  const double volume = model.mesh->element_count() * 0.5 * 0.7 * 1.1;
  const double stored = 6829 * volume * (shear * shear / (2 * g) + 1.5 * pressure * 1e-3);
  CHECK(run.steps.back().stored == near(stored, 1e-10));
  double power = 0;  // f . u of the affine field = stress . strain V
  for (std::size_t i = 0; i < exact.size(); ++i) power += run.solution.internal_force_n[i] * exact[i];
  CHECK(power == near(6829 * volume * (shear * gamma + 3 * pressure * 1e-3), 1e-9));
}

TEST_CASE("load, unload, load again: bilinear, a permanent set, and the old curve taken up where it was left") {
  const auto device = make_test_device();
  const double modulus = 12000, yield = 0.0083, ratio = 0.05;
  const ElasticModel model = bar_of(modulus);
  const std::vector<PlasticLaw> laws = {plastic_law(0.3, 0.0041, yield, ratio, 0.49)};
  const ResolvedLoadCase load_case = roller_case(model);
  const double per_strain = k_bar_length;  // factor = displacement, mm
  const double first = 0.02, last = 0.03;
  const double hardening = ratio / (1 - ratio), kappa = (first - yield) * (1 - ratio);
  const double peak = yield + hardening * kappa, set = first - peak;

  const PlasticRun run = run_path(*device, model, laws, load_case,
                                  {-first * per_strain, -set * per_strain, -last * per_strain}, exact_settings(1e-11));

  REQUIRE_MESSAGE(run.report.completed, run.report.failure);
  CHECK(run.steps.front().factor == near(-yield * per_strain, 1e-9));  // the first step ends at yield
  const auto stress_at = [&](const KeptStep& step) { return -end_force(load_case, step.f) / (k_bar_area * modulus); };
  int part = 0;  // loading, unloading, loading again
  for (const KeptStep& step : run.steps) {
    const double strain = -step.factor / per_strain;
    const double envelope = strain < yield ? strain : yield + ratio * (strain - yield);
    if (part == 0) CHECK(stress_at(step) == near(envelope, 1e-9));
    if (part == 1) CHECK(std::fabs(stress_at(step) - (strain - set)) < 1e-9 * peak);
    if (part == 2) CHECK(stress_at(step) == near(std::min(envelope, strain - set), 1e-9));
    if (std::fabs(strain - first) < 1e-12 && part == 0) part = 1;
    if (std::fabs(strain - set) < 1e-12 && part == 1) part = 2;  // without force: the permanent set
  }
  CHECK(part == 2);
  CHECK(stress_at(run.steps.back()) == near(yield + ratio * (last - yield), 1e-9));
}

TEST_CASE("tension, then compression: the first flow hardens both sides by the same factor") {
  const auto device = make_test_device();
  const double modulus = 17000, tension = 0.0041, compression = 0.0083, ratio = 0.05;
  const ElasticModel model = bar_of(modulus);
  const std::vector<PlasticLaw> laws = {plastic_law(0.3, tension, compression, ratio, 0.49)};
  const ResolvedLoadCase load_case = roller_case(model);
  const double m = compression / tension, hardening = ratio / (1 - ratio);
  const double top = 0.012, bottom = -0.015;
  // In tension flow of e is kappa = e / m, and the strength grows by hardening / m^2 per e.
  const double h = hardening / (m * m), flow = (top - tension) / (1 + h), grown = 1 + h * flow / tension;
  const double strength = compression * grown, second = (flow - bottom - strength) / (1 + hardening);

  const PlasticRun run =
      run_path(*device, model, laws, load_case, {top * k_bar_length, bottom * k_bar_length}, exact_settings(1e-11));

  REQUIRE_MESSAGE(run.report.completed, run.report.failure);
  const auto stress_at_factor = [&](double strain) {
    for (const KeptStep& step : run.steps)
      if (std::fabs(step.factor - strain * k_bar_length) < 1e-12)
        return end_force(load_case, step.f) / (k_bar_area * modulus);
    return std::nan("");
  };
  CHECK(run.steps.front().factor == near(tension * k_bar_length, 1e-9));
  CHECK(stress_at_factor(top) == near(tension * grown, 1e-9));
  CHECK(stress_at_factor(bottom) == near(-(strength + hardening * second), 1e-9));
}

TEST_CASE("the tangent of a structure is the derivative of its forces, and symmetric") {
  const auto device = make_test_device();
  ElasticModel model = l_shaped_model();
  std::fill(model.material.palette_index.begin(), model.material.palette_index.end(), std::uint8_t{0});
  std::vector<PlasticLaw> laws = {plastic_law(0.3, 0.0041, 0.0083, 0.05, 0.49), PlasticLaw{}};  // the second is elastic
  const PlasticMaterial material{&laws, &model.material.material_index};
  ElastoplasticSolver solver(*device, problem_of(model), material, exact_settings(1e-8));
  std::vector<double> u = random_field(model, 3), f, unused;
  for (double& v : u) v *= 0.01;
  const std::vector<double> x = random_field(model, 4), y = random_field(model, 5);

  const std::vector<double> kx = solver.apply_tangent(u, x, f), ky = solver.apply_tangent(u, y, unused);

  const double h = 1e-7;
  std::vector<double> up = u, down = u, f_up, f_down;
  for (std::size_t i = 0; i < u.size(); ++i) up[i] += h * x[i], down[i] -= h * x[i];
  solver.apply_tangent(up, x, f_up);
  solver.apply_tangent(down, x, f_down);
  const auto difference = (as_vector(f_up) - as_vector(f_down)) / (2 * h);
  CHECK((as_vector(kx) - difference).norm() < 3e-6 * as_vector(kx).norm());
  CHECK(as_vector(y).dot(as_vector(kx)) == near(as_vector(x).dot(as_vector(ky)), 1e-11));
  const std::vector<double> elastic = ElasticSolver(*device, problem_of(model), SolverSettings()).apply_stiffness(x);
  CHECK((as_vector(kx) - as_vector(elastic)).norm() > 0.1 * as_vector(elastic).norm());  // something has yielded
}

TEST_CASE("work from outside is what is stored and what is dissipated, at every step") {
  const auto device = make_test_device();
  ElasticModel model = l_shaped_model({9, 5, 10});
  std::fill(model.material.palette_index.begin(), model.material.palette_index.end(), std::uint8_t{0});
  for (const bool damaged : {false, true}) {
    CAPTURE(damaged);
    std::vector<PlasticLaw> laws = {plastic_law(0.3, 0.0041, 0.0083, 0.05, 0.49),
                                    plastic_law(0.3, 0.0073, 0.0104, 0.02, 0.49)};
    if (damaged) laws[0].damage_limit = 0.5, laws[0].damage_rate = 5;
    const ResolvedLoadCase load_case = platen_case(model, -0.02 * 10 * 1.1);
    const double tolerance = 1e-9;

    const PlasticRun run = run_path(*device, model, laws, load_case, {1, 0.5, 1.2}, exact_settings(tolerance, 0.2));

    REQUIRE_MESSAGE(run.report.completed, run.report.failure);
    double before = 0;
    for (const KeptStep& step : run.steps) {
      CHECK(step.residual <= tolerance);
      CHECK(std::fabs(step.work - step.stored - step.dissipated) < 1e-8 * run.steps.back().work);
      CHECK(step.dissipated >= before - 1e-12 * step.work);  // to rounding
      before = step.dissipated;
    }
    CHECK(before > 0.2 * run.steps.back().work);
    MESSAGE(run.report.steps << " steps, " << run.report.newton_iterations << " Newton, "
                             << run.report.linear_iterations << " linear iterations, " << run.report.cut_steps
                             << " cuts");
  }
}

TEST_CASE("one or two threads give the same bits") {
  const auto device = make_test_device();
  ElasticModel model = l_shaped_model({9, 5, 10});
  std::fill(model.material.palette_index.begin(), model.material.palette_index.end(), std::uint8_t{0});
  const std::vector<PlasticLaw> laws(2, plastic_law(0.3, 0.0041, 0.0083, 0.05, 0.49));
  const ResolvedLoadCase load_case = platen_case(model, -0.01 * 10 * 1.1);
  const int threads = omp_get_max_threads();

  omp_set_num_threads(1);
  const PlasticRun one = run_path(*device, model, laws, load_case, {1}, exact_settings(1e-6, 0.25));
  omp_set_num_threads(2);
  const PlasticRun two = run_path(*device, model, laws, load_case, {1}, exact_settings(1e-6, 0.25));
  omp_set_num_threads(threads);

  CHECK(one.solution.displacement_mm == two.solution.displacement_mm);
  CHECK(one.solution.plastic.plastic_strain == two.solution.plastic.plastic_strain);
  CHECK(one.steps.back().work == two.steps.back().work);
  CHECK(one.solution.plastic.elements.size() > 20);
}

TEST_CASE("beyond its plastic limit a force finds no equilibrium: said in one sentence, and the curve stays") {
  const auto device = make_test_device();
  const ElasticModel model = bar_of(1000);
  const std::vector<PlasticLaw> laws = {plastic_law(0.3, 0.01, 0.01, 0, 0.5)};
  ResolvedLoadCase load_case = roller_case(model);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  ResolvedLoadCase held = empty_case(model);
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.x == 0) prescribe(held, n, 0, 0);
    if (p.y == 0) prescribe(held, n, 1, 0);
    if (p.z == 0) prescribe(held, n, 2, 0);
    if (p.z == 9)
      load_case.force_n[3 * n + 2] = k_bar_area / 6 * (p.x == 1 ? 1 : 0.5) * (p.y % 3 != 0 ? 1 : 0.5);  // 1 MPa
  }
  held.force_n = load_case.force_n;

  const PlasticRun run = run_path(*device, model, laws, held, {12}, exact_settings(1e-8, 0.1));  // yields at 10

  CHECK_FALSE(run.report.completed);
  CHECK(run.report.failure.find("no equilibrium was found beyond load factor") == 0);
  CHECK(run.report.reached_factor == near(10, 2e-3));
  CHECK(run.report.cut_steps > 3);
  REQUIRE(!run.steps.empty());
  CHECK(run.steps.back().factor == run.report.reached_factor);
}
