// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/smoother/smoother_body.hpp"

namespace osteon::kernels::cpu {

namespace {

constexpr std::size_t k_serial_blocks = 1000;  // below, waking the threads costs more than the work
constexpr std::size_t k_run = 256;             // nodes whose diagonal stays in the cache from column to column

template <class Real>
class SmootherCpu final : public SmootherKernels<Real> {
 public:
  void solve3(Device& device, int columns, std::size_t nodes, const std::uint16_t* m, double s, const Real* x, Real* y,
              Real* copy) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(s);
#pragma omp parallel for schedule(static)
    for (std::size_t begin = 0; begin < nodes; begin += k_run)
      for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
        const std::size_t first = 3 * nodes * column, end = std::min(nodes, begin + k_run);
        Real* copied = copy != nullptr ? copy + first : nullptr;
        for (std::size_t n = begin; n < end; ++n) solve_node(m, n, factor, x + first, y + first, copied);
      }
  }
  void solve6(Device& device, int columns, std::size_t blocks, const Real* m, double s, const Real* x, Real* y,
              Real* sum) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(s);
#pragma omp parallel for schedule(static) if (blocks > k_serial_blocks)
    for (std::size_t b = 0; b < blocks; ++b)
      for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
        const std::size_t first = 6 * (blocks * column + b);
        Real in[6];  // x and y may be the same array
        for (int i = 0; i < 6; ++i) in[i] = factor * x[first + i];
        multiply_block6(m + 36 * b, in, y + first);
        if (sum == nullptr) continue;
        for (int i = 0; i < 6; ++i) sum[first + i] += y[first + i];
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
