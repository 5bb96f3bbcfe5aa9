// SPDX-License-Identifier: Apache-2.0
// The motion a load case imposes, and whether strain energy alone tells the force that goes with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "osteon/model/load_case.hpp"

namespace osteon {

struct CaseMotion {
  bool rotation = false;
  int component = 2;         ///< axis along which the ends approach or shear, or about which they turn
  double amount = 0;         ///< mm or rad, of one end relative to the other; 0 = nothing prescribed
  bool from_energy = false;  ///< u.K u = force (moment) * amount holds
  std::string why_not;       ///< else: the reason, for the report
};

inline constexpr std::uint8_t k_loaded = 1, k_support = 2;

/// Per node: k_loaded, k_support or neither.
std::vector<std::uint8_t> node_roles(const ResolvedLoadCase& load_case);

CaseMotion case_motion(const ResolvedLoadCase& load_case, const std::vector<std::uint8_t>& roles);

}  // namespace osteon
