// SPDX-License-Identifier: Apache-2.0
// A stored result in other programs' formats. Each refuses to overwrite.
#pragma once

#include <filesystem>
#include <string>

#include "osteon/io/result_file.hpp"

namespace osteon {

/// VTU, appended raw, zlib (VTK does the writing; InputError-like DeviceError never: a build without VTK says so).
void export_vtu(const StoredResult& result, const std::filesystem::path& path);
/// Small XDMF 2 file that points into `result_path`.
void export_xdmf(const StoredResult& result, const std::filesystem::path& result_path, const std::filesystem::path& path);
/// One scalar or vector cell field as a NIfTI-1 image (.nii or .nii.gz) on the image grid, RAS as the format demands.
void export_nifti(const StoredResult& result, const std::string& field, const std::filesystem::path& path);
/// Cells (voxel i j k, centre x y z, every cell field) or, with `points`, points with every point field.
void export_csv(const StoredResult& result, bool points, const std::filesystem::path& path);

}  // namespace osteon
