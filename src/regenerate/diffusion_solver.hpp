// SPDX-License-Identifier: Apache-2.0
// Implicit steps and steady states of diffusion on sites, by conjugate gradients.
#pragma once

#include "kernels/diffusion/diffusion.hpp"
#include "kernels/vector/vector.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

/// Work space for one field at a time: 5 doubles per site.
class DiffusionSolver {
 public:
  DiffusionSolver(Device& device, std::size_t sites);

  /// One backward Euler step of `x` in place. The step that is taken is the sum of the fluxes that the solution drives,
  /// so cells are kept to rounding whatever the tolerance. Returns what came in over held surfaces, in the sum of x.
  double step(const kernels::DiffusionView& view, double* x);

  /// Solves A x = source + held from x. Throws SimulationError when it does not converge.
  void solve(kernels::DiffusionView view, const double* source, double* x);

 private:
  Device& device_;
  const kernels::DiffusionKernels& diffusion_;
  const kernels::VectorKernels<double>& vectors_;
  std::size_t count_;
  Buffer<double> r_, p_, q_, solution_, start_, diagonal_, sums_;
};

}  // namespace osteon
