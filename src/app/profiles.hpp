// SPDX-License-Identifier: Apache-2.0
// Ready-made cases by name, as data.
#pragma once

#include <string>
#include <vector>

#include "case_document.hpp"

namespace osteon::app {

struct Profile {
  std::string name;
  std::string summary;  ///< one line for `osteon profiles`
  std::string toml;     ///< a case file without [image]
};

const std::vector<Profile>& profiles();
inline constexpr const char* k_default_profile = "trabecular-axial";

/// Throws UsageError that names the known ones.
const Profile& find_profile(const std::string& name);
CaseDocument profile_document(const Profile& profile);

}  // namespace osteon::app
