// SPDX-License-Identifier: Apache-2.0
// The check that the keys of one load case fit together.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "node_sets.hpp"
#include "osteon/model/load_case.hpp"

namespace osteon {

/// "axial", "shear", ... without an axis.
const char* load_type_name(LoadType type);

/// Axis and end from "low", "high" (of `axis`) or "x_low" ... "z_high"; none when it is no such name.
std::optional<std::pair<Axis, End>> parse_surface(const std::string& name, Axis axis);

/// Throws UsageError for missing, surplus or impossible keys.
void check_load_case_spec(const LoadCaseSpec& spec);

}  // namespace osteon
