// SPDX-License-Identifier: Apache-2.0
// Newton's method for small-strain plasticity on a voxel grid, along a path of load factors. Knows no bone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/element/plasticity.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// Which law every element has; views must outlive the solver. An element of a law that yields must be isotropic, with
/// the law's Poisson's ratio.
struct PlasticMaterial {
  const std::vector<PlasticLaw>* laws = nullptr;
  const std::vector<std::uint8_t>* law_index = nullptr;  ///< per element
};

struct ElastoplasticSettings {
  SolverSettings linear;  ///< its tolerance is that of the elastic start; later solves are as exact as they need to be
  double tolerance = 1e-6;  ///< on ||f - internal force|| over free degrees of freedom / largest ||forces|| of the path
  int most_newton = 20;     ///< iterations in a step before it is cut
  double largest_step = 0.05;   ///< of the way from one factor of the path to the next
  double smallest_step = 1e-4;  ///< likewise; below it the path ends
};

/// What has yielded: listed elements and the means of their eight Gauss points.
struct PlasticState {
  std::vector<std::uint32_t> elements;
  std::vector<double> plastic_strain;  ///< sqrt(2/3 e:e)
  std::vector<double> damage;
  std::vector<double> yielded_share;  ///< of the points
  double stored_beyond_mj = 0;        ///< elastic energy beyond 1/2 u . K u
  double dissipated_mj = 0;
};

/// A converged point of the path. References hold during the call only.
struct LoadStep {
  double factor;
  const std::vector<double>& displacement_mm;   ///< 3 per node
  const std::vector<double>& internal_force_n;  ///< 3 per node; at supports what they carry
  const PlasticState& plastic;
  double external_work_mj, stored_mj, dissipated_mj;  ///< since the start; work by the trapezoidal rule
  double relative_residual;
  int newton_iterations, linear_iterations;
};

struct ElastoplasticReport {
  bool completed = false;  ///< the path's end, or where the observer stopped it
  std::string failure;     ///< why not
  double reached_factor = 0;
  double first_yield_factor = 0;          ///< 0: nothing yielded, or not on the way to the first factor
  std::uint32_t first_yield_element = 0;  ///< the one whose point yields first; of equals the first
  int steps = 0, cut_steps = 0, newton_iterations = 0, linear_iterations = 0;
  double seconds = 0;
  std::string method;
};

/// Fields after the last converged step.
struct ElastoplasticSolution {
  std::vector<double> displacement_mm, internal_force_n;
  PlasticState plastic;
};

class ElastoplasticSolver {
 public:
  ElastoplasticSolver(Device& device, const ElasticProblem& problem, const PlasticMaterial& material,
                      const ElastoplasticSettings& settings);
  ~ElastoplasticSolver();
  ElastoplasticSolver(const ElastoplasticSolver&) = delete;
  ElastoplasticSolver& operator=(const ElastoplasticSolver&) = delete;

  /// From rest, factors times the prescribed displacements and forces of `unit`, through the factors of `path` in turn
  /// (the first not 0). The first step ends where the first Gauss point yields, and is elastic. `on_step` is called for
  /// every converged step; when it returns false the path ends there. Steps that find no equilibrium are cut; when they
  /// become too small the report says so and the solution is that of the last step that did.
  ElastoplasticSolution run(const LinearSystem& unit, const std::vector<double>& path,
                            const std::function<bool(const LoadStep&)>& on_step, ElastoplasticReport& report,
                            Monitor& monitor);

  /// K_t x at displacement u from rest, 3 per node, nothing constrained; and the internal forces (for tests).
  std::vector<double> apply_tangent(const std::vector<double>& u, const std::vector<double>& x,
                                    std::vector<double>& internal_force_n);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace osteon
