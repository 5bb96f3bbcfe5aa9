// SPDX-License-Identifier: Apache-2.0
// Looks through NIfTI and NRRD files before ITK does: it reads short files and NaN without a word.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <sstream>

#include "formats.hpp"
#include "osteon/core/error.hpp"

namespace osteon {
namespace {

// Bytes of a plain or gzipped file, in order.
class GzipBytes {
 public:
  explicit GzipBytes(const std::filesystem::path& path)
      : path_(path), file_(gzopen(path.string().c_str(), "rb"), &gzclose) {
    if (!file_) fail("cannot open the file; check its permissions");
    gzbuffer(file_.get(), 1 << 18);
  }
  std::size_t read(unsigned char* bytes, std::size_t count) {
    const int got = gzread(file_.get(), bytes, static_cast<unsigned>(count));
    if (got < 0) fail("truncated or damaged: the gzip data cannot be unpacked");
    return static_cast<std::size_t>(got);
  }
  void skip(std::uint64_t count) {
    if (gzseek(file_.get(), static_cast<z_off_t>(count), SEEK_CUR) < 0) fail("truncated or damaged");
  }
  [[noreturn]] void fail(const std::string& problem) const { throw InputError(path_.string() + ": " + problem); }

 private:
  std::filesystem::path path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

// Numbers of a NIfTI header (Cox et al., NIfTI-1 and NIfTI-2 data format standards) in either byte order.
struct NiftiHeader {
  std::vector<unsigned char> bytes;
  bool swap = false;
  template <class T>
  T number(std::size_t at) const {
    unsigned char raw[sizeof(T)];
    std::memcpy(raw, &bytes[at], sizeof(T));
    if (swap) std::reverse(raw, raw + sizeof(T));
    T value;
    std::memcpy(&value, raw, sizeof(T));
    return value;
  }
};

struct NiftiShape {
  std::int64_t dims[8] = {};
  double pixdim[4] = {};
  int datatype = 0, bits = 0;
  double data_offset = 0;
  std::size_t header_bytes = 348;
};

NiftiShape read_nifti_shape(GzipBytes& file) {
  constexpr std::size_t k_nifti1 = 348, k_nifti2 = 540;
  NiftiHeader header;
  header.bytes.resize(k_nifti2);
  if (file.read(header.bytes.data(), k_nifti1) != k_nifti1) file.fail("truncated: no whole NIfTI header");
  const auto first = header.number<std::int32_t>(0);
  header.swap = first != static_cast<int>(k_nifti1) && first != static_cast<int>(k_nifti2);
  NiftiShape shape;
  shape.header_bytes = static_cast<std::size_t>(header.number<std::int32_t>(0));
  if (shape.header_bytes == k_nifti1) {
    for (std::size_t i = 0; i < 8; ++i) shape.dims[i] = header.number<std::int16_t>(40 + 2 * i);
    for (std::size_t i = 0; i < 4; ++i) shape.pixdim[i] = static_cast<double>(header.number<float>(76 + 4 * i));
    shape.datatype = header.number<std::int16_t>(70);
    shape.bits = header.number<std::int16_t>(72);
    shape.data_offset = static_cast<double>(header.number<float>(108));
  } else if (shape.header_bytes == k_nifti2) {
    if (file.read(&header.bytes[k_nifti1], k_nifti2 - k_nifti1) != k_nifti2 - k_nifti1)
      file.fail("truncated: no whole NIfTI header");
    for (std::size_t i = 0; i < 8; ++i) shape.dims[i] = header.number<std::int64_t>(16 + 8 * i);
    for (std::size_t i = 0; i < 4; ++i) shape.pixdim[i] = header.number<double>(104 + 8 * i);
    shape.datatype = header.number<std::int16_t>(12);
    shape.bits = header.number<std::int16_t>(14);
    shape.data_offset = static_cast<double>(header.number<std::int64_t>(168));
  } else {
    file.fail("this is not a NIfTI file");
  }
  shape.bits = std::abs(shape.bits);
  if (header.swap) shape.datatype |= 1 << 20;  // remembered for the float check
  return shape;
}

void check_dimensions(const NiftiShape& shape, const GzipBytes& file) {
  int used = 0;
  for (int i = 1; i <= std::clamp<std::int64_t>(shape.dims[0], 0, 7); ++i)
    if (i <= 3 || shape.dims[i] > 1) used = i;
  if (used != 3) file.fail(fmt::format("the image has {} dimensions; a scan needs three", used));
  for (int a = 1; a <= 3; ++a)
    if (!(std::isfinite(shape.pixdim[a]) && shape.pixdim[a] > 0))
      file.fail(fmt::format("voxel spacing {} mm along axis {} is not positive", shape.pixdim[a], a));
}

template <class T>
void check_numbers(const std::vector<unsigned char>& bytes, std::size_t count, bool swap, const GzipBytes& file) {
  for (std::size_t at = 0; at + sizeof(T) <= count; at += sizeof(T)) {
    unsigned char raw[sizeof(T)];
    std::memcpy(raw, &bytes[at], sizeof(T));
    if (swap) std::reverse(raw, raw + sizeof(T));
    T value;
    std::memcpy(&value, raw, sizeof(T));
    if (!std::isfinite(value)) file.fail("the image holds NaN or infinite voxels; replace such values first");
  }
}

}  // namespace

void check_nifti(const std::filesystem::path& path) {
  const FileBytes whole(path);
  GzipBytes file(path);
  NiftiShape shape = read_nifti_shape(file);
  const bool swap = (shape.datatype & 1 << 20) != 0;
  shape.datatype &= ~(1 << 20);
  check_dimensions(shape, file);
  const std::int64_t size[3] = {shape.dims[1], shape.dims[2], shape.dims[3]};
  const std::uint64_t needed = static_cast<std::uint64_t>(checked_size(size, path.string()).volume()) *
                               static_cast<std::uint64_t>(std::max(shape.bits, 8)) / 8;
  constexpr std::uint64_t k_best_ratio = 1040;  // of deflate
  if (needed / k_best_ratio > whole.size()) file.fail("truncated or damaged: far too short for the size in the header");
  if (!(shape.data_offset >= 0 && shape.data_offset < 1e9)) file.fail("damaged header: impossible vox_offset");
  const auto offset = static_cast<std::uint64_t>(shape.data_offset);
  if (offset > shape.header_bytes) file.skip(offset - shape.header_bytes);

  constexpr int k_float32 = 16, k_float64 = 64;
  std::vector<unsigned char> piece(std::size_t{1} << 20);
  std::uint64_t seen = 0;
  while (seen < needed) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), needed - seen));
    const std::size_t got = file.read(piece.data(), wanted);
    if (shape.datatype == k_float32) check_numbers<float>(piece, got, swap, file);
    if (shape.datatype == k_float64) check_numbers<double>(piece, got, swap, file);
    seen += got;
    if (got < wanted)
      file.fail(fmt::format("truncated: the voxels need {} bytes, but only {} are there", needed, seen));
  }
}

void check_nrrd(const std::filesystem::path& path) {
  FileBytes file(path);
  constexpr std::size_t k_longest = 1 << 20;
  const std::string text = file.read_up_to(0, k_longest);
  if (text.compare(0, 7, "NRRD000") != 0) file.fail("this is not a NRRD file");
  std::string type, encoding, data_file;
  std::vector<std::int64_t> sizes;
  std::size_t data_at = std::string::npos;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    at = end + 1;
    if (line.empty()) {
      data_at = at;
      break;
    }
    const auto value = [&line](std::string_view key) {
      if (line.compare(0, key.size(), key) != 0) return std::string();
      const std::size_t first = line.find_first_not_of(' ', key.size());
      return first == std::string::npos ? std::string() : line.substr(first);
    };
    if (const std::string v = value("type:"); !v.empty()) type = v;
    if (const std::string v = value("encoding:"); !v.empty()) encoding = v;
    if (const std::string v = value("data file:"); !v.empty()) data_file = v;
    if (const std::string v = value("datafile:"); !v.empty()) data_file = v;
    if (const std::string v = value("sizes:"); !v.empty()) {
      std::istringstream stream(v);
      for (std::int64_t n; stream >> n;) sizes.push_back(n);
    }
  }
  if (sizes.size() != 3) file.fail(fmt::format("the image has {} dimensions; a scan needs three", sizes.size()));
  const std::int64_t size[3] = {sizes[0], sizes[1], sizes[2]};
  const auto count = static_cast<std::uint64_t>(checked_size(size, path.string()).volume());
  const bool one_file = data_file.empty() || data_file.find_first_of("% ") == std::string::npos;
  if (!one_file || data_file == "LIST") return;  // ITK finds missing files of a list itself
  const FileBytes data(data_file.empty() ? path : path.parent_path() / data_file);
  const std::uint64_t from = data_file.empty() ? std::min<std::uint64_t>(data_at, data.size()) : 0;
  const auto ends_with_any = [&type](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* n) { return type.find(n) != std::string::npos; });
  };
  const std::uint64_t width = ends_with_any({"char", "int8"})                               ? 1
                              : ends_with_any({"short", "int16"})                           ? 2
                              : ends_with_any({"double", "long long", "longlong", "int64"}) ? 8
                                                                                            : 4;
  constexpr std::uint64_t k_best_ratio = 1040;
  if (encoding == "raw") data.require(from, count * width, "the NRRD voxels");
  if (count * width / k_best_ratio > data.size())
    file.fail("truncated or damaged: far too short for the size in the header");
}

}  // namespace osteon
