// SPDX-License-Identifier: Apache-2.0
// The checked HDF5 calls.
#include "hdf5_handle.hpp"

#include <algorithm>

#include "osteon/core/error.hpp"

namespace osteon::h5 {

namespace {

extern "C" herr_t take_innermost(unsigned level, const H5E_error2_t* entry, void* text) {
  if (level == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
  return 0;
}

/// HDF5 buries the system's words in "..., error message = 'No space left on device', buf = ...".
std::string reason_of_failure() {
  std::string text;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_innermost, &text);
  const std::string key = "error message = '";
  const std::size_t begin = text.find(key);
  if (begin == std::string::npos) return text.empty() ? "HDF5 gives no reason" : text;
  const std::size_t end = text.find('\'', begin + key.size());
  return text.substr(begin + key.size(), end - begin - key.size());
}

Handle scalar_space(const FileName& file) { return {H5Screate(H5S_SCALAR), H5Sclose, file, "space"}; }

Handle vector_space(hsize_t count, const FileName& file) {
  return {H5Screate_simple(1, &count, nullptr), H5Sclose, file, "space"};
}

Handle text_type(std::size_t length, bool ascii, const FileName& file) {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, file, "text type");
  require(H5Tset_size(type.id(), std::max<std::size_t>(length, 1)), file, "text type");
  require(H5Tset_strpad(type.id(), H5T_STR_NULLPAD), file, "text type");
  require(H5Tset_cset(type.id(), ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8), file, "text type");
  return type;
}

void trim_padding(std::string& text) {
  while (!text.empty() && text.back() == '\0') text.pop_back();
}

/// A NULLPAD text may be empty but never of size zero.
std::string padded(const std::string& text) { return text.empty() ? std::string(1, '\0') : text; }

}  // namespace

void fail(const FileName& file, const std::string& what) {
  const std::string reason = reason_of_failure();
  throw InputError(std::string("cannot ") + file.verb + " " + file.path + ": " + what + ": " + reason);
}

void fail_size(const FileName& file, const std::string& name, std::uint64_t is, std::uint64_t expected) {
  throw InputError("cannot read " + file.path + ": " + name + " holds " + std::to_string(is) + " values instead of " +
                   std::to_string(expected) + "; the file is damaged or was not written by Osteon");
}

QuietErrors::QuietErrors() {
  // Every entry point of this room starts here, before HDF5 does. Its clean-up at exit is not needed (handles close
  // themselves) and crashes (1.10) when a file could not be closed because the disk was full.
  static const herr_t once = H5dont_atexit();
  static_cast<void>(once);
  H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

QuietErrors::~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

Handle create_file(const std::filesystem::path& path, const FileName& file) {
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, file, "access list");
  require(H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_LATEST), file, "version bounds");
  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose, file, "creating the file"};
}

Handle open_file(const std::filesystem::path& path, const FileName& file, unsigned flags) {
  namespace fs = std::filesystem;
  const std::string start = std::string("cannot ") + file.verb + " " + file.path + ": ";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw InputError(start + "there is no such file");
  if (fs::is_directory(path, ignored)) throw InputError(start + "it is a folder; give the result file in it");
  const hid_t id = H5Fopen(path.c_str(), flags, H5P_DEFAULT);
  if (id < 0) {
    const std::string reason = reason_of_failure();
    // Another process may have removed it since we looked.
    const auto says = [&](const char* text) { return reason.find(text) != std::string::npos; };
    if (!fs::exists(path, ignored) || says("No such file") || says("stat info"))
      throw InputError(start + "there is no such file");
    if (H5Fis_hdf5(path.c_str()) == 0) throw InputError(start + "it is not an HDF5 file");
    throw InputError(start + reason + "; it may be cut short or open in a program that is still writing it");
  }
  return {id, H5Fclose, file, "opening the file"};
}

Handle create_group(const Handle& parent, const std::string& name, const FileName& file) {
  return {H5Gcreate2(parent.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose, file, name};
}

Handle open_group(const Handle& parent, const std::string& name, const FileName& file) {
  return {H5Gopen2(parent.id(), name.c_str(), H5P_DEFAULT), H5Gclose, file, name};
}

Handle open_dataset(const Handle& parent, const std::string& name, const FileName& file) {
  return {H5Dopen2(parent.id(), name.c_str(), H5P_DEFAULT), H5Dclose, file, name};
}

bool has_link(const Handle& parent, const std::string& name) {
  return H5Lexists(parent.id(), name.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> member_names(const Handle& group, const FileName& file) {
  H5G_info_t info{};
  require(H5Gget_info(group.id(), &info), file, "listing a group");
  std::vector<std::string> names(info.nlinks);
  for (hsize_t i = 0; i < info.nlinks; ++i) {
    auto copy_name = [&](char* text, std::size_t size) {
      return H5Lget_name_by_idx(group.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, text, size, H5P_DEFAULT);
    };
    const ssize_t length = copy_name(nullptr, 0);
    if (length < 0) fail(file, "listing a group");
    names[i].resize(static_cast<std::size_t>(length) + 1);
    if (copy_name(names[i].data(), names[i].size()) < 0) fail(file, "listing a group");
    trim_padding(names[i]);
  }
  return names;
}

std::vector<hsize_t> dataset_shape(const Handle& dataset, const FileName& file) {
  const Handle space(H5Dget_space(dataset.id()), H5Sclose, file, "shape");
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0) fail(file, "shape");
  std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
  if (rank > 0 && H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr) < 0) fail(file, "shape");
  return shape;
}

std::uint64_t value_count(const Handle& dataset, const FileName& file) {
  std::uint64_t count = 1;
  for (const hsize_t extent : dataset_shape(dataset, file)) count *= extent;
  return count;
}

void write_text_attribute(const Handle& object, const std::string& name, const std::string& text, const FileName& file,
                          bool ascii) {
  const Handle type = text_type(text.size(), ascii, file), space = scalar_space(file);
  const Handle attribute(H5Acreate2(object.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose, file, name);
  require(H5Awrite(attribute.id(), type.id(), padded(text).data()), file, name);
}

std::string read_text_attribute(const Handle& object, const std::string& name, const FileName& file) {
  if (H5Aexists(object.id(), name.c_str()) <= 0) return {};
  const Handle attribute(H5Aopen(object.id(), name.c_str(), H5P_DEFAULT), H5Aclose, file, name);
  const Handle type(H5Aget_type(attribute.id()), H5Tclose, file, name);
  const Handle space(H5Aget_space(attribute.id()), H5Sclose, file, name);
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) != 0 ||
      H5Sget_simple_extent_npoints(space.id()) != 1)
    return {};
  std::string text(H5Tget_size(type.id()), '\0');
  require(H5Aread(attribute.id(), type.id(), text.data()), file, name);
  trim_padding(text);
  return text;
}

void write_text(const Handle& parent, const std::string& name, const std::string& text, const FileName& file) {
  const Handle type = text_type(text.size(), false, file), space = scalar_space(file);
  const Handle dataset(
      H5Dcreate2(parent.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose,
      file, name);
  require(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, padded(text).data()), file, name);
}

std::string read_text(const Handle& parent, const std::string& name, const FileName& file) {
  const Handle dataset = open_dataset(parent, name, file);
  const Handle type(H5Dget_type(dataset.id()), H5Tclose, file, name);
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) != 0 || value_count(dataset, file) != 1)
    throw InputError("cannot read " + file.path + ": " + name + " is not a text as Osteon writes it");
  std::string text(H5Tget_size(type.id()), '\0');
  read_values(dataset, type.id(), text.data(), file, name);
  trim_padding(text);
  return text;
}

void write_attribute(const Handle& object, const std::string& name, hid_t type, const void* data, hsize_t count,
                     const FileName& file) {
  const Handle space = vector_space(count, file);
  const Handle attribute(H5Acreate2(object.id(), name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                         file, name);
  require(H5Awrite(attribute.id(), type, data), file, name);
}

void write_dataset(const Handle& parent, const std::string& name, hid_t type, const void* data, hsize_t count,
                   const FileName& file) {
  const Handle space = vector_space(count, file);
  const Handle dataset(H5Dcreate2(parent.id(), name.c_str(), type, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       H5Dclose, file, name);
  if (count > 0) require(H5Dwrite(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), file, name);
}

void read_values(const Handle& dataset, hid_t type, void* values, const FileName& file, const std::string& name) {
  if (value_count(dataset, file) == 0) return;
  require(H5Dread(dataset.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), file, name);
}

}  // namespace osteon::h5
