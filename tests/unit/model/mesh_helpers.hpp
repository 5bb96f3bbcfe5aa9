// SPDX-License-Identifier: Apache-2.0
// Small meshes drawn by a rule, and questions about load cases on them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "osteon/core/error.hpp"
#include "osteon/model/load_case.hpp"
#include "osteon/model/voxel_mesh.hpp"

namespace osteon::test {

inline VoxelMesh make_mesh(Index3 size, Vec3 spacing_mm, const std::function<bool(int, int, int)>& is_bone) {
  std::vector<std::uint8_t> mask;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x) mask.push_back(is_bone(x, y, z) ? 1 : 0);
  return VoxelMesh(size, spacing_mm, mask);
}

inline VoxelMesh make_block_mesh(Index3 size, Vec3 spacing_mm = {1, 1, 1}) {
  return make_mesh(size, spacing_mm, [](int, int, int) { return true; });
}

/// Text of the error that `call` throws as type E; empty when it throws nothing.
template <class E, class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return {};
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline bool is_held(const ResolvedLoadCase& c, std::uint32_t node, int d) { return c.constrained[node] >> d & 1; }
inline double value(const ResolvedLoadCase& c, std::uint32_t node, int d) { return c.prescribed_mm.at(node, d); }

}  // namespace osteon::test
