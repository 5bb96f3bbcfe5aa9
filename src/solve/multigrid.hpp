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
  /// Device pointers, 3 per node. `r_norm` = ||r||, used to scale into fp32's range.
  virtual void apply(const double* r, double r_norm, double* z) = 0;
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
