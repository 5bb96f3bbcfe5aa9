// SPDX-License-Identifier: Apache-2.0
// From a random field to one connected bone of a given volume.
#pragma once

#include <cstdint>
#include <vector>

#include "osteon/core/geometry.hpp"

namespace osteon::synthetic {

/// What a voxel may become; one per voxel, x fastest.
enum class Site : std::uint8_t {
  empty,  ///< never bone
  field,  ///< bone where the field is high
  solid   ///< always bone; connects like bone but is not counted
};

struct Cut {
  std::vector<std::uint8_t> bone;  ///< 1 where the kept part is, `field` and `solid` sites alike
  std::int64_t field_voxels = 0;   ///< kept bone on `field` sites
};

/// Keeps the highest values of `score` on the field sites such that, after dropping everything outside the largest
/// face-connected part, `target` field voxels remain (within 1/2000 of the field sites). Exact ranks, no histogram.
/// The result is off target only when no growth of the largest part can meet it.
Cut cut_connected(const Index3& size, const std::vector<std::int32_t>& score, const std::vector<Site>& sites,
                  std::int64_t target);

/// True when the first and last layer along z both hold bone.
bool spans_z(const Index3& size, const std::vector<std::uint8_t>& bone);

}  // namespace osteon::synthetic
