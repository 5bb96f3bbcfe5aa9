// SPDX-License-Identifier: Apache-2.0
// Finding nodes on a voxel mesh: ends, sides and boxes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "osteon/model/load_case.hpp"

namespace osteon {

using NodeList = std::vector<std::uint32_t>;  ///< ascending node numbers

enum class End { low, high };

inline const char* end_name(End end) { return end == End::low ? "low" : "high"; }

/// Nodes of the surface at one end of an axis, by the case's surface rule (SurfaceRule). Throws InputError when there
/// is no bone to hold.
NodeList end_nodes(const VoxelMesh& mesh, const LoadCaseSpec& spec, Axis axis, End end);

/// Nodes on the six faces of the grid's box.
NodeList outer_nodes(const VoxelMesh& mesh);

/// Nodes inside a box x0 x1 y0 y1 z0 z1 in mm, faces included.
NodeList nodes_in_box(const VoxelMesh& mesh, const std::array<double, 6>& box_mm);

/// Nodes of voxels with this label; of an end: those in its outermost plane. Empty when no voxel has it.
NodeList nodes_of_label(const VoxelMesh& mesh, const VoxelImage& labels, int label);
NodeList outermost(const VoxelMesh& mesh, NodeList nodes, Axis axis, End end);

/// From the corner of voxel (0,0,0).
Vec3 node_position_mm(const VoxelMesh& mesh, std::uint32_t node);

}  // namespace osteon
