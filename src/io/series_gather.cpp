// SPDX-License-Identifier: Apache-2.0
// The file of a time series that readers open: pointers into the step files while it runs, copies of them in the end.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>

#include "hdf5_copy.hpp"
#include "osteon/core/error.hpp"
#include "series_files.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

constexpr FieldLocation k_locations[] = {FieldLocation::point, FieldLocation::cell};
constexpr const char* k_series_objects[] = {"Steps", "PointData", "CellData", "FieldData"};

bool is_series_object(const std::string& name) {
  return std::find(std::begin(k_series_objects), std::end(k_series_objects), name) != std::end(k_series_objects);
}

/// Large, so worth a pointer while the run lasts; the small rest is copied.
bool is_large(const std::string& name) {
  for (const char* large : {"Points", "Connectivity", "Offsets", "Types", "element_voxel", "node_sets", "residuals"})
    if (name == large) return true;
  return false;
}

/// Everything the steps below share.
struct Gathering {
  const SeriesPaths& paths;
  const std::vector<SeriesRecord>& records;
  Gather gather;
  h5::FileName file, source;  ///< the file written, and the one read, for messages
  h5::Handle constant, last;  ///< constant_file() and the last step's file
  SeriesMesh mesh;
  std::vector<std::pair<FieldLocation, std::string>> stepped, fixed;  ///< fields
};

std::string object_path(const std::string& group, const std::string& name) { return "/" + group + "/" + name; }

/// A dataset of `count` parts shaped as `like`, part p being `object` of `source(p)` and beginning at row p * stride.
/// What lies between parts, or in a file that was lost, reads as NaN or the smallest integer.
template <class Source>
h5::Handle make_virtual(const Gathering& g, const h5::Handle& like, std::size_t count, std::uint64_t stride,
                        const std::string& object, Source source, const h5::Handle& parent, const std::string& name) {
  std::vector<hsize_t> shape = h5::dataset_shape(like, g.source), part = shape, start(shape.size(), 0);
  shape.at(0) = stride * count;
  const int rank = static_cast<int>(shape.size());
  const h5::Handle type(H5Dget_type(like.id()), H5Tclose, g.file, name);
  const h5::Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, g.file, name);
  const h5::Handle space(H5Screate_simple(rank, shape.data(), nullptr), H5Sclose, g.file, name);
  const h5::Handle from(H5Screate_simple(rank, part.data(), nullptr), H5Sclose, g.file, name);
  for (std::size_t p = 0; p < count; ++p) {
    start[0] = p * stride;
    h5::require(H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, start.data(), nullptr, part.data(), nullptr), g.file,
                name);
    const std::string file = g.paths.relative(source(p));
    h5::require(H5Pset_virtual(creation.id(), space.id(), file.c_str(), object.c_str(), from.id()), g.file, name);
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::int32_t least = std::numeric_limits<std::int32_t>::min();
  const bool is_real = H5Tget_class(type.id()) == H5T_FLOAT;
  h5::require(is_real ? H5Pset_fill_value(creation.id(), H5T_NATIVE_DOUBLE, &nan)
                      : H5Pset_fill_value(creation.id(), H5T_NATIVE_INT32, &least),
              g.file, name);
  h5::Handle dataset(
      H5Dcreate2(parent.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Dclose,
      g.file, name);
  h5::copy_attributes(like, dataset, g.file);
  return dataset;
}

/// A member of constant_file(): a pointer if it is large and pointers are wanted, else a copy. Old XDMF readers follow
/// virtual datasets but not links, so only groups, which they do not need, are linked.
void add_constant(const Gathering& g, const h5::Handle& from, const std::string& from_path, const h5::Handle& to,
                  const std::string& name, bool large) {
  const std::string object = object_path(from_path, name);
  if (g.gather == Gather::copies || !large) return h5::copy_object(from, name, to, g.file);
  if (name == "node_sets" || name == "residuals")
    return h5::link_external(to, name, g.paths.relative(g.paths.constant_file()), object, g.file);
  const h5::Handle like = h5::open_dataset(from, name, g.source);
  make_virtual(
      g, like, 1, h5::dataset_shape(like, g.source).at(0), object, [&](std::size_t) { return g.paths.constant_file(); },
      to, name);
}

/// A field of all steps.
h5::Handle add_stepped(const Gathering& g, const h5::Handle& last, FieldLocation location, const h5::Handle& to,
                       const std::string& name) {
  const h5::Handle like = h5::open_dataset(last, name, g.source);
  const std::uint64_t stride = series_stride(g.mesh.items(location));
  if (g.gather == Gather::pointers)
    return make_virtual(
        g, like, g.records.size(), stride, object_path(group_of(location), name),
        [&](std::size_t step) { return g.paths.step_file(static_cast<int>(step)); }, to, name);
  h5::Handle dataset = h5::create_like(like, g.records.size() * stride, to, name, g.file);
  h5::copy_attributes(like, dataset, g.file);
  return dataset;
}

/// Fills the datasets of all stepped fields, step by step.
void copy_steps(const Gathering& g, const std::vector<h5::Handle>& datasets) {
  for (std::size_t s = 0; s < g.records.size(); ++s) {
    const std::filesystem::path path = g.paths.step_file(static_cast<int>(s));
    const h5::FileName source{path.string(), "read"};
    const h5::Handle root = h5::open_file(path, source, H5F_ACC_RDONLY);
    for (std::size_t f = 0; f < datasets.size(); ++f) {
      const auto& [location, name] = g.stepped[f];
      const h5::Handle group = h5::open_group(root, group_of(location), source);
      const h5::Handle from = h5::open_dataset(group, name, source);
      const std::uint64_t stride = series_stride(g.mesh.items(location));
      const std::uint64_t rows = h5::chunk_rows(from, source);
      if (rows != series_chunk_rows(g.mesh.items(location))) fail_content(source, name + " has other chunks");
      h5::copy_chunks(from, 0, datasets[f], s * stride, stride / rows, source, name);
    }
  }
}

void add_fields(const Gathering& g, const h5::Handle& vtkhdf) {
  std::vector<h5::Handle> datasets;
  for (const FieldLocation location : k_locations) {
    const char* group_name = group_of(location);
    const h5::Handle group = h5::create_group(vtkhdf, group_name, g.file);
    const h5::Handle constant = h5::open_group(h5::open_group(g.constant, "VTKHDF", g.source), group_name, g.source);
    for (const auto& [at, name] : g.fixed)
      if (at == location) add_constant(g, constant, std::string("VTKHDF/") + group_name, group, name, true);
    const h5::Handle last = h5::open_group(g.last, group_name, g.source);
    for (const auto& [at, name] : g.stepped)
      if (at == location) datasets.push_back(add_stepped(g, last, location, group, name));
  }
  if (g.gather == Gather::copies) copy_steps(g, datasets);
}

void write_offsets(const Gathering& g, const h5::Handle& steps, FieldLocation location) {
  const h5::Handle group = h5::create_group(steps, std::string(group_of(location)) + "Offsets", g.file);
  const auto write = [&](const std::string& name, std::uint64_t stride) {
    std::vector<std::int64_t> rows;
    for (std::size_t s = 0; s < g.records.size(); ++s) rows.push_back(static_cast<std::int64_t>(s * stride));
    h5::write_dataset(group, name, rows, g.file);
  };
  for (const auto& [at, name] : g.fixed)
    if (at == location) write(name, 0);
  for (const auto& [at, name] : g.stepped)
    if (at == location) write(name, series_stride(g.mesh.items(location)));
}

/// VTKHDF's account of the steps: the mesh is the same in all, each field begins where its offset says.
void write_steps(const Gathering& g, const h5::Handle& vtkhdf) {
  const std::size_t count = g.records.size();
  const h5::Handle steps = h5::create_group(vtkhdf, "Steps", g.file);
  {
    const h5::Handle space(H5Screate(H5S_SCALAR), H5Sclose, g.file, "NSteps");
    const h5::Handle attribute(H5Acreate2(steps.id(), "NSteps", H5T_NATIVE_INT64, space.id(), H5P_DEFAULT, H5P_DEFAULT),
                               H5Aclose, g.file, "NSteps");
    const auto number = static_cast<std::int64_t>(count);
    h5::require(H5Awrite(attribute.id(), H5T_NATIVE_INT64, &number), g.file, "NSteps");
  }
  std::vector<double> days;
  for (const SeriesRecord& record : g.records) days.push_back(record.day);
  h5::write_dataset(steps, "Values", days, g.file);
  const std::vector<std::int64_t> zeros(count, 0), ones(count, 1);
  h5::write_dataset(steps, "PartOffsets", zeros, g.file);
  h5::write_dataset(steps, "NumberOfParts", ones, g.file);
  h5::write_dataset(steps, "PointOffsets", zeros, g.file);
  for (const char* name : {"CellOffsets", "ConnectivityIdOffsets"}) {  // one column a kind of cell
    h5::RowSource source;
    source.type = H5T_NATIVE_INT64;
    source.rows = count;
    source.columns = 1;
    source.fill = [](std::uint64_t begin, std::uint64_t end, unsigned char* out) {
      std::fill_n(out, (end - begin) * sizeof(std::int64_t), static_cast<unsigned char>(0));
    };
    h5::write_rows(steps, name, source, {0, 1, 0}, g.file);
  }
  for (const FieldLocation location : k_locations) write_offsets(g, steps, location);
}

void write_history(const Gathering& g, const h5::Handle& osteon) {
  const h5::Handle history = h5::create_group(osteon, "history", g.file);
  h5::write_text_attribute(history, "state", g.gather == Gather::copies ? k_series_finished : k_series_running, g.file);
  if (g.gather == Gather::pointers)
    h5::write_text_attribute(history, "steps_folder", g.paths.folder.filename().string(), g.file);
  std::string constant_fields, lines;
  for (const auto& [location, name] : g.fixed) constant_fields += group_of(location) + ("/" + name) + "\n";
  h5::write_text(history, "constant_fields", constant_fields, g.file);
  std::map<std::string, std::vector<double>> columns;
  for (std::size_t s = 0; s < g.records.size(); ++s) {
    lines += g.records[s].json + "\n";
    for (const auto& [name, value] : g.records[s].scalars) {
      auto& column = columns[name];
      column.resize(g.records.size(), std::numeric_limits<double>::quiet_NaN());
      column[s] = value;
    }
  }
  h5::write_text(history, "steps", lines, g.file);
  const h5::Handle scalars = h5::create_group(history, "scalars", g.file);
  for (const auto& [name, column] : columns) h5::write_dataset(scalars, name, column, g.file);
}

void write_osteon(const Gathering& g, const h5::Handle& root, const std::string* summary) {
  const h5::Handle from = h5::open_group(g.constant, "Osteon", g.source);
  const h5::Handle osteon = h5::create_group(root, "Osteon", g.file);
  h5::copy_attributes(from, osteon, g.file);
  for (const std::string& name : h5::member_names(from, g.source)) {
    if (name == "summary" && summary != nullptr)
      h5::write_text(osteon, name, *summary, g.file);
    else
      add_constant(g, from, "Osteon", osteon, name, is_large(name));
  }
  write_history(g, osteon);
}

void write_vtkhdf(const Gathering& g, const h5::Handle& root) {
  const h5::Handle from = h5::open_group(g.constant, "VTKHDF", g.source);
  const h5::Handle vtkhdf = h5::create_group(root, "VTKHDF", g.file);
  h5::copy_attributes(from, vtkhdf, g.file);
  for (const std::string& name : h5::member_names(from, g.source))
    if (!is_series_object(name)) add_constant(g, from, "VTKHDF", vtkhdf, name, is_large(name));
  add_fields(g, vtkhdf);
  h5::create_group(vtkhdf, "FieldData", g.file);
  write_steps(g, vtkhdf);
}

/// Opens the sources and lists their fields.
Gathering open_sources(const SeriesPaths& paths, const std::vector<SeriesRecord>& records, Gather gather) {
  Gathering g{paths, records, gather, {paths.result.string(), "write"}, {paths.folder.string(), "read"}, {}, {},
              {},    {},      {}};
  g.constant = h5::open_file(paths.constant_file(), {paths.constant_file().string(), "read"}, H5F_ACC_RDONLY);
  const std::filesystem::path last = paths.step_file(static_cast<int>(records.size()) - 1);
  g.last = h5::open_file(last, {last.string(), "read"}, H5F_ACC_RDONLY);
  const h5::Handle vtkhdf = h5::open_group(g.constant, "VTKHDF", g.source);
  const auto count = [&](const char* name) {
    return static_cast<std::uint64_t>(h5::read_dataset<std::int64_t>(vtkhdf, name, 1, g.source)[0]);
  };
  g.mesh.points = count("NumberOfPoints");
  g.mesh.cells = count("NumberOfCells");
  for (const FieldLocation location : k_locations) {
    for (const std::string& name : h5::member_names(h5::open_group(vtkhdf, group_of(location), g.source), g.source))
      g.fixed.emplace_back(location, name);
    for (const std::string& name : h5::member_names(h5::open_group(g.last, group_of(location), g.source), g.source))
      g.stepped.emplace_back(location, name);
  }
  return g;
}

}  // namespace

void write_series_file(const SeriesPaths& paths, const std::vector<SeriesRecord>& records, Gather gather,
                       const std::string* summary) {
  OSTEON_ASSERT(!records.empty());
  const Gathering g = open_sources(paths, records, gather);
  StagedFile staged(paths.result);
  {
    h5::Handle root = h5::create_file(staged.path(), g.file);
    write_vtkhdf(g, root);
    write_osteon(g, root, summary);
    root.close(g.file, "closing the file");
  }
  staged.commit();
}

}  // namespace osteon
