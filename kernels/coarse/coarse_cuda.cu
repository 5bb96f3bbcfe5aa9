// SPDX-License-Identifier: Apache-2.0
// Coarse levels on the GPU: one warp per block row and per dense row, sums in a fixed order.
#include <type_traits>

#include "kernels/coarse/coarse_body.hpp"
#include "kernels/cuda_launch.hpp"

namespace osteon::kernels::cuda {

namespace {

/// (A x) of a block row, component lane < 6 in that lane, for `columns` <= Most columns; every lane of the warp must
/// call it.
template <int Most, class Real>
__device__ inline void warp_block_row(const BlockRowsView<Real>& a, std::size_t row, int lane, int columns,
                                      const Real* x, Real sums[Most]) {
  Real share[Most] = {};
  if (lane < k_block_lanes) block_row_lane<Most>(a, row, lane, columns, x, share);
  for (int c = 0; c < Most; ++c) {
    sums[c] = share[c];
    for (int k = 1; k < k_lane_columns; ++k)
      sums[c] += __shfl_sync(k_all_lanes, share[c], lane % k_block + k_block * k);
  }
}

template <int Most, class Real>
__global__ void __launch_bounds__(k_loop_threads)
    block_multiply_kernel(const __grid_constant__ BlockRowsView<Real> a, int all, const Real* __restrict__ x,
                          Real* __restrict__ y, Real* __restrict__ added) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  const int columns = Most == 1 ? 1 : all;
  const std::size_t n = k_block * static_cast<std::size_t>(a.rows),
                    inputs = k_block * static_cast<std::size_t>(a.inputs);
  for (std::size_t row = warp_number(); row < a.rows; row += warp_count())
    for (int first = 0; first < columns; first += Most) {
      Real sums[Most];
      warp_block_row<Most>(a, row, lane, columns - first, x + static_cast<std::size_t>(first) * inputs, sums);
      if (lane >= k_block) continue;
      for (int c = 0; c < Most && first + c < columns; ++c) {
        const std::size_t i = static_cast<std::size_t>(first + c) * n + k_block * row + static_cast<std::size_t>(lane);
        y[i] = sums[c];
        if (added != nullptr) added[i] += sums[c];
      }
    }
}

template <int Most, class Real>
__global__ void __launch_bounds__(k_loop_threads)
    block_smooth_kernel(const __grid_constant__ BlockRowsView<Real> a, int all,
                        const __grid_constant__ BlockStep<Real> steps) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  const int columns = Most == 1 ? 1 : all;
  const std::size_t n = k_block * static_cast<std::size_t>(a.rows);
  for (std::size_t row = warp_number(); row < a.rows; row += warp_count())
    for (int first = 0; first < columns; first += Most) {
      Real sums[Most];
      warp_block_row<Most>(a, row, lane, columns - first, steps.d + static_cast<std::size_t>(first) * n, sums);
      const std::size_t i = k_block * row + static_cast<std::size_t>(lane);
      for (int c = 0; c < Most && first + c < columns; ++c) {
        const BlockStep<Real> step = Most == 1 ? steps : steps.of_column(static_cast<std::size_t>(first + c), n);
        const Real residual = lane < k_block ? step_residual(step, i, sums[c]) : Real(0);
        if (step.inverse_diagonal == nullptr) continue;
        Real all[k_block];
        for (int j = 0; j < k_block; ++j) all[j] = __shfl_sync(k_all_lanes, residual, j);
        if (lane < k_block) step_direction(step, i, all);
      }
    }
}

template <int Most, class Real>
__global__ void __launch_bounds__(k_loop_threads)
    dense_multiply_kernel(std::uint32_t n, int all, const Real* __restrict__ a, const Real* __restrict__ x,
                          Real* __restrict__ y) {
  const std::uint32_t lane = threadIdx.x % k_warp;
  const int columns = Most == 1 ? 1 : all;
  for (std::size_t row = warp_number(); row < n; row += warp_count())
    for (int first = 0; first < columns; first += Most) {
      const std::size_t start = static_cast<std::size_t>(first) * n;
      Real sums[Most];
      dense_row_lane<Most>(n, a + row * n, lane, k_warp, columns - first, x + start, sums);
      for (int c = 0; c < Most && first + c < columns; ++c) {
        const Real sum = warp_sum(sums[c]);
        if (lane == 0) y[start + static_cast<std::size_t>(c) * n + row] = sum;
      }
    }
}

/// launch(k_together's or one column's kernel): one column alone must not pay for the others' registers.
template <class Launch>
void with_columns(int columns, const Launch& launch) {
  if (columns == 1)
    launch(std::integral_constant<int, 1>{});
  else
    launch(std::integral_constant<int, k_together>{});
}

template <class Real>
class CoarseCuda final : public CoarseKernels<Real> {
 public:
  void multiply(Device&, const BlockRowsView<Real>& a, int columns, const Real* x, Real* y, Real* sum) const override {
    if (a.rows == 0) return;
    with_columns(columns, [&](auto most) {
      block_multiply_kernel<most.value><<<warps(a.rows), k_loop_threads>>>(a, columns, x, y, sum);
    });
    OSTEON_CUDA_LAUNCHED("block multiply");
  }
  void smooth(Device&, const BlockRowsView<Real>& a, int columns, const BlockStep<Real>& step) const override {
    if (a.rows == 0) return;
    with_columns(columns, [&](auto most) {
      block_smooth_kernel<most.value><<<warps(a.rows), k_loop_threads>>>(a, columns, step);
    });
    OSTEON_CUDA_LAUNCHED("block smooth");
  }
  void dense_multiply(Device&, int columns, std::uint32_t n, const Real* a, const Real* x, Real* y) const override {
    if (n == 0) return;
    with_columns(columns, [&](auto most) {
      dense_multiply_kernel<most.value><<<warps(n), k_loop_threads>>>(n, columns, a, x, y);
    });
    OSTEON_CUDA_LAUNCHED("dense multiply");
  }

 private:
  /// Blocks of threads with a warp for every row.
  static unsigned warps(std::size_t rows) { return grid_blocks(rows, k_loop_threads / k_warp); }
};

}  // namespace

template <class Real>
const CoarseKernels<Real>& coarse() {
  static const CoarseCuda<Real> kernels;
  return kernels;
}
template const CoarseKernels<float>& coarse();
template const CoarseKernels<double>& coarse();

}  // namespace osteon::kernels::cuda
