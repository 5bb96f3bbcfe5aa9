// SPDX-License-Identifier: Apache-2.0
// Tables.
#include <fmt/format.h>

#include "export_common.hpp"
#include "osteon/io/export.hpp"
#include "result_layout.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

constexpr std::size_t k_flush_bytes = std::size_t{1} << 20;

/// "Displacement_x [mm]"; the unit is left out when there is none.
std::string column_heads(const OutputField& field) {
  const std::string unit = field.unit.empty() ? "" : " [" + field.unit + "]";
  const auto names = component_names(field);
  if (names.empty()) return "," + field.name + unit;
  std::string heads;
  for (const std::string& name : names) heads += "," + field.name + "_" + name + unit;
  return heads;
}

void append_values(fmt::memory_buffer& line, const OutputField& field, std::size_t item) {
  const auto components = static_cast<std::size_t>(field.components);
  visit_values(field, [&](const auto& values) {
    for (std::size_t c = 0; c < components; ++c)
      fmt::format_to(fmt::appender(line), ",{}", values[item * components + c]);
  });
}

}  // namespace

void export_csv(const StoredResult& result, bool points, const std::filesystem::path& path, bool overwrite) {
  const FieldLocation location = points ? FieldLocation::point : FieldLocation::cell;
  const std::size_t rows = item_count(result, location);
  refuse_to_overwrite(path, overwrite);
  StagedFile staged(path);
  OutputBytes file(staged.path(), path);
  std::string head = points ? "point,x [mm],y [mm],z [mm]" : "voxel_i,voxel_j,voxel_k,x [mm],y [mm],z [mm]";
  for (const OutputField& field : result.fields)
    if (field.location == location) {
      require_field_shape(field, rows);
      head += column_heads(field);
    }
  file.write(head + "\n");

  fmt::memory_buffer text;
  for (std::size_t row = 0; row < rows; ++row) {
    if (points) {
      const auto& p = result.points_mm[row];  // stored as float32: the shortest text of that
      fmt::format_to(fmt::appender(text), "{},{},{},{}", row, static_cast<float>(p[0]), static_cast<float>(p[1]),
                     static_cast<float>(p[2]));
    } else {
      const Index3 v = result.element_positions[row];
      const Vec3 p = patient_position(result.geometry, {double(v.x), double(v.y), double(v.z)});
      fmt::format_to(fmt::appender(text), "{},{},{},{},{},{}", v.x, v.y, v.z, p[0], p[1], p[2]);
    }
    for (const OutputField& field : result.fields)
      if (field.location == location) append_values(text, field, row);
    text.push_back('\n');
    if (text.size() > k_flush_bytes || row + 1 == rows) {
      file.write({text.data(), text.size()});
      text.clear();
    }
  }
  file.close();
  staged.commit();
}

}  // namespace osteon
