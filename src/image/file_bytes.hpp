// SPDX-License-Identifier: Apache-2.0
// Bytes of a scan file: every read is checked against the file's size, so that a truncated file is found and named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace osteon {

/// A file open for reading. Throws InputError when it is missing, not a file, unreadable or empty.
class FileBytes {
 public:
  explicit FileBytes(const std::filesystem::path& path);

  std::uint64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }

  /// Copies `count` bytes that start at `offset`; throws InputError ("truncated") when the file does not hold them.
  void read(std::uint64_t offset, std::size_t count, void* destination);
  std::vector<unsigned char> read(std::uint64_t offset, std::size_t count);
  /// Up to `count` bytes, fewer at the end of the file.
  std::string read_up_to(std::uint64_t offset, std::size_t count);

  /// Throws InputError unless the file holds `count` bytes from `offset` on; `what` names them.
  void require(std::uint64_t offset, std::uint64_t count, const std::string& what) const;
  /// An InputError about this file.
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  std::filesystem::path path_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

std::int32_t little_int32(const unsigned char* bytes);
std::int64_t little_int64(const unsigned char* bytes);

}  // namespace osteon
