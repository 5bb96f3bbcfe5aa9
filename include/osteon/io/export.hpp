// SPDX-License-Identifier: Apache-2.0
// A stored result in other programs' formats. Each writes to a temporary name and renames; each refuses to replace an
// existing file (UsageError) unless `overwrite` is set, and throws InputError when it cannot write.
#pragma once

#include <filesystem>
#include <string>

#include "osteon/io/result_file.hpp"

namespace osteon {

/// VTU, appended raw, zlib, 64-bit sizes. VTK does the writing, in a loadable module: where that is missing, an
/// InputError says what to install.
void export_vtu(const StoredResult& result, const std::filesystem::path& path, bool overwrite = false);

/// Small XDMF 2 file that points into `result_path`, relative to its own folder. Scalars and vectors appear by their
/// names; of a tensor every component is a scalar, Strain_xx ... Strain_xz. Of a time series the step that was read.
void export_xdmf(const StoredResult& result, const std::filesystem::path& result_path,
                 const std::filesystem::path& path, bool overwrite = false);
/// The same with all steps of a time series; `only` limits the fields (empty = all).
void export_series_xdmf(const std::filesystem::path& result_path, const std::filesystem::path& path,
                        const std::vector<std::string>& only = {}, bool overwrite = false);

/// One cell field as a float32 NIfTI-1 image (.nii or .nii.gz) on the image grid, RAS as the format demands; 0 outside
/// the bone. A field of several components becomes a 5-D image with vector intent. Point fields are refused.
void export_nifti(const StoredResult& result, const std::string& field, const std::filesystem::path& path,
                  bool overwrite = false);

/// Cells (voxel i j k, centre x y z, every cell field) or, with `points`, points with every point field. One header
/// line with units; numbers are the shortest text that reads back to the same value.
void export_csv(const StoredResult& result, bool points, const std::filesystem::path& path, bool overwrite = false);

}  // namespace osteon
