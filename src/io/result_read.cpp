// SPDX-License-Identifier: Apache-2.0
// Reads result.vtkhdf back and checks that it holds together.
#include <algorithm>
#include <new>
#include <stdexcept>

#include "osteon/core/error.hpp"
#include "result_layout.hpp"

namespace osteon {

namespace {

[[noreturn]] void fail_content(const h5::FileName& file, const std::string& what) {
  throw InputError("cannot read " + file.path + ": " + what + "; the file is damaged or was not written by Osteon");
}

struct OpenResult {
  h5::FileName file;
  h5::Handle root, vtkhdf, osteon;
  std::uint64_t points = 0, cells = 0;

  std::uint64_t items(FieldLocation location) const { return location == FieldLocation::point ? points : cells; }
};

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
  const auto points = h5::read_dataset<std::int64_t>(open.vtkhdf, "NumberOfPoints", 1, open.file)[0];
  const auto cells = h5::read_dataset<std::int64_t>(open.vtkhdf, "NumberOfCells", 1, open.file)[0];
  if (points < 0 || cells < 0 || points > 0xffffffffll || cells > 0xffffffffll)
    fail_content(open.file, "the number of points or cells makes no sense");
  open.points = static_cast<std::uint64_t>(points);
  open.cells = static_cast<std::uint64_t>(cells);
  return open;
}

/// Name, shape, unit; and the kind of number as a class and size.
OutputField describe_field(const OpenResult& open, const h5::Handle& dataset, const std::string& name,
                           FieldLocation location) {
  const auto shape = h5::dataset_shape(dataset, open.file);
  if (shape.empty() || shape.size() > 2 || shape[0] != open.items(location) ||
      (shape.size() == 2 && (shape[1] < 1 || shape[1] > 1000)))
    fail_content(open.file, "field " + name + " has an unexpected shape");
  OutputField field;
  field.name = name;
  field.location = location;
  field.components = shape.size() == 2 ? static_cast<int>(shape[1]) : 1;
  field.items = shape[0];
  field.unit = h5::read_text_attribute(dataset, "unit", open.file);
  field.vtk_order = field.components == 6;
  if (location == FieldLocation::point && field.components == 3)
    field.patient_frame = h5::read_text_attribute(dataset, "frame", open.file) == k_patient_frame;
  return field;
}

void read_field_values(const OpenResult& open, const h5::Handle& dataset, OutputField& field) {
  const h5::Handle type(H5Dget_type(dataset.id()), H5Tclose, open.file, field.name);
  const H5T_class_t kind = H5Tget_class(type.id());
  const std::size_t count = field.items * static_cast<std::uint64_t>(field.components);
  if (kind == H5T_FLOAT && H5Tget_size(type.id()) == 4) {
    field.values.resize(count);
    h5::read_values(dataset, H5T_NATIVE_FLOAT, field.values.data(), open.file, field.name);
  } else if (kind == H5T_FLOAT) {
    field.values_f64.resize(count);
    h5::read_values(dataset, H5T_NATIVE_DOUBLE, field.values_f64.data(), open.file, field.name);
  } else if (kind == H5T_INTEGER) {
    field.values_i32.resize(count);
    h5::read_values(dataset, H5T_NATIVE_INT32, field.values_i32.data(), open.file, field.name);
  } else {
    fail_content(open.file, "field " + field.name + " does not hold numbers");
  }
}

/// All fields, or those named in `only`; values are read when `with_values`.
std::vector<OutputField> read_fields(const OpenResult& open, const std::vector<std::string>& only, bool with_values) {
  std::vector<OutputField> fields;
  for (const FieldLocation location : {FieldLocation::point, FieldLocation::cell}) {
    const h5::Handle group = h5::open_group(open.vtkhdf, group_of(location), open.file);
    for (const std::string& name : h5::member_names(group, open.file)) {
      if (!only.empty() && std::find(only.begin(), only.end(), name) == only.end()) continue;
      const h5::Handle dataset = h5::open_dataset(group, name, open.file);
      fields.push_back(describe_field(open, dataset, name, location));
      if (with_values) read_field_values(open, dataset, fields.back());
    }
  }
  for (const std::string& name : only)
    if (std::none_of(fields.begin(), fields.end(), [&](const OutputField& f) { return f.name == name; })) {
      std::string known;
      for (const OutputField& field : read_fields(open, {}, false)) known += " " + field.name;
      throw InputError("cannot read " + open.file.path + ": it has no field " + name + "; it has" + known);
    }
  return fields;
}

void read_geometry(const OpenResult& open, StoredResult& result) {
  const h5::Handle grid = h5::open_group(open.osteon, "grid", open.file);
  const auto size = h5::read_dataset<std::int32_t>(grid, "size", 3, open.file);
  const auto spacing = h5::read_dataset<double>(grid, "spacing", 3, open.file);
  const auto origin = h5::read_dataset<double>(grid, "origin", 3, open.file);
  const auto direction = h5::read_dataset<double>(grid, "direction", 9, open.file);
  result.size = result.geometry.size = {size[0], size[1], size[2]};
  std::copy(spacing.begin(), spacing.end(), result.geometry.spacing_mm.begin());
  std::copy(origin.begin(), origin.end(), result.geometry.origin_mm.begin());
  std::copy(direction.begin(), direction.end(), result.geometry.direction.begin());
  for (int d = 0; d < 3; ++d)
    if (size[static_cast<std::size_t>(d)] < 1 || !(spacing[static_cast<std::size_t>(d)] > 0))
      fail_content(open.file, "the image grid has no size or no spacing");
}

void read_mesh(const OpenResult& open, StoredResult& result) {
  const auto points = h5::read_dataset<float>(open.vtkhdf, "Points", 3 * open.points, open.file);
  result.points_mm.resize(open.points);
  for (std::size_t n = 0; n < open.points; ++n)
    result.points_mm[n] = {points[3 * n], points[3 * n + 1], points[3 * n + 2]};
  result.connectivity = h5::read_dataset<std::int64_t>(open.vtkhdf, "Connectivity", 8 * open.cells, open.file);
  const auto limit = static_cast<std::int64_t>(open.points);
  if (std::any_of(result.connectivity.begin(), result.connectivity.end(),
                  [&](std::int64_t id) { return id < 0 || id >= limit; }))
    fail_content(open.file, "a cell names a point that does not exist");
  const auto voxels = h5::read_dataset<std::int32_t>(open.osteon, "element_voxel", 3 * open.cells, open.file);
  result.element_positions.resize(open.cells);
  for (std::size_t e = 0; e < open.cells; ++e) {
    const Index3 p{voxels[3 * e], voxels[3 * e + 1], voxels[3 * e + 2]};
    for (int d = 0; d < 3; ++d)
      if (p[d] < 0 || p[d] >= result.size[d]) fail_content(open.file, "a cell lies outside the image grid");
    result.element_positions[e] = p;
  }
}

void read_node_sets(const OpenResult& open, StoredResult& result) {
  const h5::Handle sets = h5::open_group(open.osteon, "node_sets", open.file);
  for (const std::string& name : h5::member_names(sets, open.file)) {
    result.node_sets.push_back({name, h5::read_dataset<std::uint32_t>(sets, name, open.file)});
    for (const std::uint32_t node : result.node_sets.back().nodes)
      if (node >= open.points) fail_content(open.file, "node set " + name + " names a point that does not exist");
  }
}

StoredResult read_all(const std::filesystem::path& path, const std::vector<std::string>& only) {
  const OpenResult open = open_result(path);
  StoredResult result;
  read_geometry(open, result);
  read_mesh(open, result);
  result.fields = read_fields(open, only, true);
  read_node_sets(open, result);
  result.summary_json = h5::read_text(open.osteon, "summary", open.file);
  result.case_toml = h5::read_text(open.osteon, "case", open.file);
  return result;
}

}  // namespace

StoredResult read_result(const std::filesystem::path& path, const std::vector<std::string>& only) {
  const h5::QuietErrors quiet;
  try {
    return read_all(path, only);
  } catch (const std::bad_alloc&) {
    throw InputError("cannot read " + path.string() + ": it needs more memory than there is");
  } catch (const std::length_error&) {
    fail_content({path.string(), "read"}, "an array has an impossible size");
  }
}

std::vector<OutputField> list_result_fields(const std::filesystem::path& path) {
  const h5::QuietErrors quiet;
  return read_fields(open_result(path), {}, false);
}

}  // namespace osteon
