// SPDX-License-Identifier: Apache-2.0
// Launches shared by the CUDA sources: one thread per item of a plain loop, and sums over a warp.
// Everything runs on the host thread's default stream, so kernels and copies follow one another in program order.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cuda_check.hpp"

namespace osteon::kernels::cuda {

inline constexpr int k_loop_threads = 256;
inline constexpr int k_warp = 32;
inline constexpr unsigned k_all_lanes = 0xffffffffu;

/// Blocks for `items`, `per_block` at a time; capped far below the hardware's limit, so loops must stride over the
/// grid.
inline unsigned grid_blocks(std::size_t items, std::size_t per_block) {
  constexpr std::size_t k_most = std::size_t{1} << 24;
  const std::size_t blocks = (items + per_block - 1) / per_block;
  return static_cast<unsigned>(blocks < k_most ? blocks : k_most);
}

template <class Body>
__global__ void __launch_bounds__(k_loop_threads) for_each_kernel(std::size_t n, const __grid_constant__ Body body) {
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride) body(i);
}

/// body(i) for i = 0 .. n-1, in any order; `body` is a small struct whose call operator is OSTEON_HD.
template <class Body>
void for_each(const char* name, std::size_t n, const Body& body) {
  if (n == 0) return;
  for_each_kernel<<<grid_blocks(n, k_loop_threads), k_loop_threads>>>(n, body);
  OSTEON_CUDA_LAUNCHED(name);
}

/// Number of this warp in the grid, and of all warps.
__device__ inline std::size_t warp_number() {
  return (static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x) / k_warp;
}
__device__ inline std::size_t warp_count() { return static_cast<std::size_t>(gridDim.x) * blockDim.x / k_warp; }

/// Sum over the warp by halves: lane l adds lane l + 16, + 8, ... + 1. The whole sum is in lane 0.
template <class Real>
__device__ inline Real warp_sum(Real value) {
  for (int half = k_warp / 2; half > 0; half /= 2) value += __shfl_down_sync(k_all_lanes, value, half);
  return value;
}

}  // namespace osteon::kernels::cuda
