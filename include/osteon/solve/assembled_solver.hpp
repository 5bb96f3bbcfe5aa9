// SPDX-License-Identifier: Apache-2.0
// Preconditioned conjugate gradients on the assembled stiffness of an unstructured mesh. Knows no bone.
#pragma once

#include <memory>
#include <vector>

#include "osteon/core/device.hpp"
#include "osteon/solve/linear_solver.hpp"
#include "osteon/solve/mesh_problem.hpp"

namespace osteon {

/// Systems and reports as ElasticSolver's; nodes as in the problem (inside, they are renumbered by boxes).
/// SolverSettings: `aggregate_edge` and `earlier_solutions` have no meaning here; preconditioner must be multigrid.
class AssembledSolver {
 public:
  /// Assembles. Throws InputError when an element has a node that the mesh does not.
  AssembledSolver(Device& device, const MeshProblem& problem, const SolverSettings& settings);
  ~AssembledSolver();
  AssembledSolver(const AssembledSolver&) = delete;
  AssembledSolver& operator=(const AssembledSolver&) = delete;

  /// Displacement, 3 per node, mm. A node without elements must be prescribed; so must enough to hold the body.
  std::vector<double> solve(const LinearSystem& system, SolveReport& report, Monitor& monitor);
  /// Several systems with the same prescribed degrees of freedom, in lock-step.
  void solve(const std::vector<LinearSystem>& systems, std::vector<LinearSolution>& solutions, Monitor& monitor);

  /// New moduli of problem.elements[type]; the vector must outlive the solver. The next solve assembles and builds the
  /// hierarchy again.
  void set_moduli(std::size_t type, const std::vector<float>& modulus_mpa);

  /// f = K u with no constraint applied, 3 per node, N.
  std::vector<double> apply_stiffness(const std::vector<double>& u);

  double assembly_s() const;  ///< wall time of the last assembly, patterns included when they were made

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace osteon
