// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "osteon/core/machine.hpp"

namespace osteon {

/// Model name, threads used and vector extension, for summaries.
std::string cpu_description(int threads);

}  // namespace osteon
