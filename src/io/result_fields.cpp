// SPDX-License-Identifier: Apache-2.0
// One field: order of components, names, and the way into the file.
#include <algorithm>
#include <cstring>

#include "osteon/core/error.hpp"
#include "result_layout.hpp"

namespace osteon {

namespace {

template <class T>
void permute_to_internal(std::vector<T>& values) {
  for (std::size_t i = 0; i + 6 <= values.size(); i += 6) {
    std::array<T, 6> internal;
    for (std::size_t c = 0; c < 6; ++c) internal[static_cast<std::size_t>(k_internal_of_vtk[c])] = values[i + c];
    std::copy(internal.begin(), internal.end(), values.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

/// out = rotation * vector, summed in double: exact where every row has a single 1 or -1.
template <class T>
void turn(const Mat3& rotation, const T* vector, T* out) {
  for (std::size_t row = 0; row < 3; ++row) {
    double sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) sum += rotation[3 * row + axis] * static_cast<double>(vector[axis]);
    out[row] = static_cast<T>(sum);
  }
}

template <class T>
void turn_all(const Mat3& rotation, std::vector<T>& values) {
  for (std::size_t i = 0; i + 3 <= values.size(); i += 3) {
    const std::array<T, 3> vector = {values[i], values[i + 1], values[i + 2]};
    turn(rotation, vector.data(), &values[i]);
  }
}

/// Rows [begin, end) of a field as they stand in the file.
template <class T>
void copy_rows(const OutputField& field, const std::vector<T>& values, const Mat3& direction, std::uint64_t begin,
               std::uint64_t end, unsigned char* out) {
  const auto components = static_cast<std::uint64_t>(field.components);
  const T* from = values.data() + begin * components;
  const bool to_vtk = components == 6 && !field.vtk_order;
  const bool to_patient = is_point_vector(field) && !field.patient_frame;
  if (!to_vtk && !to_patient) {
    std::memcpy(out, from, (end - begin) * components * sizeof(T));
    return;
  }
  T row[6];
  const std::size_t row_bytes = components * sizeof(T);
  for (std::uint64_t i = begin; i < end; ++i, from += components, out += row_bytes) {
    if (to_vtk)
      for (std::size_t c = 0; c < 6; ++c) row[c] = from[k_internal_of_vtk[c]];
    else
      turn(direction, from, row);
    std::memcpy(out, row, row_bytes);
  }
}

template <class T>
h5::RowSource make_source(const OutputField& field, const std::vector<T>& values, const Mat3& direction,
                          std::uint64_t items) {
  const auto components = static_cast<std::uint64_t>(field.components);
  h5::RowSource source;
  source.type = h5::native_type<T>();
  source.rows = items;
  source.columns = components > 1 ? components : 0;
  source.fill = [&field, &values, direction](std::uint64_t begin, std::uint64_t end, unsigned char* out) {
    copy_rows(field, values, direction, begin, end, out);
  };
  return source;
}

}  // namespace

void make_internal_order(OutputField& field) {
  if (field.components != 6 || !field.vtk_order) return;
  permute_to_internal(field.values);
  permute_to_internal(field.values_f64);
  permute_to_internal(field.values_i32);
  field.vtk_order = false;
}

bool is_point_vector(const OutputField& field) {
  return field.location == FieldLocation::point && field.components == 3 && field.values_i32.empty();
}

void make_image_axes(OutputField& field, const ImageGeometry& geometry) {
  if (!is_point_vector(field) || !field.patient_frame) return;
  const Mat3& d = geometry.direction;
  const Mat3 inverse = {d[0], d[3], d[6], d[1], d[4], d[7], d[2], d[5], d[8]};  // orthonormal
  turn_all(inverse, field.values);
  turn_all(inverse, field.values_f64);
  field.patient_frame = false;
}

std::vector<std::string> component_names(const OutputField& field) {
  if (field.components == 1) return {};
  if (field.components == 6)
    return field.vtk_order ? std::vector<std::string>{"xx", "yy", "zz", "xy", "yz", "xz"}
                           : std::vector<std::string>{"xx", "yy", "zz", "yz", "zx", "xy"};
  if (field.components == 3 && field.name.rfind("Principal", 0) == 0) return {"max", "mid", "min"};
  if (field.components == 3) return {"x", "y", "z"};
  std::vector<std::string> names;
  for (int c = 0; c < field.components; ++c) names.push_back(std::to_string(c));
  return names;
}

std::string component_text(const OutputField& field) {
  std::string text;
  for (const std::string& name : component_names(field)) text += (text.empty() ? "" : " ") + name;
  return text;
}

Vec3 patient_position(const ImageGeometry& geometry, const Vec3& voxel) {
  Vec3 position = geometry.origin_mm;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t axis = 0; axis < 3; ++axis)
      position[row] += geometry.direction[3 * row + axis] * geometry.spacing_mm[axis] * voxel[axis];
  return position;
}

void require_field_shape(const OutputField& field, std::uint64_t items) {
  const int filled = !field.values.empty() + !field.values_f64.empty() + !field.values_i32.empty();
  const std::uint64_t count = field.values.size() + field.values_f64.size() + field.values_i32.size();
  const bool named = !field.name.empty() && field.name.find('/') == std::string::npos;
  if (!named || field.components < 1 || filled > 1 || count != items * static_cast<std::uint64_t>(field.components))
    throw InternalError("field \"" + field.name + "\" has " + std::to_string(count) + " values for " +
                        std::to_string(items) + " items of " + std::to_string(field.components) +
                        " components (one array must be filled, and the name holds no \"/\")");
}

h5::RowSource field_rows(const OutputField& field, std::uint64_t items, const Mat3& direction) {
  require_field_shape(field, items);
  if (!field.values_f64.empty()) return make_source(field, field.values_f64, direction, items);
  if (!field.values_i32.empty()) return make_source(field, field.values_i32, direction, items);
  return make_source(field, field.values, direction, items);
}

void write_field_attributes(const h5::Handle& dataset, const OutputField& field, const h5::FileName& file) {
  h5::write_text_attribute(dataset, "unit", field.unit, file);
  OutputField stored;  // describes the file's order
  stored.name = field.name;
  stored.components = field.components;
  stored.vtk_order = true;
  if (field.components > 1) h5::write_text_attribute(dataset, "components", component_text(stored), file);
  if (field.components == 6) h5::write_text_attribute(dataset, "shear", "engineering for strain", file);
  if (field.components == 6 || field.components == 3)
    h5::write_text_attribute(dataset, "frame", is_point_vector(field) ? k_patient_frame : k_image_frame, file);
}

void write_field(const h5::Handle& parent, const OutputField& field, std::uint64_t items, const Mat3& direction,
                 const h5::RowSettings& settings, const h5::FileName& file) {
  const h5::RowSource source = field_rows(field, items, direction);
  const h5::Handle group = h5::open_group(parent, group_of(field.location), file);
  write_field_attributes(h5::write_rows(group, field.name, source, settings, file), field, file);
}

}  // namespace osteon
