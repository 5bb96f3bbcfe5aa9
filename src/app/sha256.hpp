// SPDX-License-Identifier: Apache-2.0
// SHA-256 of input files, for the provenance in summary.json.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace osteon::app {

/// FIPS 180-4, section 6.2.
class Sha256 {
 public:
  void update(const void* data, std::size_t size);
  /// 64 hexadecimal digits; ends the stream.
  std::string finish();

 private:
  void block(const std::uint8_t* bytes);

  std::uint32_t state_[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                             0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::uint8_t buffer_[64] = {};
  std::size_t filled_ = 0;
  std::uint64_t length_ = 0;
};

/// Of a file, or of a folder: over name and content of its files in name order. Empty when it cannot be read.
std::string sha256_of(const std::filesystem::path& path);

}  // namespace osteon::app
