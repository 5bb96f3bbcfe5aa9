// SPDX-License-Identifier: Apache-2.0
// y = K x by lists of active elements (stiffness_list_body.hpp), chosen by OSTEON_STIFFNESS_LAYOUT=list.
// Compiled and inspected (benchmarks/results/cuda-registers.md); not measured on a GPU.
#include "kernels/cuda_check.hpp"
#include "kernels/stiffness/stiffness_list_body.hpp"

namespace osteon::kernels::cuda {

namespace {

/// As many blocks per multiprocessor as the shared memory of an H100 holds.
template <class Real>
constexpr int k_resident_lists = sizeof(Real) == 4 ? 8 : 5;

template <class Real>
__global__ void __launch_bounds__(k_list_threads<Real>, k_resident_lists<Real>)
    apply_list_kernel(const __grid_constant__ StiffnessView<Real> view, const Real* __restrict__ all_x, Real* all_y) {
  __shared__ StiffnessList<Real> list;
  const int thread = static_cast<int>(threadIdx.x);
  const std::int32_t b = static_cast<std::int32_t>(blockIdx.x);
  const Real* x = all_x + view.column_start(blockIdx.y);
  Real* y = all_y + view.column_start(blockIdx.y);
  load_list_tile(view.grid, b, thread, x, list);
  __syncthreads();
  count_list_row(thread, list);
  __syncthreads();
  write_list_row(thread, list);
  __syncthreads();
  const int count = list.count();
#pragma unroll 1
  for (int first = 0; first < count; first += k_list_threads<Real>) {
    add_list_element(view, b, thread, first, list);
    __syncthreads();
    store_list_nodes(view.grid, b, thread, first, list, y);
    __syncthreads();
  }
}

}  // namespace

template <class Real>
void apply_by_lists(const StiffnessView<Real>& view, int columns, const Real* x, Real* y) {
  constexpr int k_threads = k_list_threads<Real>;
  const dim3 grid(static_cast<unsigned>(view.grid.brick_count), static_cast<unsigned>(columns));
  apply_list_kernel<Real><<<grid, k_threads>>>(view, x, y);
  OSTEON_CUDA_LAUNCHED("stiffness apply by lists");
}
template void apply_by_lists(const StiffnessView<float>&, int, const float*, float*);
template void apply_by_lists(const StiffnessView<double>&, int, const double*, double*);

}  // namespace osteon::kernels::cuda
