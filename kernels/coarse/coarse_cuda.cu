// SPDX-License-Identifier: Apache-2.0
// Coarse levels on the GPU: one warp per block row and per dense row, sums in a fixed order.
#include "kernels/coarse/coarse_body.hpp"
#include "kernels/cuda_launch.hpp"

namespace osteon::kernels::cuda {

namespace {

/// (A x) of a block row, component lane < 6 in that lane; every lane of the warp must call it.
template <class Real>
__device__ inline Real warp_block_row(const BlockRowsView<Real>& a, std::size_t row, int lane, const Real* x) {
  const Real share = lane < k_block_lanes ? block_row_lane(a, row, lane, x) : Real(0);
  Real sum = share;
  for (int c = 1; c < k_lane_columns; ++c) sum += __shfl_sync(k_all_lanes, share, lane % k_block + k_block * c);
  return sum;
}

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    block_multiply_kernel(const __grid_constant__ BlockRowsView<Real> a, const Real* __restrict__ x,
                          Real* __restrict__ y, Real* __restrict__ added) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  for (std::size_t row = warp_number(); row < a.rows; row += warp_count()) {
    const Real sum = warp_block_row(a, row, lane, x);
    if (lane >= k_block) continue;
    const std::size_t i = k_block * row + static_cast<std::size_t>(lane);
    y[i] = sum;
    if (added != nullptr) added[i] += sum;
  }
}

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    block_smooth_kernel(const __grid_constant__ BlockRowsView<Real> a, const __grid_constant__ BlockStep<Real> step) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  for (std::size_t row = warp_number(); row < a.rows; row += warp_count()) {
    const Real sum = warp_block_row(a, row, lane, step.d);
    const std::size_t i = k_block * row + static_cast<std::size_t>(lane);
    const Real residual = lane < k_block ? step_residual(step, i, sum) : Real(0);
    if (step.inverse_diagonal == nullptr) continue;
    Real all[k_block];
    for (int j = 0; j < k_block; ++j) all[j] = __shfl_sync(k_all_lanes, residual, j);
    if (lane < k_block) step_direction(step, i, all);
  }
}

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    dense_multiply_kernel(std::uint32_t n, const Real* __restrict__ a, const Real* __restrict__ x,
                          Real* __restrict__ y) {
  const std::uint32_t lane = threadIdx.x % k_warp;
  for (std::size_t row = warp_number(); row < n; row += warp_count()) {
    const Real sum = warp_sum(dense_row_lane(n, a + row * n, lane, k_warp, x));
    if (lane == 0) y[row] = sum;
  }
}

template <class Real>
class CoarseCuda final : public CoarseKernels<Real> {
 public:
  void multiply(Device&, const BlockRowsView<Real>& a, const Real* x, Real* y, Real* sum) const override {
    if (a.rows == 0) return;
    block_multiply_kernel<Real><<<grid_blocks(a.rows, k_loop_threads / k_warp), k_loop_threads>>>(a, x, y, sum);
    OSTEON_CUDA_LAUNCHED("block multiply");
  }
  void smooth(Device&, const BlockRowsView<Real>& a, const BlockStep<Real>& step) const override {
    if (a.rows == 0) return;
    block_smooth_kernel<Real><<<grid_blocks(a.rows, k_loop_threads / k_warp), k_loop_threads>>>(a, step);
    OSTEON_CUDA_LAUNCHED("block smooth");
  }
  void dense_multiply(Device&, std::uint32_t n, const Real* a, const Real* x, Real* y) const override {
    if (n == 0) return;
    dense_multiply_kernel<Real><<<grid_blocks(n, k_loop_threads / k_warp), k_loop_threads>>>(n, a, x, y);
    OSTEON_CUDA_LAUNCHED("dense multiply");
  }
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
