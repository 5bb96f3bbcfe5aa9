// SPDX-License-Identifier: Apache-2.0
// Ranges that rows of the key table share.
#pragma once

#include "case_keys.hpp"

namespace osteon::app {

inline constexpr double k_infinity = std::numeric_limits<double>::infinity();
inline constexpr KeyRange k_any = {};
inline constexpr KeyRange k_positive = {0, k_infinity, true, false};
inline constexpr KeyRange k_not_negative = {0, k_infinity, false, false};
inline constexpr KeyRange k_poisson = {-1, 0.5, true, true};
inline constexpr KeyRange within(double low, double high) { return {low, high, false, false}; }
inline constexpr KeyRange k_fraction = within(0, 1);

}  // namespace osteon::app
