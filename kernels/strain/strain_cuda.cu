// SPDX-License-Identifier: Apache-2.0
// Strain recovery on the GPU: one block per brick, one thread per element of a pair of z-planes.
#include "kernels/cuda_check.hpp"
#include "kernels/strain/strain_body.hpp"

namespace osteon::kernels::cuda {

namespace {

constexpr int k_block = 128;  // two planes of 8x8 elements
constexpr int k_planes = k_block / (k_brick_edge * k_brick_edge);

__global__ void __launch_bounds__(k_block) recover_fields_kernel(StrainInput input, StrainOutput output) {
  const std::int32_t b = static_cast<std::int32_t>(blockIdx.x);
  const int x = threadIdx.x % 8, y = threadIdx.x / 8 % 8;
  for (int z = static_cast<int>(threadIdx.x) / 64; z < k_brick_edge; z += k_planes) {
    const std::uint32_t element = input.grid.bricks[b].element(x, y, z);
    if (element != k_no_node) recover_element(input, output, b, x, y, z, element);
  }
}

/// Fixed-shape tree over the block, so the digits do not depend on the launch.
__global__ void __launch_bounds__(k_block) sum_stress_kernel(StrainInput input, double* brick_sums) {
  __shared__ double partial[6][k_block];
  const std::int32_t b = static_cast<std::int32_t>(blockIdx.x);
  const int thread = static_cast<int>(threadIdx.x);
  const int x = thread % 8, y = thread / 8 % 8;
  double sum[6] = {};
  for (int z = thread / 64; z < k_brick_edge; z += k_planes) {
    const std::uint32_t element = input.grid.bricks[b].element(x, y, z);
    if (element == k_no_node) continue;
    double u[24];
    ElementState state;
    gather_element(input.grid, b, x, y, z, input.displacement_mm, u);
    element_state(input, element, u, state);
    for (int v = 0; v < 6; ++v) sum[v] += state.stress[v];
  }
  for (int v = 0; v < 6; ++v) partial[v][thread] = sum[v];
  for (int half = k_block / 2; half > 0; half /= 2) {
    __syncthreads();
    if (thread < half)
      for (int v = 0; v < 6; ++v) partial[v][thread] += partial[v][thread + half];
  }
  if (thread == 0)
    for (int v = 0; v < 6; ++v) brick_sums[6 * static_cast<std::size_t>(b) + v] = partial[v][0];
}

}  // namespace

void recover_fields(const StrainInput& input, const StrainOutput& output) {
  if (input.grid.brick_count == 0) return;
  recover_fields_kernel<<<static_cast<unsigned>(input.grid.brick_count), k_block>>>(input, output);
  OSTEON_CUDA_LAUNCHED("recover_fields");
}

void sum_stress(const StrainInput& input, double* brick_sums) {
  if (input.grid.brick_count == 0) return;
  sum_stress_kernel<<<static_cast<unsigned>(input.grid.brick_count), k_block>>>(input, brick_sums);
  OSTEON_CUDA_LAUNCHED("sum_stress");
}

}  // namespace osteon::kernels::cuda
