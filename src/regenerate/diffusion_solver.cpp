// SPDX-License-Identifier: Apache-2.0
#include "diffusion_solver.hpp"

#include <fmt/format.h>

#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

enum { k_rr, k_rr_before, k_curvature, k_inflow, k_sums };

/// Of the residual against the field's own size; the error it leaves is far below that of the time step, and no cell is
/// lost by it (step).
constexpr double k_tolerance = 1e-10;
constexpr int k_most_iterations = 5000;

}  // namespace

DiffusionSolver::DiffusionSolver(Device& device, std::size_t sites)
    : device_(device),
      diffusion_(kernels::diffusion_kernels(device)),
      vectors_(kernels::vector_kernels<double>(device)),
      count_(sites),
      r_(device, sites),
      p_(device, sites),
      q_(device, sites),
      solution_(device, sites),
      start_(device, sites),
      diagonal_(device, sites),
      sums_(device, k_sums) {}

void DiffusionSolver::solve(kernels::DiffusionView view, const double* source, double* x) {
  diffusion_.diagonal(device_, view, diagonal_.data());
  view.diagonal = diagonal_.data();
  double* sums = sums_.data();
  // b alone: the residual of zero.
  solution_.set_zero();
  diffusion_.residual(device_, view, source, solution_.data(), r_.data(), sums + k_rr);
  const double limit = k_tolerance * std::sqrt(sums_.to_host()[k_rr]);
  diffusion_.residual(device_, view, source, x, r_.data(), sums + k_rr);
  double rr = sums_.to_host()[k_rr];
  for (int iteration = 0; std::sqrt(rr) > limit; ++iteration) {
    if (!(iteration < k_most_iterations) || !std::isfinite(rr))
      throw SimulationError(fmt::format("diffusion did not converge in {} iterations (residual {:.1e} of {:.1e})",
                                        iteration, std::sqrt(rr), limit / k_tolerance));
    // Sums alternate places, so that this iteration's r . r and the last one's are both at hand on the device.
    double* now = sums + (iteration % 2 == 0 ? k_rr : k_rr_before);
    double* next = sums + (iteration % 2 == 0 ? k_rr_before : k_rr);
    vectors_.add_to_double(device_, 1, count_, nullptr, r_.data(), now, iteration == 0 ? nullptr : next, p_.data());
    diffusion_.apply_dot(device_, view, p_.data(), q_.data(), sums + k_curvature);
    vectors_.cg_update(device_, 1, count_, now, sums + k_curvature, p_.data(), q_.data(), x, r_.data(), next);
    rr = sums_.to_host()[iteration % 2 == 0 ? k_rr_before : k_rr];
  }
}

double DiffusionSolver::step(const kernels::DiffusionView& view, double* x) {
  device_.copy_on_device(start_.data(), x, count_ * sizeof(double));
  solve(view, start_.data(), x);
  diffusion_.add_fluxes(device_, view, x, start_.data(), solution_.data(), sums_.data() + k_inflow);
  device_.copy_on_device(x, solution_.data(), count_ * sizeof(double));
  return sums_.to_host()[k_inflow];
}

}  // namespace osteon
