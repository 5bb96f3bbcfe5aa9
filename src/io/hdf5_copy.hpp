// SPDX-License-Identifier: Apache-2.0
// Objects of one HDF5 file carried into another, or pointed at from there.
#pragma once

#include <cstdint>
#include <string>

#include "hdf5_handle.hpp"

namespace osteon::h5 {

/// All attributes of `from`, whatever their types.
void copy_attributes(const Handle& from, const Handle& to, const FileName& file);
/// A dataset or group with all it holds; compressed bytes stay compressed. (H5Ocopy of HDF5 1.10 crashes on a full disk.)
void copy_object(const Handle& from_parent, const std::string& name, const Handle& to_parent, const FileName& file);
/// `name` becomes a pointer to `object` in `target`, a path relative to the folder of the file that holds the link.
void link_external(const Handle& parent, const std::string& name, const std::string& target, const std::string& object,
                   const FileName& file);
/// The finished bytes of `count` chunks from row `from_row` on, to `to_row` on. Both datasets are chunked alike along
/// their rows, with the same filters; both rows begin a chunk.
void copy_chunks(const Handle& from, std::uint64_t from_row, const Handle& to, std::uint64_t to_row,
                 std::uint64_t count, const FileName& file, const std::string& name);
/// Rows of a chunk; 0: not chunked.
std::uint64_t chunk_rows(const Handle& dataset, const FileName& file);
/// A dataset with the number type, chunks and filters of `like`, its columns, and `rows` rows.
Handle create_like(const Handle& like, std::uint64_t rows, const Handle& parent, const std::string& name,
                   const FileName& file);

}  // namespace osteon::h5
