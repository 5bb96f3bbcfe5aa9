// SPDX-License-Identifier: Apache-2.0
// All criteria of one element, called by both loops.
#pragma once

#include "kernels/risk/criteria_list.hpp"

namespace osteon::kernels {

struct EvaluateRisk {
  RiskInput input;
  RiskMaps maps;
  OSTEON_HD void operator()(std::size_t e) const {
    const RiskPoint point = risk_point(input, maps.needs, e);
    for (int m = 0; m < maps.count; ++m) {
      const RiskMap& map = maps.map[m];
      map.risk[e] = static_cast<float>(FailureCriteria::risk(map.criterion, point, map.parameters));
    }
  }
};

}  // namespace osteon::kernels
