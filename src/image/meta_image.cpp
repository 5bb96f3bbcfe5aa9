// SPDX-License-Identifier: Apache-2.0
// MetaImage .mha and .mhd, raw or zlib; geometry is LPS as ITK writes it, AnatomicalOrientation is ignored as in ITK.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "formats.hpp"
#include "osteon/core/error.hpp"
#include "whole_file.hpp"

namespace osteon {
namespace {

using Fields = std::map<std::string, std::string>;

struct MetaHeader {
  Fields fields;
  std::uint64_t bytes = 0;  // of the text, up to the data of a .mha
};

MetaHeader read_header(FileBytes& file) {
  constexpr std::size_t k_longest = 1 << 20;
  const std::string text = file.read_up_to(0, k_longest);
  MetaHeader header;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos && text.size() == k_longest) break;
    const std::string line = text.substr(at, end == std::string::npos ? end : end - at);
    at = end == std::string::npos ? text.size() : end + 1;
    const std::size_t equal = line.find('=');
    if (equal == std::string::npos) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      break;
    }
    const auto trimmed = [](const std::string& s) {
      const std::size_t first = s.find_first_not_of(" \t\r");
      return first == std::string::npos ? std::string() : s.substr(first, s.find_last_not_of(" \t\r") - first + 1);
    };
    const std::string key = trimmed(line.substr(0, equal));
    header.fields[key] = trimmed(line.substr(equal + 1));
    header.bytes = at;
    if (key == "ElementDataFile") return header;
  }
  file.fail("this is not a MetaImage: its header has no line 'ElementDataFile = ...'");
}

std::string field(const Fields& fields, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = fields.find(name); found != fields.end()) return found->second;
  return {};
}

bool is_true(const std::string& text) { return !text.empty() && (text[0] == 'T' || text[0] == 't' || text[0] == '1'); }

// Exactly `count` numbers, or nothing when the field is absent.
std::optional<std::vector<double>> numbers(const Fields& fields, std::initializer_list<const char*> names,
                                           std::size_t count, const FileBytes& file) {
  const std::string text = field(fields, names);
  if (text.empty()) return std::nullopt;
  std::vector<double> values;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) {
    char* end = nullptr;
    values.push_back(std::strtod(word.c_str(), &end));
    if (*end != 0) file.fail(fmt::format("damaged header: {} = {}", *names.begin(), text));
  }
  if (values.size() != count)
    file.fail(fmt::format("damaged header: {} needs {} numbers: '{}'", *names.begin(), count, text));
  return values;
}

ValueType element_type(const Fields& fields, const FileBytes& file) {
  constexpr std::pair<const char*, ValueType> k_types[] = {
      {"MET_UCHAR", ValueType::uint8},     {"MET_CHAR", ValueType::int8},     {"MET_USHORT", ValueType::uint16},
      {"MET_SHORT", ValueType::int16},     {"MET_UINT", ValueType::uint32},   {"MET_INT", ValueType::int32},
      {"MET_ULONG", ValueType::uint32},    {"MET_LONG", ValueType::int32},    {"MET_ULONG_LONG", ValueType::uint64},
      {"MET_LONG_LONG", ValueType::int64}, {"MET_FLOAT", ValueType::float32}, {"MET_DOUBLE", ValueType::float64}};
  const std::string name = field(fields, {"ElementType"});
  for (const auto& [text, type] : k_types)
    if (name == text) return type;
  file.fail(
      fmt::format("ElementType '{}' is not a plain number type; convert the image to MET_SHORT or MET_FLOAT", name));
}

ImageGeometry read_geometry(const Fields& fields, const FileBytes& file) {
  const auto dims = numbers(fields, {"NDims"}, 1, file);
  if (!dims) file.fail("damaged header: no NDims");
  if ((*dims)[0] != 3) file.fail(fmt::format("the image has {} dimensions; a scan needs three", (*dims)[0]));
  const auto size = numbers(fields, {"DimSize"}, 3, file);
  if (!size) file.fail("damaged header: no DimSize");
  std::int64_t n[3];
  for (int a = 0; a < 3; ++a) n[a] = std::abs((*size)[a]) < 1e15 ? static_cast<std::int64_t>((*size)[a]) : -1;
  ImageGeometry geometry;
  geometry.size = checked_size(n, file.path().string());
  if (const auto s = numbers(fields, {"ElementSpacing", "ElementSize"}, 3, file))
    std::copy(s->begin(), s->end(), geometry.spacing_mm.begin());
  if (const auto o = numbers(fields, {"Offset", "Position", "Origin"}, 3, file))
    std::copy(o->begin(), o->end(), geometry.origin_mm.begin());
  if (const auto t = numbers(fields, {"TransformMatrix", "Rotation", "Orientation"}, 9, file))
    for (int axis = 0; axis < 3; ++axis)
      for (int row = 0; row < 3; ++row) geometry.direction[row * 3 + axis] = (*t)[axis * 3 + row];  // axis by axis
  return geometry;
}

// Inflates to exactly the image's bytes, piece by piece.
std::vector<float> inflate_values(FileBytes& file, std::uint64_t offset, const Index3& size, ValueType type,
                                  bool big_endian) {
  const auto count = static_cast<std::size_t>(size.volume());
  const std::size_t width = value_bytes(type);
  constexpr std::uint64_t k_best_ratio = 1040;  // deflate cannot do better (zlib technical details, 1032:1)
  if (std::uint64_t{count} * width / k_best_ratio > file.size() - offset)
    file.fail("truncated or damaged: the compressed data is far too short for the size in the header");
  std::vector<float> values(count);
  constexpr std::size_t k_piece = std::size_t{1} << 20;
  std::vector<unsigned char> packed(k_piece), raw(std::min(count, k_piece) * width);
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 32) != Z_OK) throw InternalError("zlib cannot start");  // +32: zlib or gzip
  const std::unique_ptr<z_stream, decltype(&inflateEnd)> closer(&stream, &inflateEnd);
  int state = Z_OK;
  for (std::size_t first = 0; first < count;) {
    const std::size_t n = std::min(k_piece, count - first);
    stream.next_out = raw.data();
    stream.avail_out = static_cast<uInt>(n * width);
    while (stream.avail_out > 0) {
      if (stream.avail_in == 0 && offset < file.size()) {
        const auto got = static_cast<std::size_t>(std::min<std::uint64_t>(k_piece, file.size() - offset));
        file.read(offset, got, packed.data());
        offset += got;
        stream.next_in = packed.data();
        stream.avail_in = static_cast<uInt>(got);
      }
      if (state != Z_STREAM_END && stream.avail_in > 0) state = inflate(&stream, Z_NO_FLUSH);
      const bool starved = stream.avail_in == 0 && offset >= file.size();
      if ((state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) ||
          (stream.avail_out > 0 && (state == Z_STREAM_END || starved)))
        file.fail(fmt::format("truncated or damaged: the compressed data ends after {} of {} voxels",
                              first + (n * width - stream.avail_out) / width, count));
    }
    decode_values(raw.data(), n, type, big_endian, values.data() + first);
    first += n;
  }
  return values;
}

}  // namespace

OpenScan open_meta_image(const std::filesystem::path& path) {
  auto file = std::make_shared<FileBytes>(path);
  const MetaHeader header = read_header(*file);
  const Fields& fields = header.fields;
  const std::string channels = field(fields, {"ElementNumberOfChannels"});
  if (!channels.empty() && channels != "1")
    file->fail("every voxel has " + channels + " components; a scan has one value per voxel");
  const std::string binary = field(fields, {"BinaryData"});
  if (!binary.empty() && !is_true(binary)) file->fail("voxels stored as text are not supported; save it as binary");
  const ValueType type = element_type(fields, *file);
  OpenScan scan;
  scan.info.format = "MetaImage";
  scan.info.value_type = value_name(type);
  scan.info.geometry = read_geometry(fields, *file);
  scan.has_spacing = !field(fields, {"ElementSpacing", "ElementSize"}).empty();

  const std::string data_name = field(fields, {"ElementDataFile"});
  std::uint64_t offset = 0;
  if (data_name == "LOCAL") {
    offset = header.bytes;
  } else if (data_name.compare(0, 4, "LIST") == 0 || data_name.find('%') != std::string::npos) {
    file->fail("a MetaImage spread over several files is not supported; save it as one .mha file");
  } else {
    file = std::make_shared<FileBytes>(path.parent_path() / data_name);
  }
  const Index3 n = scan.info.geometry.size;
  const bool big_endian = is_true(field(fields, {"BinaryDataByteOrderMSB", "ElementByteOrderMSB"}));
  if (is_true(field(fields, {"CompressedData"}))) {
    scan.values = [=] { return inflate_values(*file, offset, n, type, big_endian); };
    return scan;
  }
  const std::uint64_t data_bytes = std::uint64_t(n.volume()) * value_bytes(type);
  if (const auto skip = numbers(fields, {"HeaderSize"}, 1, *file)) {
    if ((*skip)[0] == -1) {  // the voxels are the last bytes of the file
      file->require(0, data_bytes, "the image");
      offset = file->size() - data_bytes;
    } else if ((*skip)[0] > 0) {
      offset = static_cast<std::uint64_t>((*skip)[0]);
    }
  }
  file->require(offset, data_bytes, fmt::format("an image of {} x {} x {} {} voxels", n.x, n.y, n.z, value_name(type)));
  scan.values = [=] { return read_raw_values(*file, offset, n, type, big_endian); };
  return scan;
}

void write_meta_image(const std::filesystem::path& path, const VoxelImage& image, ValueType type) {
  const std::vector<unsigned char> raw = encode_values(image, type);
  std::vector<unsigned char> packed;
  z_stream stream{};
  constexpr int k_level = 1;  // a mask shrinks 30-fold at the fastest level already
  if (deflateInit(&stream, k_level) != Z_OK) throw InternalError("zlib cannot start");
  const std::unique_ptr<z_stream, decltype(&deflateEnd)> closer(&stream, &deflateEnd);
  constexpr std::size_t k_piece = std::size_t{1} << 20;
  std::vector<unsigned char> out(k_piece);
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t n = std::min(k_piece, raw.size() - at);
    stream.next_in = const_cast<Bytef*>(raw.data() + at);
    stream.avail_in = static_cast<uInt>(n);
    at += n;
    do {
      stream.next_out = out.data();
      stream.avail_out = static_cast<uInt>(k_piece);
      deflate(&stream, at == raw.size() ? Z_FINISH : Z_NO_FLUSH);
      packed.insert(packed.end(), out.begin(), out.end() - stream.avail_out);
    } while (stream.avail_out == 0);
  }
  const ImageGeometry& g = image.geometry;
  const Mat3& d = g.direction;
  const char* element = type == ValueType::uint8 ? "MET_UCHAR" : type == ValueType::int16 ? "MET_SHORT" : "MET_FLOAT";
  const std::string header = fmt::format(
      "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = True\n"
      "CompressedDataSize = {}\nTransformMatrix = {} {} {} {} {} {} {} {} {}\nOffset = {} {} {}\n"
      "CenterOfRotation = 0 0 0\nElementSpacing = {} {} {}\nDimSize = {} {} {}\nElementType = {}\n"
      "ElementDataFile = LOCAL\n",
      packed.size(), d[0], d[3], d[6], d[1], d[4], d[7], d[2], d[5], d[8], g.origin_mm[0], g.origin_mm[1],
      g.origin_mm[2], g.spacing_mm[0], g.spacing_mm[1], g.spacing_mm[2], g.size.x, g.size.y, g.size.z, element);
  write_whole_file(path, {header, {reinterpret_cast<const char*>(packed.data()), packed.size()}});
}

}  // namespace osteon
