// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace osteon::test {

/// Interface of the test module `thrower`.
struct Thrower {
  void (*refuse)(const std::string& file);  ///< throws InputError naming `file`
};

}  // namespace osteon::test
