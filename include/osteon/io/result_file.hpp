// SPDX-License-Identifier: Apache-2.0
// result.vtkhdf: VTKHDF 2.0 unstructured grid of the bone voxels plus Osteon's own groups. No HDF5 type leaks here.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "osteon/core/geometry.hpp"
#include "osteon/image/voxel_image.hpp"
#include "osteon/model/elastic_model.hpp"

namespace osteon {

enum class FieldLocation { point, cell };

/// One named array. Tensors of six components arrive in the internal Voigt order and are written as VTK wants them
/// (xx yy zz xy yz xz, engineering shear), with the order stated in an attribute. All components arrive along the axes
/// of the image, as solved. Real vectors on points (`is_point_vector`) are turned into patient space on the way into
/// the file, like the points; everything else stays along the image axes. The attribute `frame` says which.
struct OutputField {
  std::string name;  ///< contract of design 3.1, e.g. "Displacement"
  FieldLocation location = FieldLocation::cell;
  int components = 1;
  std::string unit;
  std::vector<float> values;  ///< components per item, mesh order; exactly one of the three is filled
  std::vector<double> values_f64;
  std::vector<std::int32_t> values_i32;
  bool vtk_order = false;      ///< six components already in the file's order; set by read_result, honoured on writing
  bool patient_frame = false;  ///< point vector already in patient space; set by read_result, honoured on writing
  std::uint64_t items = 0;     ///< points or cells; filled when read or listed, ignored on writing
};

/// Turns a tensor field as read from a file back into the internal Voigt order; leaves every other field alone.
void make_internal_order(OutputField& field);

/// Three real components on points, such as Displacement: a vector that moves or loads points.
bool is_point_vector(const OutputField& field);
/// Turns a point vector as read from a file back to the axes of the image; leaves every other field alone. To the digit
/// where the direction only swaps or flips axes.
void make_image_axes(OutputField& field, const ImageGeometry& geometry);

struct NamedNodeSet {
  std::string name;
  std::vector<std::uint32_t> nodes;
};

struct ResultData {
  const ElasticModel* model = nullptr;  ///< mesh and patient-space geometry (points are written in LPS mm)
  std::vector<OutputField> fields;
  std::vector<NamedNodeSet> node_sets;
  std::string summary_json;                             ///< copied into /Osteon/summary
  std::string case_toml;                                ///< copied into /Osteon/case
  std::vector<std::vector<double>> residual_histories;  ///< per load case, /Osteon/residuals
  std::vector<std::string> load_case_names;             ///< of the histories; empty: "0", "1", ...
  /// Name and text, attributes of /Osteon/provenance beside Osteon's own version and git revision.
  std::vector<std::pair<std::string, std::string>> provenance;
};

struct WriteSettings {
  int gzip_level = 1;  ///< 0 = none; shuffle is always on with gzip. Chunks are compressed by all threads.
  int threads = 0;     ///< 0 = all cores
};

/// Writes to a temporary name beside `path`, syncs and renames (replacing an old file): nobody ever sees half a file.
/// Throws InputError with the path and the system's reason (no such directory, no space left, ...).
void write_result(const std::filesystem::path& path, const ResultData& data, const WriteSettings& settings);

/// A result read back: everything that `risk`, `export` and `info` need, without the case's inputs.
struct StoredResult {
  Index3 size;  ///< image grid
  ImageGeometry geometry;
  std::vector<Index3> element_positions;         ///< voxel of each cell
  std::vector<std::array<double, 3>> points_mm;  ///< as stored, float32
  std::vector<std::int64_t> connectivity;        ///< 8 per cell, VTK hexahedron order
  std::vector<OutputField> fields;               ///< tensors in the file's (VTK) order
  std::vector<NamedNodeSet> node_sets;
  std::string summary_json;
  std::string case_toml;
  int step = -1;   ///< of a time series, from 0; -1: the file has no time steps
  double day = 0;  ///< of that step
};

inline constexpr int k_last_step = -1;

/// Throws InputError: missing, not HDF5, not ours, truncated. `only` limits the fields read (empty = all). `step` is for
/// a time series (see time_series.hpp), whose fields are those of one step; UsageError when there is no such step.
StoredResult read_result(const std::filesystem::path& path, const std::vector<std::string>& only = {},
                         int step = k_last_step);
/// Names, sizes and units of the fields without reading them (no values); items are those of one step.
std::vector<OutputField> list_result_fields(const std::filesystem::path& path);

/// Adds or replaces fields in an existing result (used by `osteon risk`) and keeps everything else; crash-safe by copy
/// and rename. Throws InputError, e.g. when a field has another number of items than the file has cells, or when the
/// file is a time series.
void append_fields(const std::filesystem::path& path, const std::vector<OutputField>& fields,
                   const WriteSettings& settings = {});

}  // namespace osteon
