// SPDX-License-Identifier: Apache-2.0
// A scan or a segmentation: values on a regular grid with its place in patient space.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "osteon/core/geometry.hpp"

namespace osteon {

/// Place of the grid in patient space. ITK/DICOM convention (LPS): position of voxel centre (i,j,k) is
/// origin + direction * (i*spacing_x, j*spacing_y, k*spacing_z), in mm.
struct ImageGeometry {
  Index3 size;                    ///< voxels along x, y, z
  Vec3 spacing_mm = {1, 1, 1};    ///< > 0
  Vec3 origin_mm = {0, 0, 0};     ///< centre of voxel (0,0,0)
  Mat3 direction = k_identity3;   ///< column d = direction of grid axis d
};

/// Scanner calibration as read from the file's own log. Density (mgHA/cm3) = value * slope / mu_scaling + intercept.
struct Calibration {
  double mu_scaling = 0;
  double density_slope = 0;
  double density_intercept = 0;
  std::string density_unit;          ///< as the log says it, e.g. "mg HA/ccm"
  std::optional<double> mu_water;    ///< 1/cm; needed for HU
  std::string source;                ///< where it was read, for the report
};

/// Values of a scan (grey, density) or a segmentation (labels); float holds 8-, 16- and 24-bit integers exactly.
struct VoxelImage {
  ImageGeometry geometry;
  std::vector<float> values;  ///< x fastest, then y, then z; NumPy shape (z, y, x)
  std::optional<Calibration> calibration;
  std::string source;         ///< path it was read from, or the generator's description

  std::size_t index(int x, int y, int z) const {
    return (static_cast<std::size_t>(z) * geometry.size.y + y) * geometry.size.x + x;
  }
  float at(int x, int y, int z) const { return values[index(x, y, z)]; }
};

}  // namespace osteon
