// SPDX-License-Identifier: Apache-2.0
// Sites: the voxels of a mesh in which cells live and tissue changes, numbered in mesh order, with their face
// neighbours. Everything biological is stored per site, field after field: value of field f at site s = [f * count +
// s]. Memory: 32 B per site.
#pragma once

#include <cstddef>
#include <cstdint>

#include "osteon/core/real.hpp"

namespace osteon {

inline constexpr int k_site_faces = 6;      ///< -x +x -y +y -z +z
inline constexpr std::int32_t k_wall = -1;  ///< a face nothing passes
inline constexpr int k_most_surfaces = 16;  ///< different surfaces sites may touch
/// Code of a face on surface `number`; what happens there is up to each field.
OSTEON_HD inline constexpr std::int32_t surface_face(int number) { return -2 - number; }
OSTEON_HD inline constexpr int surface_of(std::int32_t face) { return -2 - face; }

struct SiteGridView {
  std::uint32_t count = 0;
  const std::int32_t* neighbours = nullptr;  ///< [face * count + site]: a site, k_wall or surface_face()
  const std::uint32_t* element = nullptr;    ///< of the mesh, per site
  const std::uint32_t* place = nullptr;      ///< 512 * brick + 64 z + 8 y + x, per site
};

}  // namespace osteon
