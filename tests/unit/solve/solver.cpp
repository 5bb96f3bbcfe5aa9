// SPDX-License-Identifier: Apache-2.0
// What a caller of the solver relies on: exact supports, shared set-up, warm start, agreement of all its variants.
#include <doctest/doctest.h>
#include <omp.h>

#include "osteon/image/synthetic.hpp"
#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Counts how often a hierarchy is built.
struct SetUpCounter : Monitor {
  int set_ups = 0;
  void progress(std::string_view stage, double fraction, std::string_view) override {
    if (stage == "set-up" && fraction == 0) ++set_ups;
  }
};

ElasticModel trabecular_model(int size, double youngs_modulus_mpa = 10000) {
  TrabecularRecipe recipe;
  recipe.size = {size, size, size};
  recipe.period_voxels = 12;
  recipe.seed = 5;
  return model_of(make_trabecular(recipe), {isotropic_material(youngs_modulus_mpa)});
}

double relative_difference(const std::vector<double>& a, const std::vector<double>& b) {
  return (as_vector(a) - as_vector(b)).norm() / as_vector(b).norm();
}

/// Measured 8, 9, 11, 11, 11 (20^3 voxels, tolerance 1e-6); 20 % above.
constexpr int k_contrast_bound = 13;

ResolvedLoadCase axial_case(const ElasticModel& model, double strain = -0.01) {
  return resolve_load_case(*model.mesh, strained("axial", strain));
}

}  // namespace

TEST_CASE("the solution equals a sparse factorisation under platens, rollers, point supports and forces") {
  const auto device = make_test_device();
  const ElasticModel model = l_shaped_model();
  ResolvedLoadCase rollers = empty_case(model);  // 3-2-1 at three corners, rollers below, forces on top
  rollers.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.z == 0) prescribe(rollers, n, 2, 0.002 * p.x);
    if (p == Index3{0, 0, 0}) prescribe(rollers, n, 0, 0), prescribe(rollers, n, 1, 0.01);
    if (p == Index3{11, 0, 0}) prescribe(rollers, n, 1, 0.01);
    if (p.z == 13) rollers.force_n[3 * n] = 3.0, rollers.force_n[3 * n + 2] = -11.0 - p.y;
  }
  for (const ResolvedLoadCase& load_case : {platen_case(model, -0.1), platen_case(model, 0.2, 1), rollers}) {
    const Solved solved = solve_resolved(*device, model, load_case, tight_settings(1e-11));

    CHECK(relative_difference(solved.displacement_mm, direct_solution(model, load_case)) < 1e-9);
    CHECK(solved.check.relative_residual < 1e-10);
    CHECK(solved.check.force_balance_error < 1e-9);
    CHECK(solved.check.energy_error < 1e-9);
  }
}

TEST_CASE("prescribed components hold their value to the last bit, whatever the start") {
  const auto device = make_test_device();
  const ElasticModel model = l_shaped_model();
  ResolvedLoadCase load_case = platen_case(model, -0.123456789);
  const std::vector<double> noise = random_field(model, 2);
  std::vector<double> prescribed = load_case.prescribed_mm.dense(model.mesh->node_count());
  for (std::size_t i = 0; i < noise.size(); ++i)
    if (load_case.constrained[i / 3] >> (i % 3) & 1) prescribed[i] += 1e-3 * noise[i];
  load_case.prescribed_mm = NodeValues(prescribed, load_case.constrained);
  LinearSystem system = system_of(load_case);
  system.initial_mm = &noise;
  ElasticSolver solver(*device, problem_of(model), tight_settings(1e-8));
  SolveReport report;

  const std::vector<double> u = solver.solve(system, report, silent_monitor());

  CHECK(report.converged);
  for (std::size_t i = 0; i < u.size(); ++i)
    if (load_case.constrained[i / 3] >> (i % 3) & 1) CHECK(u[i] == prescribed[i]);
}

TEST_CASE("load cases with the same supports share one hierarchy, others get their own") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(16);
  ElasticSolver solver(*device, problem_of(model), {});
  const ResolvedLoadCase axial = axial_case(model), shear = resolve_load_case(*model.mesh, strained("shear_zx", 0.02)),
                         lateral = resolve_load_case(*model.mesh, strained("axial_x", -0.01));
  REQUIRE(axial.constrained == shear.constrained);
  SetUpCounter monitor;
  SolveReport report;

  solver.solve(system_of(axial), report, monitor);
  solver.solve(system_of(shear), report, monitor);
  CHECK(monitor.set_ups == 1);
  const std::vector<double> after_reuse = solver.solve(system_of(lateral), report, monitor);
  CHECK(monitor.set_ups == 2);

  ElasticSolver fresh(*device, problem_of(model), {});
  CHECK(fresh.solve(system_of(lateral), report, monitor) == after_reuse);
}

TEST_CASE("a warm start from the solution needs no iteration, from a nearby one fewer") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(16);
  ElasticSolver solver(*device, problem_of(model), {});
  const ResolvedLoadCase load_case = axial_case(model);
  LinearSystem system = system_of(load_case);
  SolveReport cold, warm, near;
  const std::vector<double> u = solver.solve(system, cold, silent_monitor());
  std::vector<double> disturbed = u;
  const std::vector<double> noise = random_field(model, 6);
  for (std::size_t i = 0; i < u.size(); ++i) disturbed[i] *= 1 + 1e-4 * noise[i];

  system.initial_mm = &u;
  const std::vector<double> again = solver.solve(system, warm, silent_monitor());
  system.initial_mm = &disturbed;
  solver.solve(system, near, silent_monitor());

  CHECK(warm.iterations == 0);
  CHECK(warm.converged);
  CHECK(again == u);
  CHECK(near.iterations > 0);
  CHECK(near.iterations < cold.iterations);
}

TEST_CASE("a series starts from its earlier solutions; other supports make it start anew") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(16);
  SolverSettings settings;
  settings.earlier_solutions = 3;
  ElasticSolver series(*device, problem_of(model), settings);
  ResolvedLoadCase load_case = axial_case(model);
  SolveReport cold, doubled, other, back;
  const std::vector<double> u = series.solve(system_of(load_case), cold, silent_monitor());
  ResolvedLoadCase twice = load_case;
  twice.prescribed_mm.scale(2);
  const std::vector<double> twice_u = series.solve(system_of(twice), doubled, silent_monitor());
  const ResolvedLoadCase confined = resolve_load_case(*model.mesh, strained("confined", -0.01));
  series.solve(system_of(confined), other, silent_monitor());
  series.solve(system_of(load_case), back, silent_monitor());

  CHECK(doubled.iterations == 0);
  CHECK((as_vector(twice_u) - 2 * as_vector(u)).norm() < 1e-5 * as_vector(twice_u).norm());
  CHECK(other.residual_history.front() == 1);  // from zero
  CHECK(back.iterations == cold.iterations);
}

TEST_CASE("material that changes evenly is followed with less than half the iterations") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(24);
  const ResolvedLoadCase load_case = axial_case(model);
  const LinearSystem system = system_of(load_case);
  std::vector<float> modulus = model.material.modulus_mpa;
  SolverSettings settings;
  settings.earlier_solutions = 3;
  ElasticSolver series(*device, problem_of(model), settings);
  int warm_iterations = 0, cold_iterations = 0;
  for (int day = 0; day < 10; ++day) {
    for (std::size_t e = 0; e < modulus.size(); ++e) modulus[e] *= 1 + 0.05f * static_cast<float>(e % 7) / 6;
    series.set_moduli(modulus);
    ElasticProblem problem = problem_of(model);
    problem.modulus_mpa = &modulus;
    ElasticSolver fresh(*device, problem, {});
    SolveReport warm, cold;
    const std::vector<double> u = series.solve(system, warm, silent_monitor());
    CHECK(relative_difference(u, fresh.solve(system, cold, silent_monitor())) < 1e-5);
    if (day < 3) continue;
    warm_iterations += warm.iterations;
    cold_iterations += cold.iterations;
  }
  CAPTURE(warm_iterations);
  CHECK(2 * warm_iterations < cold_iterations);
  CHECK(warm_iterations > 0);
}

TEST_CASE("islands of stiff tissue in soft tissue do not keep levels from getting smaller") {
  const auto device = make_test_device();
  VoxelImage image;
  image.geometry.size = {48, 48, 48};
  for (int z = 0; z < 48; ++z)
    for (int y = 0; y < 48; ++y)
      for (int x = 0; x < 48; ++x) image.values.push_back(x / 4 % 2 + y / 4 % 2 + z / 4 % 2 == 1 ? 1.0f : 2.0f);
  const ElasticModel model = model_of(image, {isotropic_material(1000, 0.3, 1), isotropic_material(0.2, 0.2, 2)});
  SolverSettings settings;
  settings.coarsest_dof = 100;
  ElasticSolver solver(*device, problem_of(model), settings);
  SolveReport report;
  solver.solve(system_of(axial_case(model)), report, silent_monitor());

  CHECK(report.converged);
  for (std::size_t level = 1; level < report.level_dof.size(); ++level)
    CHECK(report.level_dof[level] <= 0.76 * static_cast<double>(report.level_dof[level - 1]));
}

TEST_CASE("no load at all gives no displacement") {
  const auto device = make_test_device();
  const ElasticModel model = l_shaped_model();
  ElasticSolver solver(*device, problem_of(model), {});
  SolveReport report;

  const std::vector<double> u = solver.solve(system_of(platen_case(model, 0.0)), report, silent_monitor());

  CHECK(report.converged);
  CHECK(as_vector(u).norm() == 0);
}

TEST_CASE("multigrid and block Jacobi, single and double cycles, 3^3 and 4^3 cells find the same solution") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(20);
  const ResolvedLoadCase load_case = axial_case(model);
  SolverSettings settings = tight_settings(1e-9);
  settings.max_iterations = 5000;
  settings.coarsest_dof = 300;
  const Solved reference = solve_resolved(*device, model, load_case, settings);
  auto compare = [&](const SolverSettings& other) {
    const Solved solved = solve_resolved(*device, model, load_case, other);
    CHECK(relative_difference(solved.displacement_mm, reference.displacement_mm) < 1e-6);
    return solved.solve.iterations;
  };

  SolverSettings jacobi = settings, doubles = settings, edge3 = settings, edge4 = settings;
  jacobi.preconditioner = Preconditioner::block_jacobi;
  doubles.precision = CyclePrecision::fp64;
  edge3.aggregate_edge = 3;
  edge4.aggregate_edge = 4;

  CHECK(compare(jacobi) > 5 * reference.solve.iterations);
  CHECK(std::abs(compare(doubles) - reference.solve.iterations) <= 1);
  compare(edge3);
  compare(edge4);
}

TEST_CASE("two runs, and one or two threads, give the same bits") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(small_runs_only() ? 12 : 20);
  const ResolvedLoadCase load_case = axial_case(model);
  SolverSettings settings;
  settings.coarsest_dof = 300;
  const int threads = omp_get_max_threads();

  omp_set_num_threads(1);
  const Solved one = solve_resolved(*device, model, load_case, settings);
  const Solved again = solve_resolved(*device, model, load_case, settings);
  const auto other_device = make_device(backend_name(), 2, silent_monitor());
  omp_set_num_threads(2);
  const Solved two = solve_resolved(*other_device, model, load_case, settings);
  omp_set_num_threads(threads);

  CHECK(one.displacement_mm == again.displacement_mm);
  CHECK(one.solve.residual_history == again.solve.residual_history);
  CHECK(one.displacement_mm == two.displacement_mm);
  CHECK(one.solve.residual_history == two.solve.residual_history);
}

TEST_CASE("iterations stay bounded as the modulus contrast inside one mesh grows to 8.5e4") {
  // Marrow between the struts: 17 000 MPa against 0.2 MPa at the end of the list, every voxel an element.
  const auto device = make_test_device();
  TrabecularRecipe recipe;
  recipe.size = {20, 20, 20};
  recipe.period_voxels = 12;
  recipe.seed = 5;
  VoxelImage labels = make_trabecular(recipe);
  for (float& value : labels.values) value = value > 0 ? 1.0f : 2.0f;
  for (const double contrast : {1.0, 10.0, 100.0, 1e4, 8.5e4}) {
    if (small_runs_only() && contrast < 8e4) continue;
    const ElasticModel model =
        model_of(labels, {isotropic_material(17000), isotropic_material(17000 / contrast, 0.3, 2)});

    const Solved solved = solve_case(*device, model, strained("axial", -0.01), {});

    MESSAGE("contrast " << contrast << ": " << solved.solve.iterations << " iterations");
    CHECK(solved.solve.iterations <= k_contrast_bound);
    CHECK(solved.check.relative_residual < 1.1e-6);
  }
}

TEST_CASE(
    "moduli that evolve are followed: the same solution as a new solver's, coarse levels kept until they wear out") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(small_runs_only() ? 20 : 24);
  const ResolvedLoadCase load_case = axial_case(model);
  const SolverSettings settings = tight_settings(1e-8);
  std::vector<float> healing = model.material.modulus_mpa;
  ElasticSolver solver(*device, problem_of(model), settings);
  LinearSystem system = system_of(load_case);
  SolveReport report;
  std::vector<double> u = solver.solve(system, report, silent_monitor());
  CHECK(report.setup == SetUp::built);
  solver.solve(system, report, silent_monitor());
  CHECK(report.setup == SetUp::kept);
  std::mt19937 random(9);
  auto follow = [&](double low, double high) {
    std::uniform_real_distribution<float> factor(static_cast<float>(low), static_cast<float>(high));
    for (std::size_t e = 0; e < healing.size(); ++e) healing[e] = model.material.modulus_mpa[e] * factor(random);
    solver.set_moduli(healing);
    system.initial_mm = &u;
    u = solver.solve(system, report, silent_monitor());
    REQUIRE(report.converged);
    ElasticModel changed = model;
    changed.material.modulus_mpa = healing;
    SolveReport cold;
    ElasticSolver fresh(*device, problem_of(changed), settings);
    CHECK(relative_difference(u, fresh.solve(system_of(load_case), cold, silent_monitor())) < 1e-6);
    return cold.iterations;
  };

  CHECK(report.iterations > 0);
  const int cold_iterations = follow(0.99, 1.01);
  CHECK(report.setup == SetUp::refreshed);
  CHECK(report.iterations < cold_iterations);
  follow(1e-5, 1);
  CHECK(report.setup == SetUp::refreshed);
  if (small_runs_only()) return;  // too small for the kept levels to wear out
  follow(1e-5, 1);
  CHECK(report.setup == (device->kind() == DeviceKind::cpu ? SetUp::built : SetUp::recomputed));
}

TEST_CASE("where kernels set up, worn-out levels get new values first, and new aggregates only if those do not help") {
  const auto device = make_device(backend_name() == "cpu" ? "checked" : backend_name(), 1, silent_monitor());
  const ElasticModel model = trabecular_model(24);
  const ResolvedLoadCase load_case = axial_case(model);
  using Factor = float (*)(Index3 voxel);
  auto set_ups = [&](Factor changed, int times) {
    std::vector<float> healing = model.material.modulus_mpa;
    ElasticSolver solver(*device, problem_of(model), {});
    SolveReport report;
    solver.solve(system_of(load_case), report, silent_monitor());
    std::vector<SetUp> made;
    for (int i = 0; i < times; ++i) {
      for (std::size_t e = 0; e < healing.size(); ++e)
        healing[e] = model.material.modulus_mpa[e] * changed(model.mesh->element_positions()[e]);
      solver.set_moduli(healing);
      solver.solve(system_of(load_case), report, silent_monitor());
      REQUIRE(report.converged);
      made.push_back(report.setup);
    }
    return made;
  };
  const Factor even = [](Index3) { return 0.9f; };
  const Factor graded = [](Index3 v) { return std::pow(0.88f, float(v.z)); };  // the same couplings stay strong
  const Factor sliced = [](Index3 v) { return v.z % 6 < 2 ? 1.0f : 1e-3f; };
  const SetUp r = SetUp::refreshed, c = SetUp::recomputed, b = SetUp::built;

  // The first solve with worn-out levels is the one that finds them so; where it would take far too long, it has them
  // renewed on its way.
  CHECK(set_ups(even, 2) == std::vector<SetUp>{r, r});
  CHECK(set_ups(graded, 4) == std::vector<SetUp>{r, c, r, r});
  CHECK(set_ups(sliced, 4) == std::vector<SetUp>{b, r, r, r});
}
