// SPDX-License-Identifier: Apache-2.0
// Small steps from a CaseTable to the types of the rooms below.
#pragma once

#include <string>

#include "case_document.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/geometry.hpp"

namespace osteon::app {

[[noreturn]] inline void fail(const std::string& where, const std::string& message) {
  throw UsageError(where + ": " + message);
}

inline Vec3 three(const CaseValue& value) { return {value.numbers.at(0), value.numbers.at(1), value.numbers.at(2)}; }

}  // namespace osteon::app
