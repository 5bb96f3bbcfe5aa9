// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include "kernels/coarse/coarse_simd.hpp"
#include "kernels/simd.hpp"

namespace osteon::kernels {

const CoarseSimd& coarse_simd() {
#if defined(OSTEON_SIMD_X86)
  switch (simd_level()) {
    case SimdLevel::avx512: return simd_avx512::k_coarse;
    case SimdLevel::avx2: return simd_avx2::k_coarse;
    case SimdLevel::baseline: break;
  }
#endif
  return simd_baseline::k_coarse;
}

namespace cpu {

namespace {

template <class Real>
class CoarseCpu final : public CoarseKernels<Real> {
 public:
  void multiply(Device& device, const BlockMatrixView<Real>& a, const Real* x, double s, const Real* b,
                Real* y) const override {
    KernelScope scope(device);
    const CoarseSimd& simd = coarse_simd();
#pragma omp parallel for schedule(static) if (a.rows > 256)
    for (std::uint32_t row = 0; row < a.rows; ++row) {
      if constexpr (std::is_same_v<Real, float>)
        simd.row_f32(a, row, x, static_cast<float>(s), b, y);
      else
        simd.row_f64(a, row, x, s, b, y);
    }
  }
  void dense_multiply(Device& device, std::uint32_t n, const Real* a, const Real* x, Real* y) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t i = 0; i < n; ++i) {
      const Real* row = a + static_cast<std::size_t>(i) * n;
      Real sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::uint32_t j = 0; j < n; ++j) sum += row[j] * x[j];
      y[i] = sum;
    }
  }
};

}  // namespace

template <class Real>
const CoarseKernels<Real>& coarse() {
  static const CoarseCpu<Real> kernels;
  return kernels;
}
template const CoarseKernels<float>& coarse();
template const CoarseKernels<double>& coarse();

}  // namespace cpu
}  // namespace osteon::kernels
