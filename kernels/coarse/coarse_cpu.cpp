// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <type_traits>

#include "kernels/coarse/coarse_simd.hpp"
#include "kernels/simd.hpp"

namespace osteon::kernels {

const CoarseSimd& coarse_simd() {
#if defined(OSTEON_SIMD_X86)
  switch (simd_level()) {
    case SimdLevel::avx512:
      return simd_avx512::k_coarse;
    case SimdLevel::avx2:
      return simd_avx2::k_coarse;
    case SimdLevel::baseline:
      break;
  }
#endif
  return simd_baseline::k_coarse;
}

namespace cpu {

namespace {

template <class Real>
class CoarseCpu final : public CoarseKernels<Real> {
 public:
  void multiply(Device& device, const BlockRowsView<Real>& a, int columns, const Real* x, Real* y,
                Real* sum) const override {
    for_rows(device, a.rows, columns,
             [&](std::uint32_t begin, std::uint32_t end) { functions().multiply(a, begin, end, columns, x, y, sum); });
  }
  void smooth(Device& device, const BlockRowsView<Real>& a, int columns, const BlockStep<Real>& step) const override {
    for_rows(device, a.rows, columns,
             [&](std::uint32_t begin, std::uint32_t end) { functions().smooth(a, begin, end, columns, step); });
  }
  void dense_multiply(Device& device, int columns, std::uint32_t n, const Real* a, const Real* all_x,
                      Real* all_y) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t i = 0; i < n; ++i)
      for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
        const Real* row = a + static_cast<std::size_t>(i) * n;
        const Real* x = all_x + column * n;
        Real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (std::uint32_t j = 0; j < n; ++j) sum += row[j] * x[j];
        all_y[column * n + i] = sum;
      }
  }

 private:
  static const CoarseRowsOf<Real>& functions() {
    if constexpr (std::is_same_v<Real, float>)
      return coarse_simd().f32;
    else
      return coarse_simd().f64;
  }
  template <class Work>
  static void for_rows(Device& device, std::uint32_t rows, int columns, Work work) {
    constexpr std::uint32_t k_serial_rows = 200;  // below, waking the threads costs more than the work
    constexpr std::uint32_t k_run = 64;  // rows whose blocks stay in the second-level cache from column to column
    KernelScope scope(device);
    if (rows * static_cast<std::uint32_t>(columns) <= k_serial_rows) return work(0, rows);
#pragma omp parallel for schedule(static)
    for (std::uint32_t run = 0; run < (rows + k_run - 1) / k_run; ++run)
      work(k_run * run, std::min(rows, k_run * (run + 1)));
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
