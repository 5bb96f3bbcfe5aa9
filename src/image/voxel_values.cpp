// SPDX-License-Identifier: Apache-2.0
// Decoding of stored numbers, and the checks that every reader shares.
#include "voxel_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>

#include "osteon/core/error.hpp"

namespace osteon {
namespace {

template <class T>
float decode_one(const unsigned char* bytes, bool swap) {
  unsigned char raw[sizeof(T)];
  std::memcpy(raw, bytes, sizeof(T));
  if (swap) std::reverse(raw, raw + sizeof(T));
  T value;
  std::memcpy(&value, raw, sizeof(T));
  if constexpr (std::is_same_v<T, double>) {  // out of range is infinite in float, not undefined
    if (std::abs(value) > static_cast<double>(std::numeric_limits<float>::max()))
      return std::copysign(std::numeric_limits<float>::infinity(), value > 0 ? 1.0F : -1.0F);
  }
  return static_cast<float>(value);
}

template <class T>
void decode_all(const unsigned char* bytes, std::size_t count, bool swap, float* values) {
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(count); ++i)
    values[i] = decode_one<T>(bytes + static_cast<std::size_t>(i) * sizeof(T), swap);
}

constexpr bool k_host_is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

}  // namespace

std::size_t value_bytes(ValueType type) {
  switch (type) {
    case ValueType::uint8:
    case ValueType::int8:
      return 1;
    case ValueType::uint16:
    case ValueType::int16:
      return 2;
    case ValueType::uint32:
    case ValueType::int32:
    case ValueType::float32:
      return 4;
    case ValueType::uint64:
    case ValueType::int64:
    case ValueType::float64:
      return 8;
  }
  return 0;
}

std::string value_name(ValueType type) {
  constexpr const char* k_names[] = {"uint8", "int8",   "uint16", "int16",   "uint32",
                                     "int32", "uint64", "int64",  "float32", "float64"};
  return k_names[static_cast<int>(type)];
}

void decode_values(const unsigned char* bytes, std::size_t count, ValueType type, bool big_endian, float* values) {
  const bool swap = big_endian != k_host_is_big_endian;
  switch (type) {
    case ValueType::uint8:
      return decode_all<std::uint8_t>(bytes, count, swap, values);
    case ValueType::int8:
      return decode_all<std::int8_t>(bytes, count, swap, values);
    case ValueType::uint16:
      return decode_all<std::uint16_t>(bytes, count, swap, values);
    case ValueType::int16:
      return decode_all<std::int16_t>(bytes, count, swap, values);
    case ValueType::uint32:
      return decode_all<std::uint32_t>(bytes, count, swap, values);
    case ValueType::int32:
      return decode_all<std::int32_t>(bytes, count, swap, values);
    case ValueType::uint64:
      return decode_all<std::uint64_t>(bytes, count, swap, values);
    case ValueType::int64:
      return decode_all<std::int64_t>(bytes, count, swap, values);
    case ValueType::float32:
      return decode_all<float>(bytes, count, swap, values);
    case ValueType::float64:
      return decode_all<double>(bytes, count, swap, values);
  }
}

std::vector<float> read_raw_values(FileBytes& file, std::uint64_t offset, const Index3& size, ValueType type,
                                   bool big_endian) {
  const auto count = static_cast<std::size_t>(size.volume());
  const std::size_t width = value_bytes(type);
  file.require(offset, std::uint64_t{count} * width,
               fmt::format("an image of {} x {} x {} {} voxels", size.x, size.y, size.z, value_name(type)));
  std::vector<float> values(count);
  constexpr std::size_t k_piece = std::size_t{1} << 22;  // voxels; keeps the raw copy small beside the image
  std::vector<unsigned char> piece(std::min(count, k_piece) * width);
  for (std::size_t first = 0; first < count; first += k_piece) {
    const std::size_t n = std::min(k_piece, count - first);
    file.read(offset + std::uint64_t{first} * width, n * width, piece.data());
    decode_values(piece.data(), n, type, big_endian, values.data() + first);
  }
  return values;
}

Index3 checked_size(const std::int64_t (&size)[3], const std::string& source) {
  constexpr std::int64_t k_longest = std::int64_t{1} << 20;  // so that the product fits 64 bits
  constexpr std::int64_t k_most = std::int64_t{1} << 40;
  for (const std::int64_t n : size) {
    if (n < 1 || n > k_longest)
      throw InputError(
          fmt::format("{}: impossible image size {} x {} x {} in the header", source, size[0], size[1], size[2]));
  }
  if (size[0] * size[1] * size[2] > k_most)
    throw InputError(
        fmt::format("{}: absurd image size {} x {} x {} in the header", source, size[0], size[1], size[2]));
  return {static_cast<int>(size[0]), static_cast<int>(size[1]), static_cast<int>(size[2])};
}

void check_geometry(const ImageGeometry& geometry, const std::string& source) {
  for (const double s : geometry.spacing_mm) {
    if (!(std::isfinite(s) && s > 0))
      throw InputError(
          fmt::format("{}: voxel spacing {} x {} x {} mm is not positive; give the right one in the case "
                      "file",
                      source, geometry.spacing_mm[0], geometry.spacing_mm[1], geometry.spacing_mm[2]));
  }
  for (const double o : geometry.origin_mm)
    if (!std::isfinite(o)) throw InputError(source + ": the image origin is not finite");
  constexpr double k_tolerance = 1e-3;
  const Mat3& d = geometry.direction;
  for (int a = 0; a < 3; ++a) {
    for (int b = a; b < 3; ++b) {
      double dot = 0;
      for (int row = 0; row < 3; ++row) dot += d[row * 3 + a] * d[row * 3 + b];
      if (!(std::abs(dot - (a == b ? 1.0 : 0.0)) <= k_tolerance))
        throw InputError(
            fmt::format("{}: the image axes are not orthonormal (axes {} and {}: product {}); resample the "
                        "image to a rectangular grid",
                        source, a, b, dot));
    }
  }
}

void check_finite(const VoxelImage& image) {
  const auto count = static_cast<std::int64_t>(image.values.size());
  std::int64_t first_bad = count;
#pragma omp parallel for schedule(static) reduction(min : first_bad)
  for (std::int64_t i = 0; i < count; ++i)
    if (!std::isfinite(image.values[static_cast<std::size_t>(i)])) first_bad = std::min(first_bad, i);
  if (first_bad == count) return;
  const Index3& n = image.geometry.size;
  throw InputError(fmt::format("{}: voxel ({}, {}, {}) is NaN or infinite; replace such values first", image.source,
                               first_bad % n.x, first_bad / n.x % n.y, first_bad / n.x / n.y));
}

}  // namespace osteon
