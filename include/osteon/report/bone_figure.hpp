// SPDX-License-Identifier: Apache-2.0
// A picture of a whole bone in its test: three slices, cement, supports, load and every choice.
#pragma once

#include <string>

#include "osteon/anatomy/bone_setup.hpp"

namespace osteon {

/// SVG text that needs nothing else (slices are PNG inside). `grey` and `labels` on the grid of the setup. Slices go
/// through the middle of the cement; bone is drawn by its density (black 0, white at its 99th percentile), cement in
/// blue, a loaded surface with arrows, a held one with hatching. Letters say where the patient's sides are.
std::string bone_figure_svg(const BoneSetup& setup, const VoxelImage& grey, const VoxelImage& labels);

}  // namespace osteon
