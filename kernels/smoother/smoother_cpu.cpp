// SPDX-License-Identifier: Apache-2.0
#include "kernels/smoother/smoother_body.hpp"

namespace osteon::kernels::cpu {

namespace {

constexpr std::size_t k_serial_blocks = 1000;  // below, waking the threads costs more than the work

template <class Real>
class SmootherCpu final : public SmootherKernels<Real> {
 public:
  void solve3(Device& device, std::size_t nodes, const std::uint16_t* m, double s, const Real* x, Real* y,
              Real* copy) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(s);
#pragma omp parallel for schedule(static)
    for (std::size_t n = 0; n < nodes; ++n) solve_node(m, n, factor, x, y, copy);
  }
  void solve6(Device& device, std::size_t blocks, const Real* m, double s, const Real* x, Real* y,
              Real* sum) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(s);
#pragma omp parallel for schedule(static) if (blocks > k_serial_blocks)
    for (std::size_t b = 0; b < blocks; ++b) {
      Real in[6];  // x and y may be the same array
      for (int i = 0; i < 6; ++i) in[i] = factor * x[6 * b + i];
      multiply_block6(m + 36 * b, in, y + 6 * b);
      if (sum == nullptr) continue;
      for (int i = 0; i < 6; ++i) sum[6 * b + i] += y[6 * b + i];
    }
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
