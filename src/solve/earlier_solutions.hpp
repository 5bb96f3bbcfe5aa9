// SPDX-License-Identifier: Apache-2.0
// Where to start the next solve of a series: the combination of the last solutions that is nearest to the new one in
// energy (Fischer 1998, Comput Methods Appl Mech Eng 163:193). Costs one product with the stiffness per vector and one
// more; for material that evolves smoothly it is an extrapolation in time that finds its own weights and never does
// worse than the last solution.
#pragma once

#include <cstddef>
#include <vector>

#include "kernels/vector/vector.hpp"
#include "linear_operator.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

/// Device memory per vector kept: one of fp64. The solutions must have the same prescribed degrees of freedom.
class EarlierSolutions {
 public:
  /// Keeps the last solution and `most` - 1 differences between those before it.
  EarlierSolutions(Device& device, std::size_t dof_count, int most);

  bool empty() const { return basis_.empty(); }
  void forget() { basis_.clear(); }
  /// `x` in device memory, zero on prescribed degrees of freedom.
  void remember(const double* x);
  /// On entry r = b and x = 0, on return x is the start and r = b - K x. `scratch`: one vector.
  void start(LinearOperator& stiffness, const kernels::ConstraintView& constrained, double* r, double* x,
             double* scratch);

  std::vector<std::vector<double>> to_host() const;
  void restore(const std::vector<std::vector<double>>& vectors);

 private:
  std::vector<double> weights(LinearOperator& stiffness, const kernels::ConstraintView& constrained, const double* b,
                              double* scratch);

  Device& device_;
  const kernels::VectorKernels<double>& vectors_;
  std::size_t n_, most_;
  std::vector<Buffer<double>> basis_;  ///< the last solution, then differences, newest first
  Buffer<double> sums_;
};

}  // namespace osteon
