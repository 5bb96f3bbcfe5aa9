// SPDX-License-Identifier: Apache-2.0
// A model solved from end to end the way the program does it: mesh, materials, load case, solve, independent check.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "osteon/image/voxel_image.hpp"
#include "osteon/mechanics/fields.hpp"
#include "osteon/model/elastic_model.hpp"
#include "osteon/model/load_case.hpp"
#include "osteon/solve/linear_solver.hpp"
#include "support/backend.hpp"

namespace osteon::test {

/// Relative comparison. doctest::Approx alone adds 1 to the size of what it compares, so that its epsilon would be an
/// absolute tolerance for a strain or an energy far below 1.
inline doctest::Approx near(double expected, double relative) {
  return doctest::Approx(expected).epsilon(relative).scale(0);
}

/// The checked device copies and locks memory around every kernel: large runs are left out on it.
inline bool small_runs_only() { return backend_name() == "checked"; }

inline Material isotropic_material(double youngs_modulus_mpa, double poisson_ratio = 0.3, int label = 1) {
  Material material;
  material.label = label;
  material.youngs_modulus_mpa = youngs_modulus_mpa;
  material.poisson_ratio = poisson_ratio;
  return material;
}

/// Labels > 0 become elements.
inline ElasticModel model_of(const VoxelImage& labels, const std::vector<Material>& materials) {
  std::vector<std::uint8_t> active(labels.values.size());
  for (std::size_t i = 0; i < active.size(); ++i) active[i] = labels.values[i] > 0 ? 1 : 0;
  ElasticModel model;
  model.mesh = std::make_shared<const VoxelMesh>(labels.geometry.size, labels.geometry.spacing_mm, active);
  model.material = assign_materials(*model.mesh, labels, nullptr, nullptr, materials);
  model.geometry = labels.geometry;
  return model;
}

inline ElasticProblem problem_of(const ElasticModel& model) {
  return {model.mesh->view(),          model.mesh->spacing_mm(),
          &model.material.palette,     &model.material.palette_index,
          &model.material.modulus_mpa, &model.mesh->node_positions()};
}

inline LinearSystem system_of(const ResolvedLoadCase& load_case) {
  LinearSystem system;
  system.constrained = &load_case.constrained;
  system.prescribed_mm = &load_case.prescribed_mm;
  if (!load_case.force_n.empty()) system.force_n = &load_case.force_n;
  return system;
}

/// One load case, its solution, and what the independent judge says of it.
struct Solved {
  ResolvedLoadCase load_case;
  std::vector<double> displacement_mm;
  SolveReport solve;
  ReactionReport reactions;
  IndependentCheck check;
};

inline SolverSettings tight_settings(double tolerance) {
  SolverSettings settings;
  settings.tolerance = tolerance;
  return settings;
}

inline Solved solve_resolved(ElasticSolver& solver, const ElasticModel& model, ResolvedLoadCase load_case) {
  Solved out;
  out.load_case = std::move(load_case);
  out.displacement_mm = solver.solve(system_of(out.load_case), out.solve, silent_monitor());
  REQUIRE_MESSAGE(out.solve.converged, out.solve.failure);
  out.reactions = evaluate_reactions(model, out.load_case, out.displacement_mm, out.check, nullptr);
  return out;
}

inline Solved solve_resolved(Device& device, const ElasticModel& model, ResolvedLoadCase load_case,
                             const SolverSettings& settings) {
  ElasticSolver solver(device, problem_of(model), settings);
  return solve_resolved(solver, model, std::move(load_case));
}

inline Solved solve_case(Device& device, const ElasticModel& model, const LoadCaseSpec& spec,
                         const SolverSettings& settings) {
  const ResolvedLoadCase load_case = resolve_load_case(*model.mesh, spec);
  require_supported(*model.mesh, load_case);
  return solve_resolved(device, model, load_case, settings);
}

inline LoadCaseSpec strained(const std::string& type, double strain) {
  LoadCaseSpec spec = parse_load_type(type);
  spec.strain = strain;
  return spec;
}

}  // namespace osteon::test
