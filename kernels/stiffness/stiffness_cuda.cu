// SPDX-License-Identifier: Apache-2.0
// The stiffness operator on the GPU: one block of threads per brick, marching along z (stiffness_body.hpp).
// Compiled and inspected (benchmarks/results/cuda-registers.md); not yet measured on a GPU.
#include "kernels/cuda_check.hpp"
#include "kernels/stiffness/stiffness_body.hpp"

namespace osteon::kernels::cuda {

namespace {

/// Blocks per multiprocessor the registers must leave room for: 7 in fp32 (72 registers), 4 in fp64 (128). Eight blocks
/// in fp32 would spill.
template <class Real>
constexpr int k_resident_blocks = sizeof(Real) == 4 ? 7 : 4;

template <class Real>
__global__ void __launch_bounds__(k_stiffness_threads, k_resident_blocks<Real>)
    apply_kernel(const __grid_constant__ StiffnessView<Real> view, const Real* __restrict__ x, Real* __restrict__ y) {
  __shared__ StiffnessTile<Real> tile;
  const int thread = static_cast<int>(threadIdx.x);
  const std::int32_t b = static_cast<std::int32_t>(blockIdx.x);
  StiffnessColumn<Real> column;
  start_column(view.grid, b, thread, column);
#pragma unroll 1
  for (int step = 0; step < k_stiffness_steps; ++step) {
    load_tile_plane(view.grid, thread, step, x, column, tile);
    __syncthreads();
    store_node_force(view.grid, b, thread, step, tile, y);
    add_element_layer(view, thread, step, column, tile);
  }
}

template <class Real>
class StiffnessCuda final : public StiffnessKernels<Real> {
 public:
  void apply(Device&, const StiffnessView<Real>& view, const Real* x, Real* y) const override {
    if (view.grid.brick_count == 0) return;
    apply_kernel<Real><<<static_cast<unsigned>(view.grid.brick_count), k_stiffness_threads>>>(view, x, y);
    OSTEON_CUDA_LAUNCHED("stiffness apply");
  }
};

}  // namespace

template <class Real>
const StiffnessKernels<Real>& stiffness() {
  static const StiffnessCuda<Real> kernels;
  return kernels;
}
template const StiffnessKernels<float>& stiffness();
template const StiffnessKernels<double>& stiffness();

}  // namespace osteon::kernels::cuda
