// SPDX-License-Identifier: Apache-2.0
// The empty image every synthetic bone starts from.
#pragma once

#include "osteon/image/voxel_image.hpp"

namespace osteon::synthetic {

/// All voxels 0. Throws UsageError for a size or spacing that cannot be.
VoxelImage make_empty(const Index3& size, const Vec3& spacing_mm);

}  // namespace osteon::synthetic
