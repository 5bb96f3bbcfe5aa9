// SPDX-License-Identifier: Apache-2.0
// Checkpoint file, version 1. Little-endian, no gaps:
//   "OSTEONCP"  u32 version  u32 0x01020304  u64 size of the whole file
//   i64 step  f64 day  text  u64 arrays  { u8 bytes a number (8 or 4)  text name  u64 count  numbers } ...
//   u32 CRC-32 (zlib's) of everything before it
// with text = u64 length and bytes. Doubles come first; both in the state's order.
#include "osteon/io/checkpoint.hpp"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "export_common.hpp"
#include "osteon/core/error.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

namespace fs = std::filesystem;

constexpr char k_magic[] = "OSTEONCP";
constexpr std::uint32_t k_version = 1, k_byte_order = 0x01020304;
constexpr std::size_t k_piece = std::size_t{1} << 20;  // summed while it is in the cache

fs::path beside(const fs::path& path, const char* suffix) { return path.string() + suffix; }

class Writer {
 public:
  Writer(const fs::path& path, const fs::path& target) : out_(path, target) {}

  void bytes(const void* data, std::size_t size) {
    const char* from = static_cast<const char*>(data);
    for (std::size_t done = 0; done < size; done += k_piece) {
      const std::size_t piece = std::min(k_piece, size - done);
      sum_ = ::crc32(sum_, reinterpret_cast<const Bytef*>(from + done), static_cast<uInt>(piece));
      out_.write({from + done, piece});
    }
  }
  template <class T>
  void number(T value) {
    bytes(&value, sizeof value);
  }
  void text(const std::string& value) {
    number(static_cast<std::uint64_t>(value.size()));
    bytes(value.data(), value.size());
  }
  template <class T>
  void arrays(const std::vector<std::pair<std::string, std::vector<T>>>& all) {
    for (const auto& [name, values] : all) {
      number(static_cast<std::uint8_t>(sizeof(T)));
      text(name);
      number(static_cast<std::uint64_t>(values.size()));
      bytes(values.data(), values.size() * sizeof(T));
    }
  }
  void finish() {
    number(static_cast<std::uint32_t>(sum_));
    out_.close();
  }

 private:
  OutputBytes out_;
  uLong sum_ = 0;
};

/// Reads in order and sums; asks no more memory than the file has bytes.
class Reader {
 public:
  explicit Reader(const fs::path& path) : path_(path), file_(std::fopen(path.c_str(), "rb"), &std::fclose) {
    if (!file_) fail(std::strerror(errno));
    std::error_code error;
    left_ = fs::file_size(path, error);
    if (error) fail(error.message());
  }

  std::uint64_t left() const { return left_; }
  std::uint32_t sum() const { return static_cast<std::uint32_t>(sum_); }

  void bytes(void* data, std::uint64_t size) {
    if (size > left_) fail("it is cut short");
    char* to = static_cast<char*>(data);
    for (std::uint64_t done = 0; done < size; done += k_piece) {
      const std::size_t piece = std::min<std::uint64_t>(k_piece, size - done);
      if (std::fread(to + done, 1, piece, file_.get()) != piece) fail("it cannot be read to its end");
      sum_ = ::crc32(sum_, reinterpret_cast<const Bytef*>(to + done), static_cast<uInt>(piece));
    }
    left_ -= size;
  }
  template <class T>
  T number() {
    T value;
    bytes(&value, sizeof value);
    return value;
  }
  /// A count of things of `size` bytes that the rest of the file can hold.
  std::uint64_t count(std::uint64_t size) {
    const auto value = number<std::uint64_t>();
    if (value > left_ / size) fail("it is damaged");
    return value;
  }
  std::string text() {
    std::string value(count(1), '\0');
    bytes(value.data(), value.size());
    return value;
  }
  template <class T>
  void array(std::vector<std::pair<std::string, std::vector<T>>>& all, const std::string& name) {
    std::vector<T> values(count(sizeof(T)));
    bytes(values.data(), values.size() * sizeof(T));
    all.emplace_back(name, std::move(values));
  }
  [[noreturn]] void fail(const std::string& why) const {
    throw InputError("cannot read " + path_.string() + ": " + why);
  }

 private:
  fs::path path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::uint64_t left_ = 0;
  uLong sum_ = 0;
};

std::uint64_t file_size_of(const RegenerationState& state, const std::string& text) {
  std::uint64_t size = 8 + 4 + 4 + 8 + 8 + 8 + (8 + text.size()) + 8 + 4;
  for (const auto& [name, values] : state.doubles) size += 1 + 8 + name.size() + 8 + values.size() * sizeof(double);
  for (const auto& [name, values] : state.floats) size += 1 + 8 + name.size() + 8 + values.size() * sizeof(float);
  return size;
}

void write_all(const fs::path& path, const fs::path& target, const RegenerationState& state, const std::string& text) {
  Writer out(path, target);
  out.bytes(k_magic, 8);
  out.number(k_version);
  out.number(k_byte_order);
  out.number(file_size_of(state, text));
  out.number(static_cast<std::int64_t>(state.step));
  out.number(state.day);
  out.text(text);
  out.number(static_cast<std::uint64_t>(state.doubles.size() + state.floats.size()));
  out.arrays(state.doubles);
  out.arrays(state.floats);
  out.finish();
}

Checkpoint read_all(const fs::path& path) {
  Reader in(path);
  const std::uint64_t size = in.left();
  char magic[8];
  in.bytes(magic, 8);
  if (std::memcmp(magic, k_magic, 8) != 0) in.fail("it is not a checkpoint of Osteon");
  const auto version = in.number<std::uint32_t>();
  if (in.number<std::uint32_t>() != k_byte_order) in.fail("it is damaged, or from a machine with another byte order");
  if (version != k_version)
    in.fail("its layout is version " + std::to_string(version) + ", this program knows " + std::to_string(k_version));
  if (in.number<std::uint64_t>() != size) in.fail("it is cut short or damaged");
  Checkpoint checkpoint;
  checkpoint.state.step = static_cast<int>(in.number<std::int64_t>());
  checkpoint.state.day = in.number<double>();
  checkpoint.text = in.text();
  for (std::uint64_t arrays = in.count(1 + 8 + 8); arrays > 0; --arrays) {
    const auto bytes = in.number<std::uint8_t>();
    const std::string name = in.text();
    if (bytes == sizeof(double))
      in.array(checkpoint.state.doubles, name);
    else if (bytes == sizeof(float))
      in.array(checkpoint.state.floats, name);
    else
      in.fail("it is damaged");
  }
  const std::uint32_t sum = in.sum();
  if (in.number<std::uint32_t>() != sum || in.left() != 0) in.fail("it is damaged (its checksum does not fit)");
  return checkpoint;
}

/// `path` gets a second name, so that it is never missing; by renaming where links are not possible.
void keep_previous(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  const fs::path previous = beside(path, ".previous"), spare = beside(path, ".previous.new");
  fs::remove(spare, error);
  if (::link(path.c_str(), spare.c_str()) == 0)
    fs::rename(spare, previous, error);
  else
    fs::rename(path, previous, error);
  if (error) throw InputError("cannot write " + previous.string() + ": " + error.message());
}

}  // namespace

void write_checkpoint(const fs::path& path, const RegenerationState& state, const std::string& text) {
  remove_partial_files(path);
  StagedFile staged(path);
  write_all(staged.path(), path, state, text);
  staged.commit([&] { keep_previous(path); });
}

Checkpoint read_checkpoint(const fs::path& path) {
  const fs::path previous = beside(path, ".previous");
  std::string why;
  try {
    return read_all(path);
  } catch (const InputError& error) {
    why = error.what();
  }
  try {
    Checkpoint checkpoint = read_all(previous);
    checkpoint.warning = why + "; going on from " + previous.string() + ", which is whole";
    std::error_code ignored;
    fs::rename(path, beside(path, ".damaged"), ignored);
    return checkpoint;
  } catch (const InputError& error) {
    throw InputError(why + "; " + error.what());
  }
}

bool has_checkpoint(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored) || fs::exists(beside(path, ".previous"), ignored);
}

}  // namespace osteon
