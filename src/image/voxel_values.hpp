// SPDX-License-Identifier: Apache-2.0
// Stored voxel types and their decoding to float; checks that every reader shares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "file_bytes.hpp"
#include "osteon/image/voxel_image.hpp"

namespace osteon {

enum class ValueType { uint8, int8, uint16, int16, uint32, int32, uint64, int64, float32, float64 };

std::size_t value_bytes(ValueType type);
/// As users read it: "int16".
std::string value_name(ValueType type);

/// Raw numbers of `type` to float, in parallel. `bytes` needs no alignment.
void decode_values(const unsigned char* bytes, std::size_t count, ValueType type, bool big_endian, float* values);

/// Reads size.volume() raw numbers from `offset` on, piece by piece. The file is checked to hold them first.
std::vector<float> read_raw_values(FileBytes& file, std::uint64_t offset, const Index3& size, ValueType type,
                                   bool big_endian);

/// Throws InputError naming `source` unless sizes are positive and their product is addressable.
Index3 checked_size(const std::int64_t (&size)[3], const std::string& source);
/// Throws InputError unless spacing is finite and > 0 and the direction is orthonormal to 1e-3 (headers carry few
/// digits).
void check_geometry(const ImageGeometry& geometry, const std::string& source);
/// Throws InputError naming the first voxel that is NaN or infinite.
void check_finite(const VoxelImage& image);

}  // namespace osteon
