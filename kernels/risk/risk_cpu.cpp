// SPDX-License-Identifier: Apache-2.0
// Risk factors on the CPU: all threads, every element once.
#include "kernels/risk/risk_body.hpp"

namespace osteon::kernels::cpu {

void evaluate_risk(const RiskInput& input, const RiskMaps& maps) {
  const EvaluateRisk body{input, maps};
#pragma omp parallel for schedule(static)
  for (std::size_t e = 0; e < input.count; ++e) body(e);
}

}  // namespace osteon::kernels::cpu
