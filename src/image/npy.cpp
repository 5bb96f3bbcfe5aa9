// SPDX-License-Identifier: Apache-2.0
// NumPy .npy files, versions 1 to 3 (NumPy Enhancement Proposal 1). NumPy shape is (z, y, x).
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "formats.hpp"
#include "osteon/core/error.hpp"
#include "whole_file.hpp"

namespace osteon {
namespace {

// The text after 'key': in the header's dictionary.
std::string dictionary_value(const std::string& header, const std::string& key, const FileBytes& file) {
  const std::size_t at = header.find("'" + key + "'");
  const std::size_t colon = at == std::string::npos ? at : header.find(':', at);
  if (colon == std::string::npos) file.fail("damaged .npy header: no '" + key + "'");
  const std::size_t first = header.find_first_not_of(' ', colon + 1);
  return first == std::string::npos ? "" : header.substr(first);
}

std::optional<ValueType> type_of(const std::string& code) {
  constexpr std::pair<const char*, ValueType> k_codes[] = {
      {"u1", ValueType::uint8}, {"b1", ValueType::uint8},   {"i1", ValueType::int8},   {"u2", ValueType::uint16},
      {"i2", ValueType::int16}, {"u4", ValueType::uint32},  {"i4", ValueType::int32},  {"u8", ValueType::uint64},
      {"i8", ValueType::int64}, {"f4", ValueType::float32}, {"f8", ValueType::float64}};
  for (const auto& [name, type] : k_codes)
    if (code == name) return type;
  return std::nullopt;
}

std::vector<std::int64_t> parse_shape(const std::string& text, const FileBytes& file) {
  const std::size_t close = text.find(')');
  if (text.empty() || text[0] != '(' || close == std::string::npos) file.fail("damaged .npy header: no shape");
  std::vector<std::int64_t> shape;
  for (std::size_t at = 1; at < close;) {
    char* end = nullptr;
    const long long n = std::strtoll(text.c_str() + at, &end, 10);
    const auto next = static_cast<std::size_t>(end - text.c_str());
    if (next == at) break;
    shape.push_back(n);
    const std::size_t comma = text.find(',', next);
    if (comma == std::string::npos || comma > close) break;
    at = comma + 1;
  }
  return shape;
}

// Fortran order: z is fastest in the file.
std::vector<float> transposed(const std::vector<float>& zyx, const Index3& n) {
  std::vector<float> values(zyx.size());
  const std::size_t nx = n.x, ny = n.y, nz = n.z;
#pragma omp parallel for schedule(static)
  for (std::int64_t z = 0; z < n.z; ++z)
    for (std::size_t y = 0; y < ny; ++y)
      for (std::size_t x = 0; x < nx; ++x)
        values[(static_cast<std::size_t>(z) * ny + y) * nx + x] = zyx[(x * ny + y) * nz + static_cast<std::size_t>(z)];
  return values;
}

}  // namespace

OpenScan open_npy(const std::filesystem::path& path) {
  auto file = std::make_shared<FileBytes>(path);
  const std::vector<unsigned char> head = file->read(0, 10);
  if (std::string(head.begin(), head.begin() + 6) != "\x93NUMPY") file->fail("this is not a .npy file");
  const int major = head[6];
  if (major < 1 || major > 3) file->fail(fmt::format(".npy version {} is unknown", major));
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  const std::vector<unsigned char> length = file->read(8, length_bytes);
  std::size_t header_bytes = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) header_bytes |= std::size_t{length[i]} << 8 * i;
  const std::uint64_t data_offset = 8 + length_bytes + header_bytes;
  file->require(8 + length_bytes, header_bytes, "the .npy header");
  const std::string header = file->read_up_to(8 + length_bytes, header_bytes);

  const std::string descr = dictionary_value(header, "descr", *file);
  const std::string code = descr.substr(0, descr.find('\'', 1));  // '<f4
  const auto type = code.size() == 4 ? type_of(code.substr(2)) : std::nullopt;
  if (!type)
    file->fail(fmt::format("array type {} is not supported; save it as uint8, int16, int32 or float32",
                           descr.substr(0, descr.find_first_of(",}"))));
  const bool big_endian = code[1] == '>';
  const bool fortran = dictionary_value(header, "fortran_order", *file).compare(0, 4, "True") == 0;
  const std::vector<std::int64_t> shape = parse_shape(dictionary_value(header, "shape", *file), *file);
  if (shape.size() != 3)
    file->fail(fmt::format("the array has {} dimensions; an image needs three: (z, y, x)", shape.size()));

  OpenScan scan;
  scan.info.format = "NumPy";
  scan.info.value_type = value_name(*type);
  const std::int64_t size[3] = {shape[2], shape[1], shape[0]};
  scan.info.geometry.size = checked_size(size, path.string());
  scan.has_spacing = false;
  const Index3 n = scan.info.geometry.size;
  file->require(data_offset, std::uint64_t(n.volume()) * value_bytes(*type), "the array");
  scan.values = [file, data_offset, n, fortran, big_endian, type = *type] {
    std::vector<float> values = read_raw_values(*file, data_offset, n, type, big_endian);
    return fortran ? transposed(values, n) : values;
  };
  return scan;
}

void write_npy(const std::filesystem::path& path, const VoxelImage& image, ValueType type) {
  const char* code = type == ValueType::uint8 ? "|u1" : type == ValueType::int16 ? "<i2" : "<f4";
  const Index3& n = image.geometry.size;
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}, {}), }}", code, n.z, n.y, n.x);
  constexpr std::size_t k_align = 64, k_prefix = 10;
  header.append(k_align - 1 - (k_prefix + header.size()) % k_align, ' ');
  header += '\n';
  std::string start = "\x93NUMPY";
  start += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  const std::vector<unsigned char> bytes = encode_values(image, type);
  start += header;
  write_whole_file(path, {start, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
}

}  // namespace osteon
