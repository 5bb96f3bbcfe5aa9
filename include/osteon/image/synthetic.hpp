// SPDX-License-Identifier: Apache-2.0
// Bones and benchmark problems made from a seed: the product ships no patient data.
// The voxels depend on the recipe only: not on the machine, the library versions or the number of threads.
#pragma once

#include <cstdint>
#include <string>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// Trabecular bone as a thresholded, band-passed Gaussian random field, largest face-connected part kept.
struct TrabecularRecipe {
  Index3 size = {64, 64, 64};
  double spacing_mm = 0.036;
  bool plate_like = false;             ///< |field| cut (plates) instead of a one-sided cut (rods)
  double bone_volume_fraction = 0.25;  ///< of the bone that is kept, over the whole grid; in (0, 1)
  double period_voxels = 20;           ///< struts or plates follow each other at this distance; >= 4
  double stretch_z = 1.5;              ///< struts are this much longer along z; in [0.1, 10]
  std::uint64_t seed = 1;
};
/// Bone has label 1. Throws UsageError (a value out of range) or InputError (the bone does not connect the two z faces,
/// or the asked volume fraction cannot be met by one connected part).
VoxelImage make_trabecular(const TrabecularRecipe& recipe);

VoxelImage make_block(Index3 size, Vec3 spacing_mm);
/// Beam along x with a solid rectangular section.
VoxelImage make_cantilever(Index3 size, Vec3 spacing_mm);
/// Thick spherical shell (outer radius fills the grid); `inner_fraction` = inner / outer radius, 0 = full sphere.
/// A voxel belongs to the shell when its centre does.
VoxelImage make_hollow_sphere(int size, double spacing_mm, double inner_fraction);
/// Block with a central spherical void; `void_fraction` = diameter of the void / width of the block.
VoxelImage make_block_with_void(int size, double spacing_mm, double void_fraction);
/// Long-bone shaft along z: cortical tube (label 127) around a trabecular core (label 100).
/// The section is an ellipse, 8 % narrower along y.
struct ShaftRecipe {
  Index3 size = {96, 96, 96};
  double spacing_mm = 0.082;
  double outer_fraction = 0.92;        ///< outer diameter / grid width
  double cortex_fraction = 0.18;       ///< cortical thickness / outer radius
  double bone_volume_fraction = 0.22;  ///< of the trabecular core
  double period_voxels = 14;
  std::uint64_t seed = 1;
};
VoxelImage make_shaft(const ShaftRecipe& recipe);

}  // namespace osteon
