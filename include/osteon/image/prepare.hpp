// SPDX-License-Identifier: Apache-2.0
// From a scan to the voxels that are bone: the steps of the case file's [prepare], in the order given here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "osteon/core/monitor.hpp"
#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// value > above becomes `label`; bands are tried from the highest threshold down.
struct Threshold {
  double above = 0;
  int label = 1;
};

/// Steps run in the order of the fields; an absent one is skipped.
struct PrepareSteps {
  struct Crop {
    Index3 first;  ///< first voxel kept
    Index3 size;   ///< voxels kept
  };
  std::optional<Crop> crop;
  bool to_density = false;                   ///< calibrate to mgHA/cm3 first
  double gaussian_sigma_voxels = 0;          ///< 0 = none; separable, truncated at 4 sigma, edges mirrored
  /// New spacing, kept exactly. The outer faces of the image stay: new size = round(size * old / new), and the first
  /// centre moves by (new - old) / 2.
  std::optional<Vec3> resample_spacing_mm;
  /// New size = round(size * factor), corner samples kept on corners (scipy.ndimage.zoom, grid_mode=False). The spacing
  /// recorded is old / factor, as ciclope and other users of zoom do; the true distance of the samples is
  /// old * (n - 1) / (m - 1), 0.5 % more for 200 -> 100. Use resample_spacing_mm where that matters.
  std::optional<double> resample_factor;
  int resample_spline_order = 1;             ///< 0 nearest, 1 linear, 2, 3 B-spline; labels and masks: always nearest
  std::vector<Threshold> thresholds;         ///< one or two (or more); empty = values are labels already
  std::vector<int> labels;                   ///< labels that are kept; empty = all > 0
  /// Ball; borders mirrored so that cut struts stay cut. A voxel added takes the label of the nearest bone voxel.
  int closing_radius_voxels = 0;
  bool largest_component = true;             ///< keep the largest face-connected part
};

/// What came out, and what was done to it.
struct PreparedImage {
  VoxelImage grey;          ///< after crop, Gaussian and resampling: what density laws read; same grid as labels
  VoxelImage labels;        ///< 0 = not bone
  std::int64_t removed_voxels = 0;     ///< bone voxels outside the largest component
  std::int64_t removed_components = 0;
  std::vector<std::string> history;    ///< one sentence per step, for the log and the report
};

/// Runs the steps. `mask`, when given, must share the grid: its values > 0 limit what can be bone, also after closing
/// (labels come from the mask when no thresholds are given); it is cropped and resampled with the image.
/// Throws InputError when nothing is left, saying after which step; UsageError when the steps make no sense.
PreparedImage prepare_image(VoxelImage image, const VoxelImage* mask, const PrepareSteps& steps, Monitor& monitor);

/// Keeps the largest face-connected part of {label > 0}, the first of equals; voxels and parts that went.
std::pair<std::int64_t, std::int64_t> keep_largest_part(VoxelImage& labels);

}  // namespace osteon
