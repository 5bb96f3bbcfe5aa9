// SPDX-License-Identifier: Apache-2.0
// File name endings, in small letters.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string>

namespace osteon {

/// ".mha" of "Scan.MHA"; empty without one.
inline std::string lower_extension(const std::filesystem::path& path) {
  std::string text = path.extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace osteon
