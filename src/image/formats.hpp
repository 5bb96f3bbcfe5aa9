// SPDX-License-Identifier: Apache-2.0
// One reader per file format; read.cpp chooses among them. Each checks sizes against the file before it allocates.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "osteon/image/read.hpp"
#include "voxel_values.hpp"

namespace osteon {

/// A header that was read, and the way to get at the voxels behind it (x fastest).
struct OpenScan {
  ImageInfo info;
  bool has_spacing = true;                     ///< false where the format carries none
  std::function<std::vector<float>()> values;  ///< may be called once
};

OpenScan open_aim(const std::filesystem::path& path);
OpenScan open_isq(const std::filesystem::path& path);
OpenScan open_meta_image(const std::filesystem::path& path);
OpenScan open_npy(const std::filesystem::path& path);
// Through ITK, in a loadable module; each throws InputError saying what to install where that is missing.
OpenScan open_nifti(const std::filesystem::path& path);
OpenScan open_nrrd(const std::filesystem::path& path);
OpenScan open_tiff(const std::filesystem::path& path);
OpenScan open_tiff_stack(const std::vector<std::filesystem::path>& slices);
OpenScan open_dicom_folder(const std::filesystem::path& folder, std::size_t dicom_files);
// Through VTK, likewise.
OpenScan open_vti(const std::filesystem::path& path);

/// Throws InputError when a NIfTI file is truncated, not 3-D, or holds NaN: ITK would hand out zeros in silence.
void check_nifti(const std::filesystem::path& path);
/// Throws InputError when a strip or tile of a TIFF file lies beyond its end.
void check_tiff(const std::filesystem::path& path);
/// Throws InputError when the data of a NRRD file is shorter than its header says (raw encoding), or not 3-D.
void check_nrrd(const std::filesystem::path& path);

void write_meta_image(const std::filesystem::path& path, const VoxelImage& image, ValueType type);
void write_npy(const std::filesystem::path& path, const VoxelImage& image, ValueType type);
/// Values as little-endian numbers of `type`; throws InputError when one does not fit.
std::vector<unsigned char> encode_values(const VoxelImage& image, ValueType type);

}  // namespace osteon
