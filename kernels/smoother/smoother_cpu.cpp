// SPDX-License-Identifier: Apache-2.0
#include "kernels/smoother/smoother_body.hpp"

namespace osteon::kernels::cpu {

namespace {

template <class Real>
class SmootherCpu final : public SmootherKernels<Real> {
 public:
  void step3(Device& device, const SmootherStep<Real>& step) const override { run_step<3>(device, step); }
  void step6(Device& device, const SmootherStep<Real>& step) const override { run_step<6>(device, step); }
  void solve3(Device& device, std::size_t blocks, const Real* m, const Real* x, Real* y) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::size_t b = 0; b < blocks; ++b) multiply_block3(m + 6 * b, x + 3 * b, y + 3 * b);
  }
  void solve6(Device& device, std::size_t blocks, const Real* m, const Real* x, Real* y) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::size_t b = 0; b < blocks; ++b) {
      Real in[6];  // x and y may be the same array
      for (int i = 0; i < 6; ++i) in[i] = x[6 * b + i];
      multiply_block6(m + 36 * b, in, y + 6 * b);
    }
  }

 private:
  template <int N>
  static void run_step(Device& device, const SmootherStep<Real>& step) {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::size_t b = 0; b < step.blocks; ++b) smoother_step_block<N>(step, b);
  }
};

}  // namespace

template <class Real>
const SmootherKernels<Real>& smoother() {
  static const SmootherCpu<Real> kernels;
  return kernels;
}
template const SmootherKernels<float>& smoother();
template const SmootherKernels<double>& smoother();

}  // namespace osteon::kernels::cpu
