// SPDX-License-Identifier: Apache-2.0
// Opens result.vtkhdf and checks that its groups hold together.
#include "result_open.hpp"

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

void read_steps(OpenResult& open) {
  if (!h5::has_link(open.vtkhdf, "Steps")) return;
  const h5::Handle steps = h5::open_group(open.vtkhdf, "Steps", open.file);
  open.days = h5::read_dataset<double>(steps, "Values", open.file);
  if (open.days.empty() || !std::all_of(open.days.begin(), open.days.end(), [](double d) { return std::isfinite(d); }))
    fail_content(open.file, "the days of its time steps make no sense");
  const h5::Handle history = h5::open_group(open.osteon, "history", open.file);
  open.finished = h5::read_text_attribute(history, "state", open.file) == k_series_finished;
  open.steps_folder = h5::read_text_attribute(history, "steps_folder", open.file);
}

NumberKind number_kind(const OpenResult& open, const h5::Handle& dataset, const std::string& name) {
  const h5::Handle type(H5Dget_type(dataset.id()), H5Tclose, open.file, name);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind == H5T_INTEGER) return NumberKind::i32;
  if (kind != H5T_FLOAT) fail_content(open.file, "field " + name + " does not hold numbers");
  return H5Tget_size(type.id()) == 4 ? NumberKind::f32 : NumberKind::f64;
}

std::vector<std::uint64_t> first_rows(const OpenResult& open, const std::string& name, FieldLocation location) {
  if (!open.is_series()) return {0};
  const h5::Handle steps = h5::open_group(open.vtkhdf, "Steps", open.file);
  const h5::Handle offsets = h5::open_group(steps, std::string(group_of(location)) + "Offsets", open.file);
  const auto rows = h5::read_dataset<std::int64_t>(offsets, name, open.days.size(), open.file);
  if (std::any_of(rows.begin(), rows.end(), [](std::int64_t row) { return row < 0; }))
    fail_content(open.file, "field " + name + " begins before its data");
  return {rows.begin(), rows.end()};
}

StoredField describe_field(const OpenResult& open, const h5::Handle& dataset, const std::string& name,
                           FieldLocation location) {
  const auto shape = h5::dataset_shape(dataset, open.file);
  const std::uint64_t items = open.items(location);
  if (shape.empty() || shape.size() > 2 || shape[0] < items || (!open.is_series() && shape[0] != items) ||
      (shape.size() == 2 && (shape[1] < 1 || shape[1] > 1000)))
    fail_content(open.file, "field " + name + " has an unexpected shape");
  StoredField field;
  field.kind = number_kind(open, dataset, name);
  field.rows = shape[0];
  field.first_row = first_rows(open, name, location);
  for (const std::uint64_t row : field.first_row)
    if (row > field.rows - items) fail_content(open.file, "field " + name + " lacks values of a step");
  OutputField& about = field.about;
  about.name = name;
  about.location = location;
  about.components = shape.size() == 2 ? static_cast<int>(shape[1]) : 1;
  about.items = items;
  about.unit = h5::read_text_attribute(dataset, "unit", open.file);
  about.vtk_order = about.components == 6;
  if (location == FieldLocation::point && about.components == 3)
    about.patient_frame = h5::read_text_attribute(dataset, "frame", open.file) == k_patient_frame;
  return field;
}

}  // namespace

void fail_content(const h5::FileName& file, const std::string& what) {
  throw InputError("cannot read " + file.path + ": " + what + "; the file is damaged or was not written by Osteon");
}

OpenResult open_result(const std::filesystem::path& path) {
  OpenResult open;
  open.file = {path.string(), "read"};
  open.root = h5::open_file(path, open.file, H5F_ACC_RDONLY);
  if (!h5::has_link(open.root, "VTKHDF") || !h5::has_link(open.root, "Osteon"))
    throw InputError("cannot read " + open.file.path + ": it is an HDF5 file, but not a result of Osteon");
  open.vtkhdf = h5::open_group(open.root, "VTKHDF", open.file);
  open.osteon = h5::open_group(open.root, "Osteon", open.file);
  const std::string schema = h5::read_text_attribute(open.osteon, "schema", open.file);
  if (schema != k_result_schema)
    throw InputError("cannot read " + open.file.path + ": its layout is \"" + schema + "\", this version knows \"" +
                     k_result_schema + "\"");
  read_steps(open);
  const auto points = h5::read_dataset<std::int64_t>(open.vtkhdf, "NumberOfPoints", 1, open.file)[0];
  const auto cells = h5::read_dataset<std::int64_t>(open.vtkhdf, "NumberOfCells", 1, open.file)[0];
  if (points < 0 || cells < 0 || points > 0xffffffffll || cells > 0xffffffffll)
    fail_content(open.file, "the number of points or cells makes no sense");
  open.points = static_cast<std::uint64_t>(points);
  open.cells = static_cast<std::uint64_t>(cells);
  return open;
}

std::vector<StoredField> describe_fields(const OpenResult& open) {
  std::vector<StoredField> fields;
  for (const FieldLocation location : {FieldLocation::point, FieldLocation::cell}) {
    const h5::Handle group = h5::open_group(open.vtkhdf, group_of(location), open.file);
    for (const std::string& name : h5::member_names(group, open.file))
      fields.push_back(describe_field(open, h5::open_dataset(group, name, open.file), name, location));
  }
  return fields;
}

}  // namespace osteon
