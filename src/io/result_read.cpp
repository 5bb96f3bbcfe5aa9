// SPDX-License-Identifier: Apache-2.0
// Reads result.vtkhdf back and checks that it holds together.
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>
#include <thread>

#include "osteon/core/error.hpp"
#include "result_open.hpp"
#include "series_paths.hpp"

namespace osteon {

namespace {

/// Index of the step to read. UsageError when the file has no such step.
std::size_t step_index(const OpenResult& open, int step) {
  const std::size_t count = std::max<std::size_t>(open.days.size(), 1);
  if (step == k_last_step) return count - 1;
  if (!open.is_series())
    throw UsageError(open.file.path + " has no time steps, so there is no step " + std::to_string(step));
  if (step < 0 || static_cast<std::size_t>(step) >= count)
    throw UsageError(open.file.path + " has steps 0 to " + std::to_string(count - 1) + ", not " + std::to_string(step));
  return static_cast<std::size_t>(step);
}

template <class T>
void read_rows(const OpenResult& open, const h5::Handle& dataset, const StoredField& field, std::size_t step,
               std::vector<T>& values) {
  const auto components = static_cast<std::uint64_t>(field.about.components);
  const std::string& name = field.about.name;
  values.resize(field.about.items * components);
  if (values.empty()) return;
  const hsize_t start[2] = {field.first_row[step], 0}, count[2] = {field.about.items, components};
  const h5::Handle space(H5Dget_space(dataset.id()), H5Sclose, open.file, name);
  const h5::Handle memory(H5Screate_simple(H5Sget_simple_extent_ndims(space.id()), count, nullptr), H5Sclose, open.file,
                          name);
  h5::require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start, nullptr, count, nullptr), open.file, name);
  h5::require(
      H5Dread(dataset.id(), h5::native_type<T>(), memory.id(), space.id(), H5P_DEFAULT, values.data()), open.file,
      name);
}

OutputField read_field(const OpenResult& open, const StoredField& stored, std::size_t step) {
  const h5::Handle group = h5::open_group(open.vtkhdf, group_of(stored.about.location), open.file);
  const h5::Handle dataset = h5::open_dataset(group, stored.about.name, open.file);
  OutputField field = stored.about;
  if (stored.kind == NumberKind::f32)
    read_rows(open, dataset, stored, step, field.values);
  else if (stored.kind == NumberKind::f64)
    read_rows(open, dataset, stored, step, field.values_f64);
  else
    read_rows(open, dataset, stored, step, field.values_i32);
  return field;
}

/// All fields, or those named in `only`.
std::vector<OutputField> read_fields(const OpenResult& open, const std::vector<std::string>& only, std::size_t step) {
  const std::vector<StoredField> stored = describe_fields(open);
  for (const std::string& name : only)
    if (std::none_of(stored.begin(), stored.end(), [&](const StoredField& f) { return f.about.name == name; })) {
      std::string known;
      for (const StoredField& field : stored) known += " " + field.about.name;
      throw InputError("cannot read " + open.file.path + ": it has no field " + name + "; it has" + known);
    }
  std::vector<OutputField> fields;
  for (const StoredField& field : stored)
    if (only.empty() || std::find(only.begin(), only.end(), field.about.name) != only.end())
      fields.push_back(read_field(open, field, step));
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

StoredResult read_all(const OpenResult& open, const std::vector<std::string>& only, int step) {
  const std::size_t index = step_index(open, step);
  StoredResult result;
  if (open.is_series()) {
    result.step = static_cast<int>(index);
    result.day = open.days[index];
  }
  read_geometry(open, result);
  read_mesh(open, result);
  result.fields = read_fields(open, only, index);
  read_node_sets(open, result);
  result.summary_json = h5::read_text(open.osteon, "summary", open.file);
  result.case_toml = h5::read_text(open.osteon, "case", open.file);
  return result;
}

/// The files that a step of a series still being written points to: which they are, or which is missing. HDF5 itself
/// reads the values of a missing one as NaN.
struct StepSources {
  std::string missing;
  std::vector<std::uint64_t> identity;

  StepSources(const OpenResult& open, const std::filesystem::path& path, int step) {
    if (open.finished) return;
    const SeriesPaths paths(path, open.steps_folder);
    for (const auto& file : {paths.constant_file(), paths.step_file(static_cast<int>(step_index(open, step)))}) {
      struct stat status {};
      if (::stat(file.c_str(), &status) != 0 && missing.empty()) missing = file.string();
      identity.insert(identity.end(), {status.st_ino, static_cast<std::uint64_t>(status.st_mtim.tv_sec),
                                       static_cast<std::uint64_t>(status.st_mtim.tv_nsec)});
    }
  }
};

/// A run may finish or go back while its series is read here, and then step files go: read again until they stayed.
template <class Read>
auto read_unchanged(const std::filesystem::path& path, int step, Read read) {
  const h5::QuietErrors quiet;
  for (int attempts_left = 20;; --attempts_left) {
    const OpenResult open = open_result(path);
    const StepSources before(open, path, step);
    std::string missing = before.missing;
    if (missing.empty()) {
      try {
        auto result = read(open);
        const StepSources after(open, path, step);
        if (after.missing.empty() && after.identity == before.identity) return result;
        missing = after.missing.empty() ? "a step" : after.missing;
      } catch (const InputError&) {
        if (open.finished || attempts_left == 0) throw;
      }
    }
    if (attempts_left == 0)
      throw InputError("cannot read " + path.string() + ": " + missing +
                       " is missing; a result that is not finished must stay beside its folder of steps");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

StoredResult read_result(const std::filesystem::path& path, const std::vector<std::string>& only, int step) {
  try {
    return read_unchanged(path, step, [&](const OpenResult& open) { return read_all(open, only, step); });
  } catch (const std::bad_alloc&) {
    throw InputError("cannot read " + path.string() + ": it needs more memory than there is");
  } catch (const std::length_error&) {
    fail_content({path.string(), "read"}, "an array has an impossible size");
  }
}

std::vector<OutputField> list_result_fields(const std::filesystem::path& path) {
  return read_unchanged(path, k_last_step, [](const OpenResult& open) {
    std::vector<OutputField> fields;
    for (StoredField& field : describe_fields(open)) fields.push_back(std::move(field.about));
    return fields;
  });
}

}  // namespace osteon
