// SPDX-License-Identifier: Apache-2.0
// Scans in and images out.
#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "osteon/core/monitor.hpp"
#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// What a reader found before the voxels are read; `osteon info` prints it.
struct ImageInfo {
  std::string format;      ///< "Scanco AIM 020", "MetaImage", ...
  std::string value_type;  ///< as stored: "int16", "uint8", ...
  ImageGeometry geometry;
  std::optional<Calibration> calibration;
  bool has_spacing = true;  ///< false: neither the file nor the caller gave one, and `geometry` has 1 mm
};

struct ReadOptions {
  /// mm; replaces the file's spacing. TIFF stacks and .npy carry none and need it.
  std::optional<Vec3> spacing_mm;
};

/// Reads one scan. `path` is an .aim .isq .mha .mhd .nii .nii.gz .nrrd .nhdr .vti .npy file, a TIFF file, or a folder
/// holding one DICOM series or one TIFF stack (slices in natural name order). Values are the stored ones
/// (DICOM and NIfTI rescale applied, as ITK does; Scanco native units). Geometry is LPS.
/// Throws InputError: missing, unknown, truncated, wrong dimension, not finite, spacing <= 0, absurd size.
VoxelImage read_image(const std::filesystem::path& path, const ReadOptions& options, Monitor& monitor);

/// Header only, as far as the format allows.
ImageInfo read_image_info(const std::filesystem::path& path, const ReadOptions& options);

/// Turns stored values into mgHA/cm3 by the image's calibration; throws InputError when the image has none. The
/// calibration is used up: it is gone from the image afterwards, so that values are not converted twice.
void calibrate_to_density(VoxelImage& image);

/// Writes .mha (zlib) or .npy by the extension; `value_type` is uint8, int16 or float32 (integers: rounded). Never
/// overwrites, and never leaves half a file. Throws InputError when a value does not fit the type.
void write_image(const std::filesystem::path& path, const VoxelImage& image, const std::string& value_type);

}  // namespace osteon
