// SPDX-License-Identifier: Apache-2.0
// Diffusion on the GPU: one thread per site, sums in two stages of fixed shape (cuda_sum.hpp).
#include "kernels/cuda_launch.hpp"
#include "kernels/cuda_sum.hpp"
#include "kernels/diffusion/diffusion_body.hpp"

namespace osteon::kernels::cuda {

namespace {

class DiffusionCuda final : public DiffusionKernels {
 public:
  void diagonal(Device&, const DiffusionView& view, double* d) const override {
    for_each("diffusion diagonal", view.sites.count, DiffusionDiagonal{view, d});
  }
  void apply_dot(Device&, const DiffusionView& view, const double* x, double* y, double* result) const override {
    sum("diffusion product", 1, view.sites.count, DiffusionApplyTerm{view, x, y}, nullptr, sum_scratch(k_sum_blocks),
        result);
  }
  void residual(Device&, const DiffusionView& view, const double* source, const double* x, double* r,
                double* result) const override {
    sum("diffusion residual", 1, view.sites.count, DiffusionResidualTerm{view, source, x, r}, nullptr,
        sum_scratch(k_sum_blocks), result);
  }
  void add_fluxes(Device&, const DiffusionView& view, const double* x, const double* old, double* next,
                  double* inflow) const override {
    sum("diffusion fluxes", 1, view.sites.count, DiffusionFluxTerm{view, x, old, next}, nullptr,
        sum_scratch(k_sum_blocks), inflow);
  }
  void gradient_magnitude(Device&, const DiffusionView& view, const double scale[3], const double* x,
                          double* magnitude) const override {
    for_each("gradient", view.sites.count, GradientMagnitude{view, {scale[0], scale[1], scale[2]}, x, magnitude});
  }
};

}  // namespace

const DiffusionKernels& diffusion() {
  static const DiffusionCuda kernels;
  return kernels;
}

}  // namespace osteon::kernels::cuda
