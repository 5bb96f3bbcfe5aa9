// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu_loop.hpp"
#include "kernels/cpu_sum.hpp"
#include "kernels/diffusion/diffusion_body.hpp"

namespace osteon::kernels::cpu {

namespace {

class DiffusionCpu final : public DiffusionKernels {
 public:
  void diagonal(Device& device, const DiffusionView& view, double* d) const override {
    for_each(device, view.sites.count, DiffusionDiagonal{view, d});
  }
  void apply_dot(Device& device, const DiffusionView& view, const double* x, double* y, double* result) const override {
    KernelScope scope(device);
    *result = sum_terms(view.sites.count, DiffusionApplyTerm{view, x, y});
  }
  void residual(Device& device, const DiffusionView& view, const double* source, const double* x, double* r,
                double* result) const override {
    KernelScope scope(device);
    *result = sum_terms(view.sites.count, DiffusionResidualTerm{view, source, x, r});
  }
  void add_fluxes(Device& device, const DiffusionView& view, const double* x, const double* old, double* next,
                  double* inflow) const override {
    KernelScope scope(device);
    *inflow = sum_terms(view.sites.count, DiffusionFluxTerm{view, x, old, next});
  }
  void gradient_magnitude(Device& device, const DiffusionView& view, const double scale[3], const double* x,
                          double* magnitude) const override {
    for_each(device, view.sites.count, GradientMagnitude{view, {scale[0], scale[1], scale[2]}, x, magnitude});
  }
};

}  // namespace

const DiffusionKernels& diffusion() {
  static const DiffusionCpu kernels;
  return kernels;
}

}  // namespace osteon::kernels::cpu
