// SPDX-License-Identifier: Apache-2.0
// Writes result.vtkhdf.
#include <cstring>

#include "osteon/core/error.hpp"
#include "osteon/core/version.hpp"
#include "result_layout.hpp"
#include "staged_file.hpp"

namespace osteon {

namespace {

/// Everything the steps below share.
struct Writing {
  const ResultData& data;
  const WriteSettings& settings;
  h5::FileName file;

  const VoxelMesh& mesh() const { return *data.model->mesh; }
  h5::RowSettings rows() const { return {settings.gzip_level, settings.threads, 0}; }
};

/// A dataset whose row i is made by `value(i, row)`, `row` being columns (or one) values of T.
template <class T, class Value>
void write_made(const Writing& w, const h5::Handle& parent, const std::string& name, std::uint64_t rows,
                std::uint64_t columns, Value value) {
  h5::RowSource source;
  source.type = h5::native_type<T>();
  source.rows = rows;
  source.columns = columns;
  const std::uint64_t width = columns > 0 ? columns : 1;
  source.fill = [&](std::uint64_t begin, std::uint64_t end, unsigned char* out) {
    T* row = reinterpret_cast<T*>(out);  // chunk buffers come from the heap, aligned for any type
    for (std::uint64_t i = begin; i < end; ++i, row += width) value(i, row);
  };
  h5::write_rows(parent, name, source, w.rows(), w.file);
}

/// Voxel (0,0,0) has its centre at the origin, so node (i,j,k) lies half a voxel below (i,j,k).
void write_points(const Writing& w, const h5::Handle& vtkhdf) {
  const auto& positions = w.mesh().node_positions();
  write_made<float>(w, vtkhdf, "Points", positions.size(), 3, [&](std::uint64_t n, float* row) {
    const Index3 p = positions[n];
    const Vec3 mm = patient_position(w.data.model->geometry, {p.x - 0.5, p.y - 0.5, p.z - 0.5});
    for (std::size_t d = 0; d < 3; ++d) row[d] = static_cast<float>(mm[d]);
  });
}

/// Connectivity is written eight ids at a time but is one flat array: a row is one id, and chunks hold whole cells.
void write_cells(const Writing& w, const h5::Handle& vtkhdf) {
  const std::uint64_t cells = w.mesh().element_count();
  h5::RowSource ids;
  ids.type = H5T_NATIVE_INT64;
  ids.rows = 8 * cells;
  ids.fill = [&](std::uint64_t begin, std::uint64_t end, unsigned char* out) {
    auto* id = reinterpret_cast<std::int64_t*>(out);
    for (std::uint64_t cell = begin / 8; cell < end / 8; ++cell) {
      std::uint32_t nodes[8];
      w.mesh().element_nodes(static_cast<std::uint32_t>(cell), nodes);
      for (const int corner : k_vtk_corner) *id++ = nodes[corner];
    }
  };
  h5::write_rows(vtkhdf, "Connectivity", ids, w.rows(), w.file);
  write_made<std::int64_t>(w, vtkhdf, "Offsets", cells + 1, 0,
                           [](std::uint64_t i, std::int64_t* row) { *row = static_cast<std::int64_t>(8 * i); });
  write_made<std::uint8_t>(w, vtkhdf, "Types", cells, 0,
                           [](std::uint64_t, std::uint8_t* row) { *row = k_vtk_hexahedron; });
}

void write_vtkhdf(const Writing& w, const h5::Handle& root) {
  const h5::Handle vtkhdf = h5::create_group(root, "VTKHDF", w.file);
  h5::write_attribute<std::int64_t>(vtkhdf, "Version", {2, 0}, w.file);
  h5::write_text_attribute(vtkhdf, "Type", "UnstructuredGrid", w.file, true);
  const std::int64_t points = w.mesh().node_count(), cells = w.mesh().element_count();
  h5::write_dataset<std::int64_t>(vtkhdf, "NumberOfPoints", {points}, w.file);
  h5::write_dataset<std::int64_t>(vtkhdf, "NumberOfCells", {cells}, w.file);
  h5::write_dataset<std::int64_t>(vtkhdf, "NumberOfConnectivityIds", {8 * cells}, w.file);
  write_points(w, vtkhdf);
  write_cells(w, vtkhdf);
  for (const char* name : {"PointData", "CellData", "FieldData"}) h5::create_group(vtkhdf, name, w.file);
  for (const OutputField& field : w.data.fields)
    write_field(vtkhdf, field, static_cast<std::uint64_t>(field.location == FieldLocation::point ? points : cells),
                w.data.model->geometry.direction, w.rows(), w.file);
}

void write_grid(const Writing& w, const h5::Handle& osteon) {
  const ImageGeometry& geometry = w.data.model->geometry;
  const h5::Handle grid = h5::create_group(osteon, "grid", w.file);
  h5::write_dataset<std::int32_t>(grid, "size", {geometry.size.x, geometry.size.y, geometry.size.z}, w.file);
  h5::write_dataset(grid, "spacing", H5T_NATIVE_DOUBLE, geometry.spacing_mm.data(), 3, w.file);
  h5::write_dataset(grid, "origin", H5T_NATIVE_DOUBLE, geometry.origin_mm.data(), 3, w.file);
  h5::write_dataset(grid, "direction", H5T_NATIVE_DOUBLE, geometry.direction.data(), 9, w.file);
  h5::write_text_attribute(grid, "unit", "mm", w.file);
  h5::write_text_attribute(grid, "convention",
                           "LPS; origin = centre of voxel 0,0,0; direction is row-major, column d = grid axis d",
                           w.file);
}

void write_provenance(const Writing& w, const h5::Handle& osteon) {
  const h5::Handle provenance = h5::create_group(osteon, "provenance", w.file);
  h5::write_text_attribute(provenance, "osteon_version", version(), w.file);
  h5::write_text_attribute(provenance, "osteon_git", git_revision(), w.file);
  for (const auto& [name, text] : w.data.provenance) h5::write_text_attribute(provenance, name, text, w.file);
}

void write_osteon(const Writing& w, const h5::Handle& root) {
  const h5::Handle osteon = h5::create_group(root, "Osteon", w.file);
  h5::write_text_attribute(osteon, "schema", k_result_schema, w.file);
  h5::write_text(osteon, "summary", w.data.summary_json, w.file);
  h5::write_text(osteon, "case", w.data.case_toml, w.file);
  write_provenance(w, osteon);
  write_grid(w, osteon);
  const auto& voxels = w.mesh().element_positions();
  write_made<std::int32_t>(w, osteon, "element_voxel", voxels.size(), 3, [&](std::uint64_t e, std::int32_t* row) {
    for (int d = 0; d < 3; ++d) row[d] = voxels[e][d];
  });
  const h5::Handle sets = h5::create_group(osteon, "node_sets", w.file);
  for (const NamedNodeSet& set : w.data.node_sets)
    write_made<std::uint32_t>(w, sets, set.name, set.nodes.size(), 0,
                              [&](std::uint64_t i, std::uint32_t* row) { *row = set.nodes[i]; });
  const h5::Handle residuals = h5::create_group(osteon, "residuals", w.file);
  for (std::size_t i = 0; i < w.data.residual_histories.size(); ++i) {
    const auto& names = w.data.load_case_names;
    h5::write_dataset(residuals, i < names.size() ? names[i] : std::to_string(i), w.data.residual_histories[i], w.file);
  }
}

}  // namespace

void write_result(const std::filesystem::path& path, const ResultData& data, const WriteSettings& settings) {
  OSTEON_ASSERT(data.model != nullptr && data.model->mesh != nullptr);
  OSTEON_ASSERT(settings.gzip_level >= 0 && settings.gzip_level <= 9);
  const h5::QuietErrors quiet;
  StagedFile staged(path);
  const Writing writing{data, settings, {path.string(), "write"}};
  {
    h5::Handle root = h5::create_file(staged.path(), writing.file);
    write_vtkhdf(writing, root);
    write_osteon(writing, root);
    root.close(writing.file, "closing the file");
  }
  staged.commit();
}

}  // namespace osteon
