// SPDX-License-Identifier: Apache-2.0
// The CPU loop over bricks: colour by colour, so that no two threads add to the same node and every sum keeps its order.
#include <cstring>
#include <type_traits>

#include "kernels/simd.hpp"
#include "kernels/stiffness/stiffness_simd.hpp"

namespace osteon::kernels::cpu {

namespace {

const StiffnessSimd& simd_table() {
#if defined(OSTEON_SIMD_X86)
  switch (simd_level()) {
    case SimdLevel::avx512: return simd_avx512::k_stiffness;
    case SimdLevel::avx2: return simd_avx2::k_stiffness;
    case SimdLevel::baseline: break;
  }
#endif
  return simd_baseline::k_stiffness;
}

template <class Real>
class StiffnessCpu final : public StiffnessKernels<Real> {
 public:
  void apply(Device& device, const StiffnessView<Real>& view, const Real* x, Real* y) const override {
    KernelScope scope(device);
    const StiffnessSimd& simd = simd_table();
    const std::int64_t values = std::int64_t{3} * view.grid.node_count;
#pragma omp parallel
    {
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < values; ++i) y[i] = 0;
      for (int colour = 0; colour < 8; ++colour) {
#pragma omp for schedule(dynamic, 8)
        for (std::int32_t i = view.colour_start[colour]; i < view.colour_start[colour + 1]; ++i) {
          if constexpr (std::is_same_v<Real, float>)
            simd.apply_brick_f32(view, view.coloured_bricks[i], x, y);
          else
            simd.apply_brick_f64(view, view.coloured_bricks[i], x, y);
        }
      }
    }
  }
};

}  // namespace

template <class Real>
const StiffnessKernels<Real>& stiffness() {
  static const StiffnessCpu<Real> kernels;
  return kernels;
}
template const StiffnessKernels<float>& stiffness();
template const StiffnessKernels<double>& stiffness();

}  // namespace osteon::kernels::cpu
