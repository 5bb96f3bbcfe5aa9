// SPDX-License-Identifier: Apache-2.0
// Risk factors on the GPU: one thread per element. "1" lets a thread have the few registers more that spare a spill.
#include "kernels/cuda_launch.hpp"
#include "kernels/risk/risk_body.hpp"

namespace osteon::kernels::cuda {

namespace {

constexpr int k_block = 128;

__global__ void __launch_bounds__(k_block, 1)
    evaluate_risk_kernel(std::size_t n, const __grid_constant__ EvaluateRisk body) {
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * k_block;
  for (std::size_t e = static_cast<std::size_t>(blockIdx.x) * k_block + threadIdx.x; e < n; e += stride) body(e);
}

}  // namespace

void evaluate_risk(const RiskInput& input, const RiskMaps& maps) {
  if (input.count == 0) return;
  evaluate_risk_kernel<<<grid_blocks(input.count, k_block), k_block>>>(input.count, EvaluateRisk{input, maps});
  OSTEON_CUDA_LAUNCHED("evaluate_risk");
}

}  // namespace osteon::kernels::cuda
