// SPDX-License-Identifier: Apache-2.0
// Plastic models for the tests: one law for all elements, and runs whose every step is kept.
#pragma once

#include <functional>
#include <vector>

#include "osteon/solve/elastoplastic_solver.hpp"
#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

namespace osteon::test {

/// A converged step, copied.
struct KeptStep {
  double factor;
  std::vector<double> u, f;
  double work, stored, dissipated, residual;
  int newton, linear;
};

struct PlasticRun {
  std::vector<KeptStep> steps;
  ElastoplasticReport report;
  ElastoplasticSolution solution;
};

inline PlasticRun run_path(Device& device, const ElasticModel& model, const std::vector<PlasticLaw>& laws,
                           const ResolvedLoadCase& load_case, const std::vector<double>& path,
                           const ElastoplasticSettings& settings) {
  const PlasticMaterial material{&laws, &model.material.material_index};
  ElastoplasticSolver solver(device, problem_of(model), material, settings);
  PlasticRun run;
  run.solution = solver.run(
      system_of(load_case), path,
      [&](const LoadStep& s) {
        run.steps.push_back({s.factor, s.displacement_mm, s.internal_force_n, s.external_work_mj, s.stored_mj,
                             s.dissipated_mj, s.relative_residual, s.newton_iterations, s.linear_iterations});
        return true;
      },
      run.report, silent_monitor());
  return run;
}

inline ElastoplasticSettings exact_settings(double tolerance, double largest_step = 0.1) {
  ElastoplasticSettings settings;
  settings.linear.tolerance = tolerance;
  settings.tolerance = tolerance;
  settings.largest_step = largest_step;
  return settings;
}

/// A bar along z in uniaxial stress: rollers on three faces, the upper end moved by 1 mm.
inline ResolvedLoadCase roller_case(const ElasticModel& model) {
  ResolvedLoadCase load_case = empty_case(model);
  const Index3 size = model.mesh->size();
  load_case.applied_displacement_mm = 1;
  load_case.length_mm = size.z * model.mesh->spacing_mm()[2];
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.x == 0) prescribe(load_case, n, 0, 0);
    if (p.y == 0) prescribe(load_case, n, 1, 0);
    if (p.z == 0 || p.z == size.z) prescribe(load_case, n, 2, p.z == 0 ? 0 : 1);
    if (p.z == size.z) load_case.loaded_nodes.push_back(n);
  }
  return load_case;
}

inline double end_force(const ResolvedLoadCase& load_case, const std::vector<double>& f) {
  double sum = 0;
  for (const std::uint32_t n : load_case.loaded_nodes) sum += f[std::size_t{3} * n + 2];
  return sum;
}

}  // namespace osteon::test
