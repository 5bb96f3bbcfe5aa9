// SPDX-License-Identifier: Apache-2.0
// The check that the keys of one load case fit together.
#pragma once

#include "osteon/model/load_case.hpp"

namespace osteon {

/// "axial", "shear", ... without an axis.
const char* load_type_name(LoadType type);

/// Throws UsageError for missing, surplus or impossible keys.
void check_load_case_spec(const LoadCaseSpec& spec);

}  // namespace osteon
