// SPDX-License-Identifier: Apache-2.0
// Carries objects between HDF5 files.
#include "hdf5_copy.hpp"

#include <algorithm>
#include <vector>

namespace osteon::h5 {

void copy_attributes(const Handle& from, const Handle& to, const FileName& file) {
  H5O_info_t info{};
  require(H5Oget_info(from.id(), &info), file, "attributes");
  for (hsize_t i = 0; i < info.num_attrs; ++i) {
    const Handle source(H5Aopen_by_idx(from.id(), ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT, H5P_DEFAULT),
                        H5Aclose, file, "attributes");
    std::string name(static_cast<std::size_t>(std::max<ssize_t>(H5Aget_name(source.id(), 0, nullptr), 0)) + 1, '\0');
    if (H5Aget_name(source.id(), name.size(), name.data()) < 0) fail(file, "attributes");
    const Handle type(H5Aget_type(source.id()), H5Tclose, file, name);
    const Handle space(H5Aget_space(source.id()), H5Sclose, file, name);
    std::vector<unsigned char> bytes(H5Aget_storage_size(source.id()));
    require(H5Aread(source.id(), type.id(), bytes.data()), file, name);
    const Handle copy(H5Acreate2(to.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                      file, name);
    require(H5Awrite(copy.id(), type.id(), bytes.data()), file, name);
  }
}

void link_external(const Handle& parent, const std::string& name, const std::string& target, const std::string& object,
                   const FileName& file) {
  require(
      H5Lcreate_external(target.c_str(), object.c_str(), parent.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT), file,
      name);
}

std::uint64_t chunk_rows(const Handle& dataset, const FileName& file) {
  const Handle creation(H5Dget_create_plist(dataset.id()), H5Pclose, file, "chunks");
  if (H5Pget_layout(creation.id()) != H5D_CHUNKED) return 0;
  std::vector<hsize_t> chunk(dataset_shape(dataset, file).size());
  if (H5Pget_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()) < 0) fail(file, "chunks");
  return chunk.empty() ? 0 : chunk[0];
}

void copy_chunks(const Handle& from, std::uint64_t from_row, const Handle& to, std::uint64_t to_row,
                 std::uint64_t count, const FileName& file, const std::string& name) {
  const std::uint64_t rows = chunk_rows(from, file);
  std::vector<unsigned char> bytes;
  for (std::uint64_t c = 0; c < count; ++c) {
    const hsize_t source[2] = {from_row + c * rows, 0}, target[2] = {to_row + c * rows, 0};
    hsize_t size = 0;
    std::uint32_t filters = 0;
    require(H5Dget_chunk_storage_size(from.id(), source, &size), file, name);
    bytes.resize(size);
    require(H5Dread_chunk(from.id(), H5P_DEFAULT, source, &filters, bytes.data()), file, name);
    require(H5Dwrite_chunk(to.id(), H5P_DEFAULT, filters, target, bytes.size(), bytes.data()), file, name);
  }
}

Handle create_like(const Handle& like, std::uint64_t rows, const Handle& parent, const std::string& name,
                   const FileName& file) {
  std::vector<hsize_t> shape = dataset_shape(like, file);
  if (!shape.empty()) shape[0] = rows;
  const Handle type(H5Dget_type(like.id()), H5Tclose, file, name);
  const Handle creation(H5Dget_create_plist(like.id()), H5Pclose, file, name);
  const Handle space(shape.empty() ? H5Screate(H5S_SCALAR)
                                   : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
                     H5Sclose, file, name);
  return {H5Dcreate2(parent.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT),
          H5Dclose, file, name};
}

namespace {

constexpr std::uint64_t k_block_bytes = std::uint64_t{4} << 20;

/// A dataset without chunks, a block of rows at a time.
void copy_plain(const Handle& from, const Handle& to, const FileName& file, const std::string& name) {
  const Handle type(H5Dget_type(from.id()), H5Tclose, file, name);
  std::vector<hsize_t> count = dataset_shape(from, file);
  const std::uint64_t rows = count.empty() ? 1 : count[0];
  const std::uint64_t row_bytes = value_count(from, file) * H5Tget_size(type.id()) / std::max<std::uint64_t>(rows, 1);
  const std::uint64_t block = count.empty() ? 1 : std::max<std::uint64_t>(k_block_bytes / row_bytes, 1);
  std::vector<hsize_t> start(count.size(), 0);
  std::vector<unsigned char> bytes;
  for (std::uint64_t row = 0; row < rows; row += block) {
    const Handle space(H5Dget_space(from.id()), H5Sclose, file, name);
    if (count.empty()) {
      bytes.resize(row_bytes);
      require(H5Dread(from.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), file, name);
      require(H5Dwrite(to.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), file, name);
      return;
    }
    start[0] = row;
    count[0] = std::min(block, rows - row);
    bytes.resize(count[0] * row_bytes);
    const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose, file, name);
    require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), file, name);
    require(H5Dread(from.id(), type.id(), memory.id(), space.id(), H5P_DEFAULT, bytes.data()), file, name);
    require(H5Dwrite(to.id(), type.id(), memory.id(), space.id(), H5P_DEFAULT, bytes.data()), file, name);
  }
}

void copy_dataset(const Handle& from_parent, const std::string& name, const Handle& to_parent, const FileName& file) {
  const Handle from = open_dataset(from_parent, name, file);
  const std::vector<hsize_t> shape = dataset_shape(from, file);
  const Handle to = create_like(from, shape.empty() ? 0 : shape[0], to_parent, name, file);
  copy_attributes(from, to, file);
  if (value_count(from, file) == 0) return;
  const std::uint64_t rows = chunk_rows(from, file);
  if (rows > 0)
    copy_chunks(from, 0, to, 0, (shape[0] + rows - 1) / rows, file, name);
  else
    copy_plain(from, to, file, name);
}

}  // namespace

void copy_object(const Handle& from_parent, const std::string& name, const Handle& to_parent, const FileName& file) {
  H5O_info_t info{};
  require(H5Oget_info_by_name(from_parent.id(), name.c_str(), &info, H5P_DEFAULT), file, name);
  if (info.type != H5O_TYPE_GROUP) return copy_dataset(from_parent, name, to_parent, file);
  const Handle from = open_group(from_parent, name, file), to = create_group(to_parent, name, file);
  copy_attributes(from, to, file);
  for (const std::string& member : member_names(from, file)) copy_object(from, member, to, file);
}

}  // namespace osteon::h5
