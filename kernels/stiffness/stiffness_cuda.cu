// SPDX-License-Identifier: Apache-2.0
// The stiffness operator on the GPU: one block of threads per brick, marching along z (stiffness_body.hpp).
// Compiled and inspected (benchmarks/results/cuda-registers.md); not yet measured on a GPU.
// OSTEON_STIFFNESS_LAYOUT=list takes the other layout (stiffness_list_body.hpp) for `apply`, to compare the two.
#include <cstdlib>
#include <string>

#include "kernels/cuda_sum.hpp"
#include "kernels/stiffness/stiffness_body.hpp"
#include "kernels/stiffness/stiffness_list_body.hpp"

namespace osteon::kernels::cuda {

namespace {

/// Blocks per multiprocessor the registers must leave room for: 7 in fp32 (72 registers), 4 in fp64 (128). Eight blocks
/// in fp32 would spill.
template <class Real>
constexpr int k_resident_blocks = sizeof(Real) == 4 ? 7 : 4;

template <class Real, class Finish>
__device__ void march(const StiffnessView<Real>& view, const Real* __restrict__ x, const Finish& finish) {
  __shared__ StiffnessTile<Real> tile;
  const int thread = static_cast<int>(threadIdx.x);
  const std::int32_t b = static_cast<std::int32_t>(blockIdx.x);
  StiffnessColumn<Real> column;
  start_column(view.grid, b, thread, column);
#pragma unroll 1
  for (int step = 0; step < k_stiffness_steps; ++step) {
    load_tile_plane(view.grid, thread, step, x, column, tile);
    __syncthreads();
    finish_node(view.grid, b, thread, step, tile, finish);
    add_element_layer(view, thread, step, column, tile);
  }
}

template <class Real>
__global__ void __launch_bounds__(k_stiffness_threads, k_resident_blocks<Real>)
    apply_kernel(const __grid_constant__ StiffnessView<Real> view, const Real* __restrict__ x, Real* __restrict__ y) {
  const std::size_t start = view.column_start(blockIdx.y);
  march(view, x + start, WriteForce<Real>{y + start});
}

/// First stage of the sum: brick_sums[b] = x . y over the nodes of brick b. A thread's share lives in shared memory:
/// kept in registers through the march it would spill in fp64. One column a launch, since where it starts would spill
/// too.
template <class Real>
__global__ void __launch_bounds__(k_stiffness_threads, k_resident_blocks<Real>)
    apply_dot_kernel(const __grid_constant__ StiffnessView<Real> view, const Real* __restrict__ x, Real* __restrict__ y,
                     double* __restrict__ brick_sums) {
  __shared__ double sums[k_stiffness_threads];
  const int thread = static_cast<int>(threadIdx.x);
  sums[thread] = 0;
  march(view, x, WriteForceAndDot<Real>{x, y, sums + thread});
  for (int half = k_stiffness_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    fold_sum(sums, thread, half);
  }
  if (thread == 0) brick_sums[blockIdx.x] = sums[0];
}

template <class Real>
__global__ void __launch_bounds__(k_stiffness_threads, k_resident_blocks<Real>)
    smooth_kernel(const __grid_constant__ StiffnessView<Real> view, const __grid_constant__ FusedStep<Real> steps) {
  const FusedStep<Real> step = steps.of_column(blockIdx.y, view.column_start(1));
  march(view, step.d, SmoothNode<Real>{step});
}

bool list_layout_wanted() {
  const char* layout = std::getenv("OSTEON_STIFFNESS_LAYOUT");
  if (layout == nullptr || std::string(layout) == "march") return false;
  if (std::string(layout) == "list") return true;
  throw UsageError(std::string("OSTEON_STIFFNESS_LAYOUT is '") + layout + "'; it must be march or list");
}

template <class Real>
class StiffnessCuda final : public StiffnessKernels<Real> {
 public:
  void apply(Device&, const StiffnessView<Real>& view, int columns, const Real* x, Real* y) const override {
    static const bool by_lists = list_layout_wanted();
    if (view.grid.brick_count == 0) return;
    if (by_lists) return apply_by_lists(view, columns, x, y);
    apply_kernel<Real><<<blocks(view, columns), k_stiffness_threads>>>(view, x, y);
    OSTEON_CUDA_LAUNCHED("stiffness apply");
  }

  void apply_dot(Device&, const StiffnessView<Real>& view, int columns, const Real* x, Real* y,
                 double* result) const override {
    const std::size_t bricks = static_cast<std::size_t>(view.grid.brick_count), all = static_cast<std::size_t>(columns);
    double* brick_sums = sum_scratch(all * (bricks + k_sum_blocks));
    for (std::size_t column = 0; column < all && bricks > 0; ++column) {
      const std::size_t start = view.column_start(column);
      apply_dot_kernel<Real>
          <<<blocks(view, 1), k_stiffness_threads>>>(view, x + start, y + start, brick_sums + column * bricks);
      OSTEON_CUDA_LAUNCHED("stiffness apply_dot");
    }
    sum("stiffness apply_dot", columns, bricks, PartialSums{bricks, brick_sums, nullptr}, nullptr,
        brick_sums + all * bricks, result);
  }

  void smooth(Device&, const StiffnessView<Real>& view, int columns, const FusedStep<Real>& step) const override {
    if (view.grid.brick_count == 0) return;
    smooth_kernel<Real><<<blocks(view, columns), k_stiffness_threads>>>(view, step);
    OSTEON_CUDA_LAUNCHED("stiffness smooth");
  }

 private:
  /// A block of threads per brick, a row of the grid per column.
  static dim3 blocks(const StiffnessView<Real>& view, int columns) {
    return {static_cast<unsigned>(view.grid.brick_count), static_cast<unsigned>(columns)};
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
