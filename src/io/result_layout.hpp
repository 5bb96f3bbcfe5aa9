// SPDX-License-Identifier: Apache-2.0
// What the writer, the reader and the appender of result.vtkhdf agree on. See src/io/README.md for the whole layout.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hdf5_handle.hpp"
#include "osteon/io/result_file.hpp"
#include "row_writer.hpp"

namespace osteon {

inline constexpr const char* k_result_schema = "osteon-result/1";
inline constexpr std::uint8_t k_vtk_hexahedron = 12;
inline constexpr const char* k_vtk_tensor_order = "xx yy zz xy yz xz";
inline constexpr const char* k_image_frame = "image axes";
inline constexpr const char* k_patient_frame = "patient";
inline constexpr const char* k_series_finished = "finished";
inline constexpr const char* k_series_running = "running";

/// VTK's hexahedron walks round the low face, then round the high face: corner c is local node k_vtk_corner[c]
/// (x bit fastest, hex8.hpp).
inline constexpr std::array<int, 8> k_vtk_corner = {0, 1, 3, 2, 4, 5, 7, 6};

/// Component c of a tensor in the file is component k_internal_of_vtk[c] of voigt.hpp.
inline constexpr std::array<int, 6> k_internal_of_vtk = {0, 1, 2, 5, 3, 4};

inline const char* group_of(FieldLocation location) {
  return location == FieldLocation::point ? "PointData" : "CellData";
}

/// Names of the components for attributes and table heads; empty for a scalar.
std::vector<std::string> component_names(const OutputField& field);
/// The same in one text, separated by blanks.
std::string component_text(const OutputField& field);

/// Position in patient space (mm) of a point given in voxels, voxel centres being whole numbers.
Vec3 patient_position(const ImageGeometry& geometry, const Vec3& voxel);

/// Number of values, whichever of the three arrays holds them. Throws InternalError unless exactly one does and it has
/// `items` x components values.
void require_field_shape(const OutputField& field, std::uint64_t items);

/// The rows of a field as they stand in the file; `direction` is that of the image grid. Keeps a reference to `field`.
h5::RowSource field_rows(const OutputField& field, std::uint64_t items, const Mat3& direction);
void write_field_attributes(const h5::Handle& dataset, const OutputField& field, const h5::FileName& file);
/// Writes one field into group PointData or CellData of `parent`, with its attributes.
void write_field(const h5::Handle& parent, const OutputField& field, std::uint64_t items, const Mat3& direction,
                 const h5::RowSettings& settings, const h5::FileName& file);

}  // namespace osteon
