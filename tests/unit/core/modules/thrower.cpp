// SPDX-License-Identifier: Apache-2.0
// A module of this build: its one function throws.
#include "thrower.hpp"

#include "osteon/core/error.hpp"

namespace {

void refuse(const std::string& file) { throw osteon::InputError(file + ": damaged"); }

}  // namespace

extern "C" {
extern const osteon::test::Thrower osteon_test_thrower;
const osteon::test::Thrower osteon_test_thrower = {refuse};
}
