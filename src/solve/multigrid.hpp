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

/// z = M^-1 r with M symmetric positive definite; z is zero at prescribed degrees of freedom.
class PreconditionerOperator {
 public:
  virtual ~PreconditionerOperator() = default;
  /// Device pointers, 3 per node. `r_norm` = ||r||, used to scale into fp32's range. `work`: 3 n doubles that the caller
  /// lends until it is done with z (z lies there, in the cycle's precision).
  virtual void apply(const double* r, double r_norm, double* work) = 0;
  /// r . z
  virtual double dot(const double* r) = 0;
  /// p = z + beta p; p is not read when beta is 0
  virtual void add_to_direction(double beta, double* p) = 0;
  /// Inverse diagonal of changed moduli (galerkin.hpp, inverse_node_blocks).
  virtual void set_inverse_diagonal(const std::vector<std::uint16_t>& inverse) = 0;
  virtual std::vector<std::int64_t> level_dof() const = 0;
  virtual std::string description() const = 0;
};

std::unique_ptr<PreconditionerOperator> make_multigrid(FineOperator& fine, const HostGrid& grid,
                                                       const ElasticProblem& problem,
                                                       const std::vector<std::uint8_t>& constrained,
                                                       const SolverSettings& settings, Monitor& monitor);

std::unique_ptr<PreconditionerOperator> make_block_jacobi(FineOperator& fine, const HostGrid& grid,
                                                          const ElasticProblem& problem,
                                                          const std::vector<std::uint8_t>& constrained);

}  // namespace osteon
