// SPDX-License-Identifier: Apache-2.0
// Scanco AIM, versions 020 (32-bit header) and 030 (64-bit header): block list, image structure, log, voxels.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "formats.hpp"
#include "scanco.hpp"

namespace osteon {
namespace {

enum class AimType : std::uint32_t {
  int8 = 0x00010001,
  int16 = 0x00020002,
  float32 = 0x00040004,  // VAX in version 020
  ieee_float32 = 0x001a0004,
  two_value_runs = 0x00150001,
  packed_bits = 0x00060001,
  int8_runs = 0x00080002
};

struct AimHeader {
  int version = 20;
  AimType type = AimType::int16;
  Index3 size;
  Index3 border;  // voxels of each side that run-length data leaves out
  std::uint64_t data_offset = 0, data_bytes = 0;
};

// Reads the header's integers: 32 bit in version 020, 64 bit in 030.
struct AimIntegers {
  const unsigned char* bytes;
  int width;
  std::int64_t operator[](int i) const {
    return width == 8 ? little_int64(bytes + 8 * i) : little_int32(bytes + 4 * i);
  }
};

std::string type_name(AimType type) {
  switch (type) {
    case AimType::int8:
      return "int8";
    case AimType::int16:
      return "int16";
    case AimType::float32:
    case AimType::ieee_float32:
      return "float32";
    case AimType::two_value_runs:
      return "two values, run-length";
    case AimType::packed_bits:
      return "packed bits";
    case AimType::int8_runs:
      return "int8, run-length";
  }
  return {};
}

// Puts run-length data, which holds the inside only, into the zeroed image voxel by voxel.
class InsideWriter {
 public:
  InsideWriter(const AimHeader& header, std::vector<float>& values) : header_(header), values_(values) {
    for (int a = 0; a < 3; ++a) inside_[a] = header.size[a] - 2 * header.border[a];
    left_ = inside_.volume();
  }
  std::int64_t left() const { return left_; }
  void write(float value, std::int64_t count) {
    for (; count > 0 && left_ > 0; --count, --left_) {
      const std::size_t row = static_cast<std::size_t>(z_ + header_.border.z) * header_.size.y + y_ + header_.border.y;
      values_[row * header_.size.x + x_ + header_.border.x] = value;
      if (++x_ < inside_.x) continue;
      x_ = 0;
      if (++y_ < inside_.y) continue;
      y_ = 0;
      ++z_;
    }
  }

 private:
  const AimHeader& header_;
  std::vector<float>& values_;
  Index3 inside_;
  std::int64_t left_ = 0;
  int x_ = 0, y_ = 0, z_ = 0;
};

float signed_byte(unsigned char byte) { return static_cast<float>(static_cast<signed char>(byte)); }

// Run lengths of one byte: 255 means "254, and the value stays".
void unpack_two_values(const std::vector<unsigned char>& data, std::size_t first, InsideWriter& out) {
  if (data.size() < first + 2) return;
  const float value[2] = {signed_byte(data[first]), signed_byte(data[first + 1])};
  int which = 0;
  for (std::size_t i = first + 2; i < data.size() && out.left() > 0; ++i) {
    out.write(value[which], data[i] == 255 ? 254 : data[i]);
    if (data[i] != 255) which = 1 - which;
  }
}

void unpack_byte_runs(const std::vector<unsigned char>& data, std::size_t first, InsideWriter& out) {
  for (std::size_t i = first; i + 1 < data.size() && out.left() > 0; i += 2)
    out.write(signed_byte(data[i]), data[i + 1]);
}

// Each byte is an octet of 2x2x2 voxels (bit = x + 2 y + 4 z); the last byte is the value of a set bit.
void unpack_bits(const std::vector<unsigned char>& data, const Index3& size, std::vector<float>& values) {
  const std::size_t nx = (size.x + 1) / 2, ny = (size.y + 1) / 2;
  const float value = signed_byte(data.back());
  std::size_t i = 0;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x, ++i) {
        const unsigned char octet = data[(static_cast<std::size_t>(z / 2) * ny + y / 2) * nx + x / 2];
        values[i] = (octet >> (x % 2 + 2 * (y % 2) + 4 * (z % 2)) & 1) != 0 ? value : 0.0F;
      }
}

std::vector<float> unpack(FileBytes& file, const AimHeader& header) {
  const auto count = static_cast<std::size_t>(header.size.volume());
  const std::vector<unsigned char> data = file.read(header.data_offset, header.data_bytes);
  std::vector<float> values(count, 0.0F);
  if (header.type == AimType::packed_bits) {
    unpack_bits(data, header.size, values);
    return values;
  }
  InsideWriter out(header, values);
  const std::size_t first = header.version == 30 ? 8 : 4;  // the data's own length
  if (header.type == AimType::two_value_runs) unpack_two_values(data, first, out);
  if (header.type == AimType::int8_runs) unpack_byte_runs(data, first, out);
  if (out.left() > 0)
    file.fail(fmt::format("truncated or damaged: the run lengths end {} voxels before the image does", out.left()));
  return values;
}

std::vector<float> read_vax_floats(FileBytes& file, const AimHeader& header) {
  const auto count = static_cast<std::size_t>(header.size.volume());
  std::vector<float> values(count);
  constexpr std::size_t k_piece = std::size_t{1} << 20;
  for (std::size_t first = 0; first < count; first += k_piece) {
    const std::size_t n = std::min(k_piece, count - first);
    const std::vector<unsigned char> raw = file.read(header.data_offset + 4 * first, 4 * n);
    for (std::size_t i = 0; i < n; ++i) values[first + i] = vax_float(&raw[4 * i]);
  }
  return values;
}

std::vector<float> read_values(FileBytes& file, const AimHeader& header) {
  switch (header.type) {
    case AimType::int8:
      return read_raw_values(file, header.data_offset, header.size, ValueType::int8, false);
    case AimType::int16:
      return read_raw_values(file, header.data_offset, header.size, ValueType::int16, false);
    case AimType::ieee_float32:
      return read_raw_values(file, header.data_offset, header.size, ValueType::float32, false);
    case AimType::float32:
      return read_vax_floats(file, header);
    case AimType::two_value_runs:
    case AimType::packed_bits:
    case AimType::int8_runs:
      return unpack(file, header);
  }
  return {};
}

// Smallest number of data bytes that can hold the image, so that an absurd size is found before it is allocated.
std::uint64_t least_data_bytes(const AimHeader& header) {
  const auto count = static_cast<std::uint64_t>(header.size.volume());
  std::uint64_t inside = 1;
  for (int a = 0; a < 3; ++a) inside *= static_cast<std::uint64_t>(header.size[a] - 2 * header.border[a]);
  const std::uint64_t first = header.version == 30 ? 8 : 4;
  switch (header.type) {
    case AimType::int8:
      return count;
    case AimType::int16:
      return 2 * count;
    case AimType::float32:
    case AimType::ieee_float32:
      return 4 * count;
    case AimType::two_value_runs:
      return first + 2 + inside / 254;
    case AimType::int8_runs:
      return first + 2 * (inside / 255);
    case AimType::packed_bits:
      break;
  }
  const auto half = [&](int a) { return static_cast<std::uint64_t>(header.size[a] + 1) / 2; };
  return half(0) * half(1) * half(2) + 1;
}

AimType checked_type(std::int32_t code, const FileBytes& file) {
  const auto type = static_cast<AimType>(code);
  if (type_name(type).empty())
    file.fail(fmt::format("AIM data type {:#010x} is unknown; convert it to char, short or float first", code));
  return type;
}

Vec3 read_spacing(const unsigned char* bytes, int version) {
  Vec3 spacing{};
  for (int a = 0; a < 3; ++a)
    spacing[a] = version == 30 ? static_cast<double>(little_int64(bytes + 8 * a)) * 1e-6  // stored in nanometres
                               : static_cast<double>(vax_float(bytes + 4 * a));
  return spacing;
}

}  // namespace

OpenScan open_aim(const std::filesystem::path& path) {
  auto file = std::make_shared<FileBytes>(path);
  AimHeader header;
  const bool v030 = file->read_up_to(0, 12) == "AIMDATA_V030";
  header.version = v030 ? 30 : 20;
  const int width = v030 ? 8 : 4;
  const std::uint64_t list_at = v030 ? 16 : 0;
  const std::vector<unsigned char> list_bytes = file->read(list_at, static_cast<std::size_t>(5) * width);
  const AimIntegers list{list_bytes.data(), width};  // bytes of: this list, structure, log, data, associated data
  const std::int64_t least_structure = v030 ? 208 : 120;
  constexpr std::int64_t k_longest_log = std::int64_t{1} << 28;
  if (list[0] != 5 * width || list[1] < least_structure || list[1] > 4096 || list[2] < 0 || list[2] > k_longest_log ||
      list[3] < 0)
    file->fail("this is not an AIM file of version 020 or 030, or its header is damaged");

  const std::uint64_t structure_at = list_at + std::uint64_t(list[0]);
  const std::uint64_t log_at = structure_at + std::uint64_t(list[1]);
  header.data_offset = log_at + std::uint64_t(list[2]);
  header.data_bytes = std::uint64_t(list[3]);
  const std::vector<unsigned char> structure = file->read(structure_at, std::size_t(list[1]));
  const std::size_t type_at = v030 ? 12 : 20;
  header.type = checked_type(little_int32(&structure[type_at]), *file);
  const AimIntegers fields{&structure[type_at + 4], width};  // position, size, border, ... three each
  const std::int64_t size[3] = {fields[3], fields[4], fields[5]};
  header.size = checked_size(size, path.string());
  for (int a = 0; a < 3; ++a) {
    const std::int64_t border = fields[6 + a];
    if (border < 0 || 2 * border >= size[a]) file->fail("damaged AIM header: its border is wider than the image");
    header.border[a] = static_cast<int>(border);
  }
  file->require(header.data_offset, header.data_bytes, "the AIM voxels");
  if (header.data_bytes < least_data_bytes(header))
    file->fail(fmt::format("truncated or damaged: {} bytes of data cannot hold {} x {} x {} voxels ({})",
                           header.data_bytes, header.size.x, header.size.y, header.size.z, type_name(header.type)));

  OpenScan scan;
  scan.info.format = v030 ? "Scanco AIM 030" : "Scanco AIM 020";
  scan.info.value_type = type_name(header.type);
  scan.info.geometry.size = header.size;
  scan.info.geometry.spacing_mm = read_spacing(&structure[type_at + 4 + std::size_t(21) * width], header.version);
  for (int a = 0; a < 3; ++a)  // the position counts voxels of the scan that the image was cut from
    scan.info.geometry.origin_mm[a] = static_cast<double>(fields[a]) * scan.info.geometry.spacing_mm[a];
  const std::string log = file->read_up_to(log_at, std::size_t(list[2]));
  scan.info.calibration = calibration_from_log(log, "processing log of the AIM file");
  scan.values = [file, header] { return read_values(*file, header); };
  return scan;
}

}  // namespace osteon
