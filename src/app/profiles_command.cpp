// SPDX-License-Identifier: Apache-2.0
// `osteon profiles`: one line for each.
#include <fmt/format.h>

#include "commands.hpp"
#include "profiles.hpp"

namespace osteon::app {

int run_profiles() {
  for (const Profile& profile : profiles()) fmt::print("{:<18} {}\n", profile.name, profile.summary);
  return 0;
}

}  // namespace osteon::app
