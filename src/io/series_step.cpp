// SPDX-License-Identifier: Apache-2.0
// One step of a time series in a file of its own.
#include <algorithm>

#include "series_files.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

std::string signature(const std::string& name, FieldLocation location, int components, const char* kind) {
  return std::string(group_of(location)) + "/" + name + " " + std::to_string(components) + " " + kind;
}

const char* kind_of(const OutputField& field) {
  if (!field.values_f64.empty()) return "f64";
  return field.values_i32.empty() ? "f32" : "i32";
}

const char* kind_of(const h5::Handle& dataset, const h5::FileName& file) {
  const h5::Handle type(H5Dget_type(dataset.id()), H5Tclose, file, "field");
  if (H5Tget_class(type.id()) != H5T_FLOAT) return "i32";
  return H5Tget_size(type.id()) == 4 ? "f32" : "f64";
}

/// In a JSON text a line break can only stand where a blank can.
std::string one_line(std::string json) {
  std::replace_if(
      json.begin(), json.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return json;
}

}  // namespace

std::uint64_t series_chunk_rows(std::uint64_t items) {
  const std::uint64_t chunks = std::max<std::uint64_t>((items + h5::k_chunk_rows - 1) / h5::k_chunk_rows, 1);
  return std::max<std::uint64_t>((items + chunks - 1) / chunks, 1);
}

std::uint64_t series_stride(std::uint64_t items) {
  const std::uint64_t rows = series_chunk_rows(items);
  return (items + rows - 1) / rows * rows;
}

void write_step_frame(const h5::Handle& root, const SeriesStep& data, const h5::FileName& file) {
  h5::write_attribute<double>(root, "day", {data.day}, file);
  h5::write_text(root, "json", one_line(data.json), file);
  const h5::Handle scalars = h5::create_group(root, "scalars", file);
  for (const auto& [name, value] : data.scalars) h5::write_dataset<double>(scalars, name, {value}, file);
  for (const char* name : {"PointData", "CellData"}) h5::create_group(root, name, file);
}

void write_step_file(const SeriesPaths& paths, int step, const SeriesStep& data, const SeriesMesh& mesh,
                     const WriteSettings& settings) {
  const std::filesystem::path path = paths.step_file(step);
  const h5::FileName file{path.string(), "write"};
  StagedFile staged(path);
  {
    h5::Handle root = h5::create_file(staged.path(), file);
    write_step_frame(root, data, file);
    for (const OutputField& field : data.fields) {
      const std::uint64_t items = mesh.items(field.location);
      write_field(root, field, items, mesh.direction, {settings.gzip_level, settings.threads, series_chunk_rows(items)},
                  file);
    }
    root.close(file, "closing the file");
  }
  staged.commit();
}

SeriesRecord read_step_record(const SeriesPaths& paths, int step) {
  const std::filesystem::path path = paths.step_file(step);
  const h5::FileName file{path.string(), "read"};
  const h5::Handle root = h5::open_file(path, file, H5F_ACC_RDONLY);
  SeriesRecord record;
  const h5::Handle day(H5Aopen(root.id(), "day", H5P_DEFAULT), H5Aclose, file, "day");
  h5::require(H5Aread(day.id(), H5T_NATIVE_DOUBLE, &record.day), file, "day");
  record.json = h5::read_text(root, "json", file);
  const h5::Handle scalars = h5::open_group(root, "scalars", file);
  for (const std::string& name : h5::member_names(scalars, file))
    record.scalars.emplace_back(name, h5::read_dataset<double>(scalars, name, 1, file)[0]);
  return record;
}

std::vector<std::string> step_signature(const std::vector<OutputField>& fields) {
  std::vector<std::string> lines;
  for (const OutputField& field : fields)
    lines.push_back(signature(field.name, field.location, field.components, kind_of(field)));
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> step_signature(const std::filesystem::path& path, const std::string& group_name) {
  const h5::FileName file{path.string(), "read"};
  const h5::Handle opened = h5::open_file(path, file, H5F_ACC_RDONLY);
  const h5::Handle root = h5::open_group(opened, group_name, file);
  std::vector<std::string> lines;
  for (const FieldLocation location : {FieldLocation::point, FieldLocation::cell}) {
    const h5::Handle group = h5::open_group(root, group_of(location), file);
    for (const std::string& name : h5::member_names(group, file)) {
      const h5::Handle dataset = h5::open_dataset(group, name, file);
      const auto shape = h5::dataset_shape(dataset, file);
      lines.push_back(
          signature(name, location, shape.size() == 2 ? static_cast<int>(shape[1]) : 1, kind_of(dataset, file)));
    }
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace osteon
