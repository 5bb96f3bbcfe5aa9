// SPDX-License-Identifier: Apache-2.0
// Checked reads from a scan file.
#include "file_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "osteon/core/error.hpp"

namespace osteon {

FileBytes::FileBytes(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) fail("no such file; check the path");
  if (!std::filesystem::is_regular_file(path, error)) fail("this is not a file");
  size_ = std::filesystem::file_size(path, error);
  if (error) fail("cannot read the file: " + error.message());
  if (size_ == 0) fail("the file is empty");
  stream_.open(path, std::ios::binary);
  if (!stream_) fail("cannot open the file; check its permissions");
}

void FileBytes::fail(const std::string& problem) const {
  throw InputError(fmt::format("{}: {}", path_.string(), problem));
}

void FileBytes::require(std::uint64_t offset, std::uint64_t count, const std::string& what) const {
  if (offset <= size_ && count <= size_ - offset) return;
  fail(fmt::format("truncated or damaged: {} needs {} bytes from byte {} on, but the file has {} bytes", what, count,
                   offset, size_));
}

void FileBytes::read(std::uint64_t offset, std::size_t count, void* destination) {
  require(offset, count, "the next part");
  stream_.clear();
  stream_.seekg(static_cast<std::streamoff>(offset));
  stream_.read(static_cast<char*>(destination), static_cast<std::streamsize>(count));
  if (static_cast<std::size_t>(stream_.gcount()) != count) fail("reading failed half-way; check the disk");
}

std::vector<unsigned char> FileBytes::read(std::uint64_t offset, std::size_t count) {
  require(offset, count, "the next part");
  std::vector<unsigned char> bytes(count);
  read(offset, count, bytes.data());
  return bytes;
}

std::string FileBytes::read_up_to(std::uint64_t offset, std::size_t count) {
  const std::uint64_t left = offset < size_ ? size_ - offset : 0;
  std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(left, count)), '\0');
  read(offset, text.size(), text.data());
  return text;
}

std::int32_t little_int32(const unsigned char* b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(b[0]) | static_cast<std::uint32_t>(b[1]) << 8 |
                                   static_cast<std::uint32_t>(b[2]) << 16 | static_cast<std::uint32_t>(b[3]) << 24);
}

std::int64_t little_int64(const unsigned char* b) {
  const auto low = static_cast<std::uint32_t>(little_int32(b));
  const auto high = static_cast<std::uint32_t>(little_int32(b + 4));
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(high) << 32 | low);
}

}  // namespace osteon
