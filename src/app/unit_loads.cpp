// SPDX-License-Identifier: Apache-2.0
#include "unit_loads.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "case_values.hpp"
#include "osteon/core/machine.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

bool has_force(const NodeSetSpec& set) { return set.force_n != Vec3{0, 0, 0}; }

bool is_moved(const NodeSetSpec& set) {
  return std::any_of(set.displacement_mm.begin(), set.displacement_mm.end(),
                     [](const std::optional<double>& u) { return u.value_or(0) != 0; });
}

/// 1 N along `component`, shared by the nodes as the load case's own force is.
std::vector<double> unit_force(const std::vector<double>& force_n, const Vec3& total_n, std::size_t component) {
  const double square = total_n[0] * total_n[0] + total_n[1] * total_n[1] + total_n[2] * total_n[2];
  std::vector<double> unit(force_n.size(), 0.0);
  for (std::size_t i = 0; i < unit.size(); i += 3)
    unit[i + component] =
        (force_n[i] * total_n[0] + force_n[i + 1] * total_n[1] + force_n[i + 2] * total_n[2]) / square;
  return unit;
}

UnitLoads solve_unit_loads(const Case& wanted, const BoneModel& model, Device& device,
                           const ResolvedLoadCase& load_case, std::size_t node_set, StageTimes& times,
                           Monitor& monitor) {
  ResolvedLoadCase unit = load_case;
  std::array<std::vector<double>, 3> force_n;
  std::vector<LinearSystem> systems(3);
  for (std::size_t d = 0; d < 3; ++d) {
    force_n[d] = unit_force(load_case.force_n, load_case.spec.node_sets[node_set].force_n, d);
    systems[d].constrained = &unit.constrained;
    systems[d].prescribed_mm = &unit.prescribed_mm;
    systems[d].force_n = &force_n[d];
  }
  std::vector<LinearSolution> solutions;
  {
    ElasticSolver solver(device, elastic_problem(model), wanted.solver);
    solver.solve(systems, solutions, monitor);
  }
  return_freed_memory();
  Stopwatch watch;
  UnitLoads result;
  result.converged = true;
  for (std::size_t d = 0; d < 3; ++d) {
    const SolveReport& report = solutions[d].report;
    times.setup += report.setup_s;
    times.solve += report.solve_s;
    if (!report.converged && result.converged) result.failure = report.failure;
    result.converged = result.converged && report.converged;
    result.iterations += report.iterations;
    result.relative_residual = std::max(result.relative_residual, report.relative_residual);
    IndependentCheck check;
    unit.force_n = std::move(force_n[d]);
    evaluate_reactions(model.elastic, unit, solutions[d].displacement_mm, check, nullptr);
    result.independent_residual = std::max(result.independent_residual, check.relative_residual);
    result.displacement_mm[d] = std::move(solutions[d].displacement_mm);
  }
  times.post += watch.lap();
  return result;
}

}  // namespace

std::size_t turnable_node_set(const LoadCaseSpec& load_case, const std::string& node_set, const std::string& where) {
  if (load_case.type != LoadType::free)
    fail(where, fmt::format("load case '{}' cannot be turned: its ends are moved, and a force is needed; use a load "
                            "case of type free with a node set that carries force_n",
                            load_case.name));
  std::vector<std::size_t> loaded;
  for (std::size_t i = 0; i < load_case.node_sets.size(); ++i) {
    const NodeSetSpec& set = load_case.node_sets[i];
    if (is_moved(set))
      fail(where, fmt::format("load case '{}' cannot be turned: its node set '{}' is moved, and a force is needed "
                              "(force_n instead of displacement; models of [bone]: force_n and platen = false)",
                              load_case.name, set.name));
    if (has_force(set)) loaded.push_back(i);
  }
  if (loaded.empty()) fail(where, fmt::format("load case '{}' has no node set with force_n", load_case.name));
  if (loaded.size() > 1)
    fail(where, fmt::format("load case '{}' cannot be turned: {} node sets carry a force, and only one may",
                            load_case.name, loaded.size()));
  const NodeSetSpec& found = load_case.node_sets[loaded[0]];
  if (!node_set.empty() && found.name != node_set)
    fail(where, fmt::format("\"{}\" is not the loaded node set of load case '{}'; that is '{}'", node_set,
                            load_case.name, found.name));
  for (int d = 0; d < 3; ++d)
    if (found.displacement_mm[static_cast<std::size_t>(d)])
      fail(where, fmt::format("node set '{}' is loaded and held along {}; a force that turns needs it free", found.name,
                              axis_name(static_cast<Axis>(d))));
  return loaded[0];
}

void check_turned_loads(const Case& wanted, const std::vector<ResolvedLoadCase>& load_cases) {
  for (const ResolvedLoadCase& load_case : load_cases) {
    if (wanted.falls && wanted.falls->load_case == load_case.spec.name) falls_grid(*wanted.falls, load_case.spec);
    if (wanted.probability && wanted.probability->load_direction_deg > 0)
      turnable_node_set(load_case.spec, "", "risk.probability.load_direction_deg");
  }
}

const UnitLoads& UnitLoadCache::of(const ResolvedLoadCase& load_case, std::size_t node_set, Monitor& monitor) {
  const std::string& name = load_case.spec.name;
  if (name_ == name) return unit_;
  name_.clear();  // an interrupt must not leave the name of what is not there
  unit_ = {};
  monitor.progress("unit forces", -1, name);
  unit_ = solve_unit_loads(wanted_, model_, device_, load_case, node_set, times_, monitor);
  monitor.note(fmt::format("{}: three unit forces, {} iterations, residual {:.2e}, independent residual {:.2e}", name,
                           unit_.iterations, unit_.relative_residual, unit_.independent_residual));
  name_ = name;
  return unit_;
}

}  // namespace osteon::app
