// SPDX-License-Identifier: Apache-2.0
// Bone cement between an uneven bone and a flat platen, as specimens are potted in the laboratory.
#pragma once

#include <cstdint>
#include <vector>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

enum class CapEnd { low, high };

struct Cap {
  std::int64_t voxels = 0;
  int plane = 0;           ///< of its outer face, in voxel faces along the axis: nodes at this height are its platen
  int outermost_bone = 0;  ///< layer of the bone that reaches out farthest within the columns
};

/// Fills the columns along `axis` from a plane to their first bone with k_cap_label. The plane lies `thickness_mm`
/// (whole voxels, at least one) outside the bone that reaches out farthest within the columns; those whose first bone
/// lies more than `reach_mm` deeper are no part of the end and stay empty (the waist of a vertebra, seen from above).
/// `columns`: one flag per (b, c) at c * size_b + b, where b and c are the axes after `axis`. Throws InputError when
/// none holds bone or the grid is too small.
Cap add_cap(VoxelImage& labels, Axis axis, CapEnd end, const std::vector<std::uint8_t>& columns, double thickness_mm,
            double reach_mm);

}  // namespace osteon
