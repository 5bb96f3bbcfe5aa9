// SPDX-License-Identifier: Apache-2.0
// The aggregation multigrid as a preconditioner: hierarchy in device memory and one W-cycle.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fine_operator.hpp"
#include "host_grid.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// z = M^-1 r with M symmetric positive definite; z is zero at prescribed degrees of freedom. r and z are block
/// vectors: `columns` vectors, one after another, each with the digits that it gets alone.
class PreconditionerOperator {
 public:
  virtual ~PreconditionerOperator() = default;
  /// Makes room for so many columns, before the first `apply` with them.
  virtual void reserve(int columns) = 0;
  /// All pointers are device pointers: vectors of 3 per node, and a sum per column. `rr` = r . r, by which the cycle
  /// scales r into fp32's range; it must stay until the caller is done with z. So must `work`, as many doubles as r
  /// has, that the caller lends (z lies there, in the cycle's precision).
  virtual void apply(int columns, const double* r, const double* rr, double* work) = 0;
  /// rho[column] = r . z of the last `apply`, and its number of columns; so the next
  virtual void dot(const double* r, double* rho) = 0;
  /// p = z + rho / rho_before p; p is not read when rho_before is null
  virtual void add_to_direction(const double* rho, const double* rho_before, double* p) = 0;
  virtual std::vector<std::int64_t> level_dof() const = 0;
  virtual std::string description() const = 0;
};

/// The same on voxels whose moduli evolve.
class VoxelPreconditioner : public PreconditionerOperator {
 public:
  /// Moduli have changed, the operator's too: the finest level follows them.
  virtual void follow_moduli(const HostGrid& grid, const ElasticProblem& problem,
                             const std::vector<std::uint8_t>& constrained) = 0;
  /// Every level follows, with the aggregates and patterns it has; false when that takes a new hierarchy.
  virtual bool compute_again(Monitor& monitor) = 0;
  /// Upper bound of the finest level's eigenvalues, which grows with the moduli it has followed; 0 when there is none.
  virtual double smoother_bound() const = 0;
  virtual void set_smoother_bound(double bound) = 0;
};

std::unique_ptr<VoxelPreconditioner> make_multigrid(FineOperator& fine, const HostGrid& grid,
                                                    const ElasticProblem& problem,
                                                    const std::vector<std::uint8_t>& constrained,
                                                    const SolverSettings& settings, Monitor& monitor);

/// The one that the settings ask for.
std::unique_ptr<VoxelPreconditioner> make_preconditioner(FineOperator& fine, const HostGrid& grid,
                                                         const ElasticProblem& problem,
                                                         const std::vector<std::uint8_t>& constrained,
                                                         const SolverSettings& settings, Monitor& monitor);

std::unique_ptr<VoxelPreconditioner> make_block_jacobi(FineOperator& fine, const HostGrid& grid,
                                                       const ElasticProblem& problem,
                                                       const std::vector<std::uint8_t>& constrained);

}  // namespace osteon
