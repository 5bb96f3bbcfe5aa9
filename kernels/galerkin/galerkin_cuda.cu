// SPDX-License-Identifier: Apache-2.0
// The set-up's values on the GPU: a thread per node, diagonal block or dense entry, a group of threads per aggregate,
// a warp per prolongator row and per Galerkin block. Not run on a GPU.
#include "kernels/cuda_launch.hpp"
#include "kernels/galerkin/galerkin_body.hpp"
#include "kernels/galerkin/galerkin_node_body.hpp"
#include "kernels/galerkin/galerkin_window_body.hpp"

namespace osteon::kernels::cuda {

namespace {

constexpr int k_places = k_brick_edge * k_brick_edge * k_brick_edge;
constexpr int k_few_threads = 128;  // where a thread's block of doubles needs more than 128 registers

struct InverseNodes {
  StiffnessView<double> stiffness;
  const CornerBlock* corners;
  const PackedNode* packed;
  std::uint16_t* inverse;
  OSTEON_HD void operator()(std::size_t i) const {
    inverse_node(stiffness, corners, packed, static_cast<std::int32_t>(i / k_places), static_cast<int>(i % k_places),
                 inverse);
  }
};

/// Every thread of the group does the phase, then waits for the others.
struct RunTogether {
  template <class Phase>
  OSTEON_HD void operator()(const Phase& phase) const {
#if defined(__CUDA_ARCH__)
    phase(static_cast<int>(threadIdx.x));
    __syncthreads();
#endif
  }
};

template <int Edge, class Real>
__global__ void __launch_bounds__(k_window_threads)
    first_matrix_kernel(const __grid_constant__ FirstMatrixView<Real> view, Real* __restrict__ values) {
  __shared__ GalerkinWindow<Edge> window;
  for (std::size_t a = blockIdx.x; a < view.transfer.aggregate_count; a += gridDim.x)
    compute_row(view, a, k_window_threads, window, values, RunTogether{});
}

template <class Real>
struct FillDroppedModes {
  BlockPattern pattern;
  const std::uint8_t* mode_count;
  Real* values;
  OSTEON_HD void operator()(std::size_t row) const { fill_dropped_row(pattern, mode_count, row, values); }
};

template <class Real>
__global__ void __launch_bounds__(k_few_threads)
    inverse_blocks_kernel(const __grid_constant__ BlockPattern pattern, const Real* __restrict__ values,
                          Real* __restrict__ inverse) {
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t row = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; row < pattern.rows;
       row += stride)
    inverse_block(pattern, row, values, inverse);
}

template <class Real>
__global__ void __launch_bounds__(k_few_threads)
    prolongator_kernel(const __grid_constant__ ProlongatorView<Real> view, Real* __restrict__ values) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  if (lane >= k_block_lanes) return;
  for (std::size_t row = warp_number(); row < view.pattern.rows; row += warp_count())
    prolongator_lane(view, row, lane, values);
}

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    product_kernel(const __grid_constant__ ProductView<Real> view, Real* __restrict__ values) {
  const int lane = static_cast<int>(threadIdx.x % k_warp);
  const auto blocks = static_cast<std::size_t>(view.pattern.start[view.pattern.rows]);
  for (std::size_t k = warp_number(); k < blocks; k += warp_count()) {
    const std::uint32_t row = row_of_block(view.pattern, static_cast<std::int64_t>(k));
    double share[k_block] = {};
    if (lane < k_block_lanes) product_lane(view, row, view.pattern.column[k], lane, share);
    for (int i = 0; i < k_block; ++i) {
      double sum = share[i];
      for (int c = 1; c < k_lane_columns; ++c) sum += __shfl_sync(k_all_lanes, share[i], lane % k_block + k_block * c);
      if (lane < k_block)
        values[k_block_values * k + static_cast<std::size_t>(k_block * lane + i)] = static_cast<Real>(sum);
    }
  }
}

template <class Real>
struct ExpandEntries {
  BlockPattern pattern;
  const Real* values;
  double* dense;
  OSTEON_HD void operator()(std::size_t entry) const { expand_entry(pattern, values, entry, dense); }
};

__global__ void __launch_bounds__(k_few_threads)
    invert_panel_kernel(std::uint32_t n, std::uint32_t pivot, const double* __restrict__ dense,
                        double* __restrict__ work, int* failed) {
  const std::size_t j = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (j < n) invert_panel(n, pivot, j, dense, work, failed);
}

struct InvertUpdate {
  std::size_t n, pivot;
  const double* work;
  double* dense;
  OSTEON_HD void operator()(std::size_t entry) const { invert_update(n, pivot, entry, work, dense); }
};

template <class Real>
struct InvertStore {
  std::size_t n;
  const double* dense;
  Real* inverse;
  OSTEON_HD void operator()(std::size_t entry) const { invert_store(n, entry, dense, inverse); }
};

/// Blocks of a pattern in device memory.
std::size_t block_count(const BlockPattern& pattern) {
  std::int64_t count = 0;
  OSTEON_CUDA_CHECK(
      cudaMemcpyAsync(&count, pattern.start + pattern.rows, sizeof count, cudaMemcpyDeviceToHost, cudaStreamPerThread));
  OSTEON_CUDA_CHECK(cudaStreamSynchronize(cudaStreamPerThread));
  return static_cast<std::size_t>(count);
}

template <class Real>
class GalerkinCuda final : public GalerkinKernels<Real> {
 public:
  void inverse_nodes(Device&, const StiffnessView<double>& stiffness, const CornerBlock* corners,
                     const PackedNode* packed, std::uint16_t* inverse) const override {
    for_each("inverse nodes", std::size_t{k_places} * static_cast<std::size_t>(stiffness.grid.brick_count),
             InverseNodes{stiffness, corners, packed, inverse});
  }
  void first_matrix(Device&, const FirstMatrixView<Real>& view, Real* values) const override {
    if (view.transfer.aggregate_count == 0) return;
    const unsigned groups = grid_blocks(view.transfer.aggregate_count, 1);
    if (view.edge == 3)
      first_matrix_kernel<3, Real><<<groups, k_window_threads>>>(view, values);
    else
      first_matrix_kernel<4, Real><<<groups, k_window_threads>>>(view, values);
    OSTEON_CUDA_LAUNCHED("first coarse matrix");
  }
  void fill_dropped_modes(Device&, const BlockPattern& pattern, const std::uint8_t* mode_count,
                          Real* values) const override {
    for_each("fill dropped modes", pattern.rows, FillDroppedModes<Real>{pattern, mode_count, values});
  }
  void inverse_blocks(Device&, const BlockPattern& pattern, const Real* values, Real* inverse) const override {
    if (pattern.rows == 0) return;
    inverse_blocks_kernel<Real><<<grid_blocks(pattern.rows, k_few_threads), k_few_threads>>>(pattern, values, inverse);
    OSTEON_CUDA_LAUNCHED("inverse blocks");
  }
  void prolongator(Device&, const ProlongatorView<Real>& view, Real* values) const override {
    if (view.pattern.rows == 0) return;
    prolongator_kernel<Real><<<grid_blocks(view.pattern.rows, k_few_threads / k_warp), k_few_threads>>>(view, values);
    OSTEON_CUDA_LAUNCHED("prolongator");
  }
  void product(Device&, const ProductView<Real>& view, Real* values) const override {
    const std::size_t blocks = block_count(view.pattern);
    if (blocks == 0) return;
    product_kernel<Real><<<grid_blocks(blocks, k_loop_threads / k_warp), k_loop_threads>>>(view, values);
    OSTEON_CUDA_LAUNCHED("Galerkin product");
  }
  void expand(Device&, const BlockPattern& pattern, const Real* values, double* dense) const override {
    const std::size_t n = std::size_t{k_block} * pattern.rows;
    if (n == 0) return;
    OSTEON_CUDA_CHECK(cudaMemsetAsync(dense, 0, n * n * sizeof(double), cudaStreamPerThread));
    for_each("expand", k_block_values * block_count(pattern), ExpandEntries<Real>{pattern, values, dense});
  }
  void invert(Device&, std::uint32_t n, double* dense, double* work, int* failed, Real* inverse) const override {
    const std::size_t entries = std::size_t{n} * n;
    OSTEON_CUDA_CHECK(cudaMemsetAsync(failed, 0, sizeof(int), cudaStreamPerThread));
    for (std::uint32_t pivot = 0; pivot < n; pivot += k_block) {
      invert_panel_kernel<<<grid_blocks(n, k_few_threads), k_few_threads>>>(n, pivot, dense, work, failed);
      OSTEON_CUDA_LAUNCHED("invert panel");
      for_each("invert update", entries, InvertUpdate{n, pivot, work, dense});
    }
    for_each("invert store", entries, InvertStore<Real>{n, dense, inverse});
  }
};

}  // namespace

template <class Real>
const GalerkinKernels<Real>& galerkin() {
  static const GalerkinCuda<Real> kernels;
  return kernels;
}
template const GalerkinKernels<float>& galerkin();
template const GalerkinKernels<double>& galerkin();

}  // namespace osteon::kernels::cuda
