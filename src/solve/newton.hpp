// SPDX-License-Identifier: Apache-2.0
// Equilibrium at one load factor by Newton's method: inexact linear solves on the consistent tangent, with the elastic
// multigrid as preconditioner, and a line search along the energy.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "constraint_list.hpp"
#include "host_grid.hpp"
#include "multigrid.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/solve/elastoplastic_solver.hpp"
#include "plastic_elements.hpp"

namespace osteon {

/// Displacement and internal forces in equilibrium with factor times the unit load, host memory, 3 per node.
struct Equilibrium {
  double factor = 0;
  std::vector<double> displacement_mm, internal_force_n;
  double twice_elastic_mj = 0;  ///< u . K u
};

/// What finding one took; `failure` is empty when it was found.
struct NewtonOutcome {
  std::string failure;
  int iterations = 0, linear_iterations = 0;
  double relative_residual = 0;
};

class Newton {
 public:
  Newton(Device& device, const ElasticProblem& problem, const PlasticMaterial& material,
         const ElastoplasticSettings& settings);

  /// Takes up a load; builds the hierarchy where the supports are new.
  void set_load(const LinearSystem& unit, Monitor& monitor);
  /// Elastic solution for the unit load times a factor.
  NewtonOutcome solve_elastic(double factor, Equilibrium& found, Monitor& monitor);
  /// From an equilibrium to another factor; `guess` is a displacement to start the first linear solve from, minus that
  /// of `from`, or empty. The tangent must be that of `from`.
  NewtonOutcome step(const Equilibrium& from, double factor, const std::vector<double>& guess, Equilibrium& found,
                     Monitor& monitor);
  /// Forces, tangent and energy of the displacement in `at`, from the plastic state as it stands.
  void evaluate(Equilibrium& at);
  void commit(const Equilibrium& before, const Equilibrium& now);
  double relative_residual(const Equilibrium& at);

  PlasticElements& plastic() { return plastic_; }
  TangentOperator& tangent() { return tangent_; }
  /// phi / strength where it is largest, and the element there.
  std::pair<double, std::uint32_t> largest_utilisation(const Equilibrium& at);
  std::string method() const { return preconditioner_->description(); }

 private:
  bool is_held(std::size_t i) const { return (*unit_.constrained)[i / 3] >> (i % 3) & 1; }
  double force(std::size_t i, double factor) const {
    return unit_.force_n != nullptr ? factor * (*unit_.force_n)[i] : 0;
  }
  std::vector<double> unbalanced(const Equilibrium& at) const;
  double along(const std::vector<double>& direction, const Equilibrium& at) const;
  SolveReport solve_linear(const NodeValues& prescribed, const std::vector<double>& force, double tolerance,
                           const std::vector<double>* guess, std::vector<double>& change, Monitor& monitor);
  double elastic_residual(Equilibrium& at);
  void move(const std::vector<double>& change, Equilibrium& at);

  const ElastoplasticSettings& settings_;
  ElasticProblem problem_;
  HostGrid grid_;
  FineOperator fine_;
  PlasticElements plastic_;
  TangentOperator tangent_;
  const kernels::VectorKernels<double>& vectors_;
  LinearSystem unit_;
  std::vector<std::uint8_t> constrained_;
  ConstraintList constraints_;
  std::unique_ptr<VoxelPreconditioner> preconditioner_;
  double largest_force_ = 0;  ///< norm of supports' and loads' forces, largest so far
  Buffer<double> u_, other_, f_, sum_;
};

}  // namespace osteon
