// SPDX-License-Identifier: Apache-2.0
// Checked, self-closing HDF5 handles and the few calls on them that the result file needs.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace osteon::h5 {

/// The file at work, for messages.
struct FileName {
  std::string path;
  const char* verb = "read";  ///< "read" or "write"
};

/// Throws InputError "cannot VERB PATH: WHAT: reason", the reason being the innermost entry of HDF5's error stack.
[[noreturn]] void fail(const FileName& file, const std::string& what);

/// Keeps HDF5 from printing its error stack (which is per thread) while it lives.
class QuietErrors {
 public:
  QuietErrors();
  ~QuietErrors();
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

/// Owns one identifier. Movable, not copyable.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  /// Takes a fresh identifier; a negative one is reported with `what`.
  Handle(hid_t id, Close closer, const FileName& file, const std::string& what) : id_(id), close_(closer) {
    if (id < 0) fail(file, what);
  }
  Handle(Handle&& other) noexcept { swap(other); }
  Handle& operator=(Handle&& other) noexcept {
    Handle(std::move(other)).swap(*this);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  hid_t id() const { return id_; }
  /// Closes now; unlike the destructor it reports what went wrong, e.g. a full disk when a file is flushed.
  void close(const FileName& file, const std::string& what) {
    const hid_t id = std::exchange(id_, -1);
    if (id >= 0 && close_(id) < 0) fail(file, what);
  }

 private:
  void swap(Handle& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
  }

  hid_t id_ = -1;
  Close close_ = nullptr;
};

inline void require(herr_t status, const FileName& file, const std::string& what) {
  if (status < 0) fail(file, what);
}

template <class T>
hid_t native_type() {
  if constexpr (std::is_same_v<T, float>)
    return H5T_NATIVE_FLOAT;
  else if constexpr (std::is_same_v<T, double>)
    return H5T_NATIVE_DOUBLE;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return H5T_NATIVE_INT32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return H5T_NATIVE_INT64;
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return H5T_NATIVE_UINT32;
  else
    return H5T_NATIVE_UINT8;
}

/// Makes `path`, the temporary name under which `file` is written.
Handle create_file(const std::filesystem::path& path, const FileName& file);
/// `flags` H5F_ACC_RDONLY or H5F_ACC_RDWR. Says whether the file is missing, not HDF5 or cut short.
Handle open_file(const std::filesystem::path& path, const FileName& file, unsigned flags);
Handle create_group(const Handle& parent, const std::string& name, const FileName& file);
Handle open_group(const Handle& parent, const std::string& name, const FileName& file);
Handle open_dataset(const Handle& parent, const std::string& name, const FileName& file);
bool has_link(const Handle& parent, const std::string& name);
/// Names of the members of a group, alphabetical.
std::vector<std::string> member_names(const Handle& group, const FileName& file);
std::vector<hsize_t> dataset_shape(const Handle& dataset, const FileName& file);

/// Fixed-length text: every reader takes it. `ascii` marks it so (VTK's reader insists).
void write_text_attribute(const Handle& object, const std::string& name, const std::string& text, const FileName& file,
                          bool ascii = false);
/// Empty when there is no such attribute or it is not text of fixed length.
std::string read_text_attribute(const Handle& object, const std::string& name, const FileName& file);
void write_text(const Handle& parent, const std::string& name, const std::string& text, const FileName& file);
std::string read_text(const Handle& parent, const std::string& name, const FileName& file);

void write_attribute(const Handle& object, const std::string& name, hid_t type, const void* data, hsize_t count,
                     const FileName& file);
void write_dataset(const Handle& parent, const std::string& name, hid_t type, const void* data, hsize_t count,
                   const FileName& file);
/// Small one-dimensional arrays, uncompressed.
template <class T>
void write_attribute(const Handle& object, const std::string& name, const std::vector<T>& values,
                     const FileName& file) {
  write_attribute(object, name, native_type<T>(), values.data(), values.size(), file);
}
template <class T>
void write_dataset(const Handle& parent, const std::string& name, const std::vector<T>& values, const FileName& file) {
  write_dataset(parent, name, native_type<T>(), values.data(), values.size(), file);
}

std::uint64_t value_count(const Handle& dataset, const FileName& file);
void read_values(const Handle& dataset, hid_t type, void* values, const FileName& file, const std::string& name);
[[noreturn]] void fail_size(const FileName& file, const std::string& name, std::uint64_t is, std::uint64_t expected);

/// The whole dataset, flat, converted to T.
template <class T>
std::vector<T> read_dataset(const Handle& parent, const std::string& name, const FileName& file) {
  const Handle dataset = open_dataset(parent, name, file);
  std::vector<T> values(value_count(dataset, file));
  read_values(dataset, native_type<T>(), values.data(), file, name);
  return values;
}
/// As above; throws InputError, before reading, unless it holds `expected` values.
template <class T>
std::vector<T> read_dataset(const Handle& parent, const std::string& name, std::uint64_t expected,
                            const FileName& file) {
  const std::uint64_t is = value_count(open_dataset(parent, name, file), file);
  if (is != expected) fail_size(file, name, is, expected);
  return read_dataset<T>(parent, name, file);
}

}  // namespace osteon::h5
