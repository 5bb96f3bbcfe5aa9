// SPDX-License-Identifier: Apache-2.0
// Systems that are solved together: every one gets, to the last bit, what it gets alone.
#include <doctest/doctest.h>
#include <omp.h>

#include <cstring>
#include <limits>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"
#include "osteon/mechanics/homogenise.hpp"
#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

ElasticModel trabecular_model() {
  TrabecularRecipe recipe;
  const int size = small_runs_only() ? 12 : 20;
  recipe.size = {size, size, size};
  recipe.period_voxels = 12;
  recipe.seed = 5;
  return model_of(make_trabecular(recipe), {isotropic_material(10000)});
}

/// Three levels and more on a small bone.
SolverSettings deep_settings(int block_columns = 0) {
  SolverSettings settings = tight_settings(1e-6);
  settings.coarsest_dof = 300;
  settings.block_columns = block_columns;
  return settings;
}

/// Load cases with the same supports and what is particular about some of them.
struct Systems {
  std::vector<ResolvedLoadCase> load_cases;
  std::vector<std::vector<double>> starts;  ///< empty: from zero
  std::size_t size() const { return load_cases.size(); }
  LinearSystem system(std::size_t i) const {
    LinearSystem system = system_of(load_cases[i]);
    if (!starts[i].empty()) system.initial_mm = &starts[i];
    return system;
  }
  std::vector<LinearSystem> first(std::size_t count) const {
    std::vector<LinearSystem> systems;
    for (std::size_t i = 0; i < count; ++i) systems.push_back(system(i));
    return systems;
  }
};

Systems six_strain_states(const ElasticModel& model) {
  Systems s;
  for (const LoadCaseSpec& spec : homogenisation_load_cases(1e-3))
    s.load_cases.push_back(resolve_load_case(*model.mesh, spec));
  s.starts.resize(s.size());
  return s;
}

std::vector<LinearSolution> solve_alone(Device& device, const ElasticModel& model, const SolverSettings& settings,
                                        const Systems& systems) {
  ElasticSolver solver(device, problem_of(model), settings);
  std::vector<LinearSolution> alone(systems.size());
  for (std::size_t i = 0; i < systems.size(); ++i)
    alone[i].displacement_mm = solver.solve(systems.system(i), alone[i].report, silent_monitor());
  return alone;
}

/// Everything but times and the company.
void check_same(const LinearSolution& a, const LinearSolution& b) {
  CHECK(std::memcmp(a.displacement_mm.data(), b.displacement_mm.data(), a.displacement_mm.size() * sizeof(double)) ==
        0);
  CHECK(a.displacement_mm.size() == b.displacement_mm.size());
  CHECK(a.report.iterations == b.report.iterations);
  CHECK(a.report.residual_history == b.report.residual_history);
  CHECK(a.report.converged == b.report.converged);
  CHECK(a.report.failure == b.report.failure);
  CHECK(a.report.fine_operator_applications == b.report.fine_operator_applications);
}

}  // namespace

TEST_CASE("one to six systems together have the digits of each alone, on any number of threads") {
  const ElasticModel model = trabecular_model();
  const Systems systems = six_strain_states(model);
  const auto device = make_test_device();
  const std::vector<LinearSolution> alone = solve_alone(*device, model, deep_settings(1), systems);
  const int most_threads = omp_get_max_threads();
  for (const int threads : {1, 2, 3}) {
    if (small_runs_only() && threads > 1) break;
    CAPTURE(threads);
    const auto other = make_device(backend_name(), threads, silent_monitor());
    for (std::size_t count = 1; count <= systems.size(); ++count) {
      CAPTURE(count);
      ElasticSolver solver(*other, problem_of(model), deep_settings());
      std::vector<LinearSolution> together;

      solver.solve(systems.first(count), together, silent_monitor());

      REQUIRE(together.size() == count);
      for (std::size_t i = 0; i < count; ++i) {
        CAPTURE(i);
        check_same(together[i], alone[i]);
        CHECK(together[i].report.solved_together == static_cast<int>(count));
        CHECK(together[i].report.setup == (i == 0 ? SetUp::built : SetUp::kept));
      }
    }
  }
  omp_set_num_threads(most_threads);
}

TEST_CASE("double cycles, block Jacobi and 3^3 cells have the same digits together and alone") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model();
  const Systems systems = six_strain_states(model);
  SolverSettings doubles = deep_settings(), jacobi = deep_settings(), edge3 = deep_settings();
  doubles.precision = CyclePrecision::fp64;
  jacobi.preconditioner = Preconditioner::block_jacobi;
  jacobi.max_iterations = 60;  // some end without a solution
  edge3.aggregate_edge = 3;
  for (const SolverSettings& settings : {doubles, jacobi, edge3}) {
    const std::vector<LinearSolution> alone = solve_alone(*device, model, settings, systems);
    ElasticSolver solver(*device, problem_of(model), settings);
    std::vector<LinearSolution> together;

    solver.solve(systems.first(6), together, silent_monitor());

    for (std::size_t i = 0; i < 6; ++i) check_same(together[i], alone[i]);
  }
}

TEST_CASE("a column that converges early, has no load, is not a number or starts warm leaves the others their digits") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model();
  Systems systems = six_strain_states(model);
  const std::vector<LinearSolution> cold = solve_alone(*device, model, deep_settings(), systems);
  std::vector<double> disturbed = cold[1].displacement_mm;
  const std::vector<double> noise = random_field(model, 6);
  for (std::size_t i = 0; i < disturbed.size(); ++i) disturbed[i] *= 1 + 1e-3 * noise[i];
  systems.starts[0] = cold[0].displacement_mm;  // is there already
  systems.starts[1] = disturbed;
  systems.load_cases[2].prescribed_mm.scale(0);
  systems.starts[2] = disturbed;  // must not be taken for the answer
  systems.load_cases[4].force_n.assign(disturbed.size(), 0);
  systems.load_cases[4].force_n[3 * (model.mesh->node_count() / 2)] = std::numeric_limits<double>::quiet_NaN();
  systems.load_cases[5].force_n.assign(disturbed.size(), 1e-3);
  const std::vector<LinearSolution> alone = solve_alone(*device, model, deep_settings(), systems);
  ElasticSolver solver(*device, problem_of(model), deep_settings());
  std::vector<LinearSolution> together;

  solver.solve(systems.first(6), together, silent_monitor());

  for (std::size_t i = 0; i < 6; ++i) {
    CAPTURE(i);
    check_same(together[i], alone[i]);
  }
  CHECK(together[0].report.iterations == 0);
  CHECK(together[0].report.converged);
  CHECK(together[1].report.iterations > 0);
  CHECK(together[1].report.iterations < cold[1].report.iterations);
  CHECK(as_vector(together[2].displacement_mm).norm() == 0);
  CHECK(together[3].displacement_mm == cold[3].displacement_mm);
  CHECK_FALSE(together[4].report.converged);
  CHECK(together[4].report.failure.find("not a number") != std::string::npos);
  CHECK(together[5].report.converged);
}

TEST_CASE("more systems than columns go in batches, and a solver goes on with fewer or more columns than before") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model();
  const Systems systems = six_strain_states(model);
  const std::vector<LinearSolution> alone = solve_alone(*device, model, deep_settings(), systems);
  ElasticSolver solver(*device, problem_of(model), deep_settings(4));
  REQUIRE(solver.block_columns() == 4);
  for (const std::size_t count : {2, 6, 1, 3}) {
    CAPTURE(count);
    std::vector<LinearSolution> together;

    solver.solve(systems.first(count), together, silent_monitor());

    for (std::size_t i = 0; i < count; ++i) {
      check_same(together[i], alone[i]);
      CHECK(together[i].report.solved_together ==
            static_cast<int>(i < 4 ? std::min<std::size_t>(count, 4) : count - 4));
    }
  }
}

TEST_CASE("systems with other supports are not solved together") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model();
  const ResolvedLoadCase a = resolve_load_case(*model.mesh, strained("axial", -0.01)),
                         b = resolve_load_case(*model.mesh, strained("axial_x", -0.01));
  ElasticSolver solver(*device, problem_of(model), {});
  std::vector<LinearSolution> solutions;

  CHECK_THROWS_WITH_AS(solver.solve({system_of(a), system_of(b)}, solutions, silent_monitor()),
                       doctest::Contains("same prescribed degrees of freedom"), InternalError);
}

TEST_CASE("an interrupt leaves the systems that were solved") {
  // The first is nearly there at its start; the user stops in the third iteration of the others.
  struct Impatient : Monitor {
    int iterations = 0;
    void progress(std::string_view stage, double, std::string_view) override { iterations += stage == "solve"; }
    void check_interrupt() override {
      if (iterations == 3) throw Interrupted(ExitCode::interrupted);
    }
  };
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model();
  Systems systems = six_strain_states(model);
  const std::vector<LinearSolution> cold = solve_alone(*device, model, deep_settings(), systems);
  REQUIRE(cold[1].report.iterations > 3);
  systems.starts[0] = cold[0].displacement_mm;
  ElasticSolver solver(*device, problem_of(model), deep_settings());
  std::vector<LinearSolution> solutions;
  Impatient monitor;

  CHECK_THROWS_AS(solver.solve(systems.first(3), solutions, monitor), Interrupted);

  REQUIRE(solutions.size() == 3);
  CHECK(solutions[0].displacement_mm == cold[0].displacement_mm);
  CHECK(solutions[0].report.converged);
  CHECK(solutions[1].displacement_mm.empty());
  CHECK(solutions[2].displacement_mm.empty());
}

TEST_CASE("progress tells how many load cases are left and how far the slowest is") {
  struct Listener : Monitor {
    std::vector<std::string> lines;
    std::vector<double> fractions;
    void progress(std::string_view stage, double fraction, std::string_view detail) override {
      if (stage != "solve") return;
      lines.emplace_back(detail);
      fractions.push_back(fraction);
    }
  };
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model();
  const Systems systems = six_strain_states(model);
  ElasticSolver solver(*device, problem_of(model), deep_settings());
  std::vector<LinearSolution> solutions;
  Listener monitor;

  solver.solve(systems.first(2), solutions, monitor);

  REQUIRE_FALSE(monitor.lines.empty());
  CHECK(monitor.lines.front().find("iteration 1, 2 of 2 load cases left") == 0);
  CHECK(monitor.lines.back().find("0 of 2 load cases left") != std::string::npos);
  CHECK(monitor.fractions.back() == 1);
}
