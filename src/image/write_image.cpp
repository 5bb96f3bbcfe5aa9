// SPDX-License-Identifier: Apache-2.0
// Images out: chooses the format, narrows the values, and never leaves half a file.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "file_extension.hpp"
#include "formats.hpp"
#include "osteon/core/error.hpp"
#include "whole_file.hpp"

namespace osteon {
namespace {

template <class T>
std::vector<unsigned char> encode_integers(const VoxelImage& image) {
  constexpr auto k_low = static_cast<float>(std::numeric_limits<T>::min());
  constexpr auto k_high = static_cast<float>(std::numeric_limits<T>::max());
  std::vector<unsigned char> bytes(image.values.size() * sizeof(T));
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    const float rounded = std::round(image.values[i]);
    if (!(rounded >= k_low && rounded <= k_high))
      throw InputError(fmt::format("value {} does not fit the type asked for ({} to {}); write float32 instead",
                                   image.values[i], k_low, k_high));
    const auto value = static_cast<std::make_unsigned_t<T>>(static_cast<T>(rounded));
    for (std::size_t b = 0; b < sizeof(T); ++b)
      bytes[i * sizeof(T) + b] = static_cast<unsigned char>(value >> 8 * b & 0xff);
  }
  return bytes;
}

std::vector<unsigned char> encode_floats(const VoxelImage& image) {
  std::vector<unsigned char> bytes(image.values.size() * sizeof(float));
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, &image.values[i], sizeof bits);
    for (std::size_t b = 0; b < sizeof bits; ++b)
      bytes[i * sizeof bits + b] = static_cast<unsigned char>(bits >> 8 * b & 0xff);
  }
  return bytes;
}

ValueType writable_type(const std::string& name) {
  for (const ValueType type : {ValueType::uint8, ValueType::int16, ValueType::float32})
    if (name == value_name(type)) return type;
  throw InputError("cannot write voxels as '" + name + "'; use uint8, int16 or float32");
}

}  // namespace

std::vector<unsigned char> encode_values(const VoxelImage& image, ValueType type) {
  if (type == ValueType::uint8) return encode_integers<std::uint8_t>(image);
  if (type == ValueType::int16) return encode_integers<std::int16_t>(image);
  return encode_floats(image);
}

void write_whole_file(const std::filesystem::path& path, const std::vector<std::string_view>& pieces) {
  if (std::filesystem::exists(path))
    throw InputError(path.string() + ": exists already and is not overwritten; choose another name");
  std::filesystem::path partial = path;
  partial += ".partial";
  std::ofstream stream(partial, std::ios::binary | std::ios::trunc);
  for (const std::string_view piece : pieces) stream.write(piece.data(), static_cast<std::streamsize>(piece.size()));
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(partial, path, error);
  if (stream && !error) return;
  std::filesystem::remove(partial, error);
  throw InputError(path.string() + ": cannot be written; check that the folder exists and the disk is not full");
}

void write_image(const std::filesystem::path& path, const VoxelImage& image, const std::string& value_type) {
  OSTEON_ASSERT(image.values.size() == static_cast<std::size_t>(image.geometry.size.volume()));
  const ValueType type = writable_type(value_type);
  const std::string extension = lower_extension(path);
  if (extension == ".mha") return write_meta_image(path, image, type);
  if (extension == ".npy") return write_npy(path, image, type);
  throw InputError(path.string() + ": cannot write this format; name the file .mha or .npy");
}

}  // namespace osteon
