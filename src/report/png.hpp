// SPDX-License-Identifier: Apache-2.0
// PNG and base64 for pictures inside text. zlib does the work; 8-bit RGB is all that is needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace osteon {

/// `rgb`: 3 bytes per pixel, rows from the top.
std::string encode_png(int width, int height, const std::vector<std::uint8_t>& rgb);
std::string encode_base64(const std::string& bytes);

}  // namespace osteon
