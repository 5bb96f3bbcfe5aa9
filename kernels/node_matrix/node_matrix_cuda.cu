// SPDX-License-Identifier: Apache-2.0
// Products with 3x3 blocks on the GPU: a warp per row, 27 lanes read three blocks at once, sums in a fixed order.
#include "kernels/cuda_launch.hpp"
#include "kernels/cuda_sum.hpp"
#include "kernels/node_matrix/node_matrix_body.hpp"

namespace osteon::kernels::cuda {

namespace {

/// All three components of a row, in every lane; every lane of the warp must call it.
template <class Real>
__device__ inline void warp_node_row(const NodeMatrixView<Real>& a, std::size_t row, int lane, const Real* x,
                                     Real y[3]) {
  Real share = lane < k_node_lanes ? node_row_lane(a, row, lane, x) : Real(0);
  const int entry = lane % k_node_block;
  Real sum = __shfl_sync(k_all_lanes, share, entry);
  for (int block = 1; block < k_node_lane_blocks; ++block)
    sum += __shfl_sync(k_all_lanes, share, entry + k_node_block * block);
  for (int i = 0; i < 3; ++i) {
    y[i] = __shfl_sync(k_all_lanes, sum, 3 * i);
    for (int j = 1; j < 3; ++j) y[i] += __shfl_sync(k_all_lanes, sum, 3 * i + j);
  }
}

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    node_multiply_kernel(const __grid_constant__ NodeMatrixView<Real> a, int columns, const Real* __restrict__ x,
                         Real* __restrict__ y) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  const std::size_t n = std::size_t{3} * a.rows;
  for (std::size_t row = warp_number(); row < a.rows; row += warp_count())
    for (int c = 0; c < columns; ++c) {
      const std::size_t first = static_cast<std::size_t>(c) * n;
      Real sums[3];
      warp_node_row(a, row, lane, x + first, sums);
      if (lane == 0)
        for (int i = 0; i < 3; ++i) y[first + 3 * row + static_cast<std::size_t>(i)] = sums[i];
    }
}

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    node_smooth_kernel(const __grid_constant__ NodeMatrixView<Real> a, int columns,
                       const __grid_constant__ NodeStep<Real> steps) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  const std::size_t n = std::size_t{3} * a.rows;
  for (std::size_t row = warp_number(); row < a.rows; row += warp_count())
    for (int c = 0; c < columns; ++c) {
      const NodeStep<Real> step = columns == 1 ? steps : steps.of_column(static_cast<std::size_t>(c), n);
      Real product[3];
      warp_node_row(a, row, lane, step.d, product);
      if (lane == 0) finish_smoother_node(step, row, product);
    }
}

template <class Real>
class NodeMatrixCuda final : public NodeMatrixKernels<Real> {
 public:
  void multiply(Device&, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y) const override {
    if (a.rows == 0) return;
    node_multiply_kernel<<<warps(a.rows), k_loop_threads>>>(a, columns, x, y);
    OSTEON_CUDA_LAUNCHED("node matrix product");
  }
  void multiply_dot(Device& device, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y,
                    double* result) const override {
    multiply(device, a, columns, x, y);
    // x and y again: 3 % of what the product reads.
    const std::size_t n = std::size_t{3} * a.rows;
    sum("node matrix dot", columns, n, DotTerm<Real>{n, x, y}, nullptr,
        sum_scratch(k_sum_blocks * static_cast<std::size_t>(columns)), result);
  }
  void smooth(Device&, const NodeMatrixView<Real>& a, int columns, const NodeStep<Real>& step) const override {
    if (a.rows == 0) return;
    node_smooth_kernel<<<warps(a.rows), k_loop_threads>>>(a, columns, step);
    OSTEON_CUDA_LAUNCHED("node matrix smooth");
  }

 private:
  static unsigned warps(std::size_t rows) { return grid_blocks(rows, k_loop_threads / k_warp); }
};

}  // namespace

template <class Real>
const NodeMatrixKernels<Real>& node_matrix() {
  static const NodeMatrixCuda<Real> kernels;
  return kernels;
}
template const NodeMatrixKernels<float>& node_matrix();
template const NodeMatrixKernels<double>& node_matrix();

}  // namespace osteon::kernels::cuda
