// SPDX-License-Identifier: Apache-2.0
// NIfTI-1 (Cox et al., "A (sort of) new image data format standard: NIfTI-1", 2004; header nifti1.h): the 348-byte
// header, four bytes that say "no extension", then x-fastest values.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

#include "export_common.hpp"
#include "osteon/core/error.hpp"
#include "osteon/io/export.hpp"
#include "result_layout.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

constexpr std::size_t k_header_bytes = 352;
constexpr std::int16_t k_float32 = 16, k_intent_vector = 1007, k_scanner_anatomical = 1;
constexpr char k_mm = 2;

using Header = std::array<char, k_header_bytes>;

template <class T>
void put(Header& header, std::size_t offset, T value) {
  static_assert(!std::is_pointer_v<T>, "an array would be copied as its address");
  std::memcpy(header.data() + offset, &value, sizeof value);  // native order; readers take it from sizeof_hdr
}

void put_text(Header& header, std::size_t offset, std::size_t size, const std::string& text) {
  std::memcpy(header.data() + offset, text.data(), std::min(size - 1, text.size()));
}

/// LPS to RAS: x and y change sign.
double ras_sign(std::size_t row) { return row < 2 ? -1.0 : 1.0; }

/// Quaternion (b, c, d) and handedness of the axes, as nifti1.h method 2 wants them; exact for orthogonal axes.
void put_quaternion(Header& header, const ImageGeometry& geometry) {
  double r[3][3];
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) r[i][j] = ras_sign(i) * geometry.direction[3 * i + j];
  const double determinant = r[0][0] * (r[1][1] * r[2][2] - r[1][2] * r[2][1]) -
                             r[0][1] * (r[1][0] * r[2][2] - r[1][2] * r[2][0]) +
                             r[0][2] * (r[1][0] * r[2][1] - r[1][1] * r[2][0]);
  const double handedness = determinant < 0 ? -1 : 1;
  for (auto& row : r) row[2] *= handedness;
  // The largest of the four squared components is computed first, so nothing is divided by a small number.
  const double squares[4] = {1 + r[0][0] + r[1][1] + r[2][2], 1 + r[0][0] - r[1][1] - r[2][2],
                             1 - r[0][0] + r[1][1] - r[2][2], 1 - r[0][0] - r[1][1] + r[2][2]};
  const auto largest = std::max_element(squares, squares + 4) - squares;
  const double s = 2 * std::sqrt(squares[largest]);  // 4 x that component
  const double x = r[2][1] - r[1][2], y = r[0][2] - r[2][0], z = r[1][0] - r[0][1];
  const double xy = r[0][1] + r[1][0], xz = r[0][2] + r[2][0], yz = r[1][2] + r[2][1];
  const double q[4][4] = {{s / 4, x / s, y / s, z / s},
                          {x / s, s / 4, xy / s, xz / s},
                          {y / s, xy / s, s / 4, yz / s},
                          {z / s, xz / s, yz / s, s / 4}};
  const double sign = q[largest][0] < 0 ? -1 : 1;  // the first component is not stored and is taken as positive
  for (std::size_t i = 0; i < 3; ++i) put(header, 256 + 4 * i, static_cast<float>(sign * q[largest][i + 1]));
  put(header, 76, static_cast<float>(handedness));
}

Header make_header(const StoredResult& result, const OutputField& field) {
  const ImageGeometry& geometry = result.geometry;
  Header header{};
  put(header, 0, std::int32_t{348});
  const bool many = field.components > 1;
  const std::array<std::int16_t, 8> dimensions = {static_cast<std::int16_t>(many ? 5 : 3),
                                                  static_cast<std::int16_t>(result.size.x),
                                                  static_cast<std::int16_t>(result.size.y),
                                                  static_cast<std::int16_t>(result.size.z),
                                                  1,
                                                  static_cast<std::int16_t>(field.components),
                                                  1,
                                                  1};
  put(header, 40, dimensions);
  if (many) put(header, 68, k_intent_vector);
  put(header, 70, k_float32);
  put(header, 72, std::int16_t{32});  // bits a value
  for (std::size_t d = 0; d < 3; ++d) put(header, 80 + 4 * d, static_cast<float>(geometry.spacing_mm[d]));
  for (std::size_t d = 3; d < 7; ++d) put(header, 80 + 4 * d, 1.0f);
  put(header, 108, static_cast<float>(k_header_bytes));
  put(header, 112, 1.0f);  // slope
  header[123] = k_mm;
  const std::string components = many ? " (" + component_text(field) + "; image axes)" : "";
  put_text(header, 148, 80, field.name + " [" + (field.unit.empty() ? "-" : field.unit) + "]" + components);
  put(header, 252, k_scanner_anatomical);
  put(header, 254, k_scanner_anatomical);
  put_quaternion(header, geometry);
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis)
      put(header, 280 + 16 * row + 4 * axis,
          static_cast<float>(ras_sign(row) * geometry.direction[3 * row + axis] * geometry.spacing_mm[axis]));
    const auto offset = static_cast<float>(ras_sign(row) * geometry.origin_mm[row]);
    put(header, 292 + 16 * row, offset);
    put(header, 268 + 4 * row, offset);
  }
  put_text(header, 328, 16, field.name);
  std::memcpy(header.data() + 344, "n+1", 4);
  return header;
}

/// One component on the whole grid.
std::vector<float> make_volume(const StoredResult& result, const OutputField& field, std::size_t component) {
  std::vector<float> volume(static_cast<std::size_t>(result.size.volume()), 0.0f);
  const auto components = static_cast<std::size_t>(field.components);
  visit_values(field, [&](const auto& values) {
    for (std::size_t e = 0; e < result.element_positions.size(); ++e) {
      const Index3 p = result.element_positions[e];
      const std::size_t voxel = (static_cast<std::size_t>(p.z) * result.size.y + p.y) * result.size.x + p.x;
      volume[voxel] = static_cast<float>(values[e * components + component]);
    }
  });
  return volume;
}

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};
using Gzip = std::unique_ptr<std::remove_pointer_t<gzFile>, CloseGzip>;

/// Plain or compressed bytes by the name of the target; mode "T" of zlib writes without compression.
class ImageFile {
 public:
  ImageFile(const StagedFile& staged) : target_(staged.target()) {
    const bool packed = target_.extension() == ".gz";
    file_.reset(gzopen(staged.path().c_str(), packed ? "wb1" : "wbT"));
    if (!file_) fail();
    gzbuffer(file_.get(), 1u << 18);
  }
  void write(const void* data, std::size_t bytes) {
    const char* next = static_cast<const char*>(data);
    for (std::size_t left = bytes; left > 0;) {
      const auto part = static_cast<unsigned>(std::min<std::size_t>(left, 1u << 26));
      if (gzwrite(file_.get(), next, part) != static_cast<int>(part)) fail();
      next += part;
      left -= part;
    }
  }
  void close() {
    if (gzclose(file_.release()) != Z_OK) fail();
  }

 private:
  [[noreturn]] void fail() const { throw InputError("cannot write " + target_.string() + ": " + std::strerror(errno)); }
  std::filesystem::path target_;
  Gzip file_;
};

const OutputField& find_cell_field(const StoredResult& result, const std::string& name) {
  std::string known;
  for (const OutputField& field : result.fields) {
    if (field.name == name && field.location == FieldLocation::cell) return field;
    if (field.name == name)
      throw InputError("field " + name +
                       " lives on points; a NIfTI image holds one value a voxel. Take a cell field, " +
                       "or export to CSV, VTU or XDMF");
    if (field.location == FieldLocation::cell) known += " " + field.name;
  }
  throw InputError("there is no cell field " + name + "; there are" + (known.empty() ? " none" : known));
}

}  // namespace

void export_nifti(const StoredResult& result, const std::string& field_name, const std::filesystem::path& path,
                  bool overwrite) {
  const OutputField& field = find_cell_field(result, field_name);
  require_field_shape(field, result.element_positions.size());
  const std::string name = path.filename().string();
  auto ends_with = [&](const std::string& end) {
    return name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  if (!ends_with(".nii") && !ends_with(".nii.gz"))
    throw UsageError("cannot write " + path.string() + ": a NIfTI image is named .nii or .nii.gz");
  for (int d = 0; d < 3; ++d)
    if (result.size[d] > 32767)
      throw InputError("cannot write " + path.string() +
                       ": NIfTI-1 holds at most 32767 voxels along an axis, the image has " +
                       std::to_string(result.size[d]));
  refuse_to_overwrite(path, overwrite);
  StagedFile staged(path);
  ImageFile file(staged);
  const Header header = make_header(result, field);
  file.write(header.data(), header.size());
  for (std::size_t c = 0; c < static_cast<std::size_t>(field.components); ++c) {
    const auto volume = make_volume(result, field, c);
    file.write(volume.data(), volume.size() * sizeof(float));
  }
  file.close();
  staged.commit();
}

}  // namespace osteon
