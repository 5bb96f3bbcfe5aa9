// SPDX-License-Identifier: Apache-2.0
// Preconditioned conjugate gradients in fp64 (Hestenes and Stiefel 1952, doi 10.6028/jres.049.044) on the free degrees
// of freedom, for several right-hand sides in lock-step. Per iteration beside the preconditioner: one operator, 2 dot
// products and 3 vector updates.
//
// Every column runs its own conjugate gradients; what the columns share is the pass over material and matrices in every
// product, and the one wait per iteration for their sums. Block conjugate gradients (O'Leary 1980, doi
// 10.1016/0024-3795(80)90247-5) would search all columns' directions at once and save iterations, but its small systems
// break down when a column converges early or two depend on each other, and no column would get the digits it gets
// alone. Here it does, to the last bit, so a load case does not depend on its company.
#pragma once

#include <cstddef>
#include <vector>

#include "earlier_solutions.hpp"
#include "kernels/vector/vector.hpp"
#include "linear_operator.hpp"
#include "multigrid.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// Up to `columns` systems with the same prescribed degrees of freedom. Device memory per column: 4 vectors of fp64.
/// Use once: `add` every system, then `run`.
class BlockCg {
 public:
  BlockCg(LinearOperator& stiffness, const kernels::ConstraintView& constrained, const SolverSettings& settings,
          int columns, EarlierSolutions* earlier);

  /// Takes up a system, from its own start or else from `earlier` solutions, which also get what converges (null:
  /// none); both must outlive the solve. One that needs no iteration, or allows none, gets its solution at once.
  void add(const LinearSystem& system, LinearSolution& solution);

  /// Fills the solutions, each as soon as its column has converged or failed.
  void run(PreconditionerOperator& preconditioner, Monitor& monitor);

 private:
  struct Column {
    const LinearSystem* system;
    LinearSolution* solution;
    double b_norm, r_norm;
    double prescribed_energy = 0;  ///< u_p . K u_p
    double gained = 0;             ///< 2 b . x - x . K x, grows with every iteration to x . K x of the solution
    double error_energy = -1;      ///< r . z, carried over the last step by r . r; -1: not known yet
  };
  /// Sums of every column in device memory, where the kernels that need them read them.
  enum { k_rr, k_curvature, k_rho, k_rho_of_odd_iterations, k_sums };
  /// Those of one column on the host, after an iteration.
  struct Sums {
    double rr;         ///< of the residual the iteration left
    double curvature;  ///< p . K p
    double rho;        ///< r . z
  };

  double* sum(int which) { return sums_.data() + static_cast<std::size_t>(which) * capacity_; }
  void make_right_hand_side(const LinearSystem& system, std::size_t column);
  void start_from(const LinearSystem& system, std::size_t column);
  double norm(std::size_t column);
  void note_start(std::size_t column);
  double dot(std::size_t column, const Buffer<double>& x, const Buffer<double>& y);
  bool is_accurate(const Column& column) const;
  double energy_error(const Column& column) const;
  bool wants_more(const Column& column) const;
  void iterate(PreconditionerOperator& preconditioner, int iteration);
  static void note(Column& column, const Sums& sum, int number);
  void tell(Monitor& monitor, std::size_t all) const;
  void finish(std::size_t column);
  void leave(std::size_t column);

  LinearOperator& stiffness_;
  Device& device_;
  const kernels::VectorKernels<double>& vectors_;
  kernels::ConstraintView constrained_;
  const SolverSettings& settings_;
  std::size_t n_, capacity_;
  std::vector<Column> columns_;  ///< those in work, in the order of their vectors
  EarlierSolutions* earlier_;
  bool running_ = false;          ///< nothing is added any more
  Buffer<double> x_, r_, p_, q_;  ///< q holds K p, and in between it is the preconditioner's to use
  Buffer<double> sums_;
};

}  // namespace osteon
