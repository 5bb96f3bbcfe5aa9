// SPDX-License-Identifier: Apache-2.0
// Problems without a solution end in words, never in an exception or a hang.
#include <doctest/doctest.h>

#include <limits>

#include "osteon/core/error.hpp"
#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

SolveReport failed_solve(const ElasticModel& model, const ResolvedLoadCase& load_case, SolverSettings settings = {}) {
  const auto device = make_test_device();
  ElasticSolver solver(*device, problem_of(model), settings);
  SolveReport report;
  const std::vector<double> u = solver.solve(system_of(load_case), report, silent_monitor());
  CHECK(u.size() == 3 * std::size_t{model.mesh->node_count()});
  CHECK_FALSE(report.converged);
  return report;
}

bool says(const SolveReport& report, const std::string& words) {
  INFO(report.failure);
  const bool found = report.failure.find(words) != std::string::npos;
  CHECK(found);
  return found;
}

/// Tells what is free and does nothing.
struct SmallDevice final : Device {
  DeviceKind kind() const override { return DeviceKind::cuda; }
  std::string description() const override { return "a small card"; }
  int threads() const override { return 1; }
  void* allocate(std::size_t) override { return nullptr; }
  void release(void*, std::size_t) noexcept override {}
  void copy_to_device(void*, const void*, std::size_t) override {}
  void copy_to_host(void*, const void*, std::size_t) override {}
  void copy_on_device(void*, const void*, std::size_t) override {}
  void set_zero(void*, std::size_t) override {}
  std::size_t free_bytes() const override { return 300'000'000; }
  void synchronise() override {}
};

}  // namespace

TEST_CASE("a load or prescribed displacement that is not a number is named") {
  const ElasticModel model = l_shaped_model();
  ResolvedLoadCase load_case = platen_case(model, -0.1);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  load_case.force_n[300] = std::numeric_limits<double>::quiet_NaN();
  says(failed_solve(model, load_case), "not a number");

  load_case = platen_case(model, std::numeric_limits<double>::infinity());
  says(failed_solve(model, load_case), "not a number");
}

TEST_CASE("too few iterations are reported with the residual reached, and the field so far is usable") {
  const ElasticModel model = l_shaped_model();
  SolverSettings settings;
  settings.max_iterations = 2;

  const SolveReport report = failed_solve(model, platen_case(model, -0.1), settings);

  says(report, "2 iterations");
  CHECK(report.iterations == 2);
  CHECK(report.residual_history.size() == 3);
  CHECK(report.relative_residual == report.residual_history.back());
  CHECK(report.relative_residual < 1);
}

TEST_CASE("a bone without supports under a force that nothing balances is reported") {
  for (const Preconditioner preconditioner : {Preconditioner::multigrid, Preconditioner::block_jacobi}) {
    const ElasticModel model = l_shaped_model();
    ResolvedLoadCase load_case = empty_case(model);
    load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
    load_case.force_n[0] = 1;
    SolverSettings settings;
    settings.preconditioner = preconditioner;
    settings.max_iterations = 200;

    const SolveReport report = failed_solve(model, load_case, settings);

    CHECK_FALSE(report.failure.empty());
  }
}

TEST_CASE("unheld blocks of any size end in a report, also where the coarsest factorisation meets zero") {
  for (int edge = 1; edge <= 12; ++edge) {
    const ElasticModel model = make_model({edge, edge + 1, edge + 2}, {1, 1, 1}, [](int, int, int) { return true; },
                                          {isotropic_elasticity(1, 0.3)});
    ResolvedLoadCase load_case = empty_case(model);
    load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
    load_case.force_n[1] = 1;
    SolverSettings settings;
    settings.max_iterations = 100;
    for (const CyclePrecision precision : {CyclePrecision::fp32, CyclePrecision::fp64}) {
      settings.precision = precision;
      CAPTURE(edge);
      CHECK_FALSE(failed_solve(model, load_case, settings).failure.empty());
    }
  }
}

TEST_CASE("a loaded part that is not held beside one that is held is reported") {
  const ElasticModel model =
      make_model({7, 3, 6}, {1, 1, 1}, [](int x, int, int) { return x != 3; }, {isotropic_elasticity(1, 0.3)});
  ResolvedLoadCase load_case = empty_case(model);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.x <= 3 && p.z == 0)
      for (int c = 0; c < 3; ++c) prescribe(load_case, n, c, 0);
    if (p.z == 6) load_case.force_n[3 * n] = 1;
  }
  SolverSettings settings;
  settings.max_iterations = 200;

  CHECK_FALSE(failed_solve(model, load_case, settings).failure.empty());
}

TEST_CASE("a model that does not fit is refused before anything is built, with what it needs and what is free") {
  const SmallDevice device;

  require_memory(device, 1'000'000, 900'000, {});
  CHECK_THROWS_WITH_AS(require_memory(device, 2'000'000, 1'800'000, {}),
                       doctest::Contains("2000000 nodes and 1800000 elements, and 300 MB are free on a small card"),
                       DeviceError);
}

TEST_CASE("fewer systems are solved together where memory is short, and one always is") {
  const SmallDevice device;  // 300 MB free, of which 80 % may be planned with
  SolverSettings six;
  six.block_columns = 6;
  const auto fit = [&](std::uint32_t nodes, const SolverSettings& settings) {
    return columns_that_fit(device, nodes, nodes, settings);
  };
  const auto bytes = [&](std::uint32_t nodes, int columns) {
    return estimate_memory(nodes, nodes, {}, columns).device_bytes;
  };

  CHECK(fit(10'000, {}) == k_most_columns);
  CHECK(fit(10'000, six) == 6);
  const int some = fit(400'000, {});
  CHECK(some > 1);
  CHECK(some < k_most_columns);
  CHECK(bytes(400'000, some) <= 240'000'000);
  CHECK(bytes(400'000, some + 1) > 240'000'000);
  CHECK(fit(1'000'000, {}) == 1);
  CHECK(fit(5'000'000, six) == 1);  // require_memory refuses this one
  CHECK(bytes(400'000, 3) - bytes(400'000, 2) == 400'000 * (96 + 24 + 5));
}
