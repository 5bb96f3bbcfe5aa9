// SPDX-License-Identifier: Apache-2.0
// The brick storage against a naive numbering.
#include "osteon/model/voxel_mesh.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace osteon;

namespace {

std::vector<std::uint8_t> random_mask(Index3 size, double fill, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(size.volume()));
  for (auto& voxel : mask) voxel = static_cast<double>(random() % 1000) < fill * 1000;
  return mask;
}

}  // namespace

TEST_CASE("every active voxel is an element with its eight corner nodes, and nothing else exists") {
  for (const Index3 size : {Index3{1, 1, 1}, Index3{8, 8, 8}, Index3{17, 9, 23}}) {
    const auto mask = random_mask(size, size.x == 1 ? 1.0 : 0.3, 7);
    const VoxelMesh mesh(size, {0.1, 0.2, 0.3}, mask);

    std::set<std::array<int, 3>> corners;
    std::size_t elements = 0;
    for (int z = 0; z < size.z; ++z)
      for (int y = 0; y < size.y; ++y)
        for (int x = 0; x < size.x; ++x) {
          const bool active = mask[(std::size_t(z) * size.y + y) * size.x + x] != 0;
          const std::uint32_t e = mesh.element_at({x, y, z});
          CHECK((e != k_no_node) == active);
          if (!active) continue;
          ++elements;
          CHECK(mesh.element_positions()[e] == Index3{x, y, z});
          std::uint32_t nodes[8];
          mesh.element_nodes(e, nodes);
          for (int a = 0; a < 8; ++a) {
            corners.insert({x + (a & 1), y + (a >> 1 & 1), z + (a >> 2)});
            REQUIRE(nodes[a] != k_no_node);
            CHECK(mesh.node_positions()[nodes[a]] == Index3{x + (a & 1), y + (a >> 1 & 1), z + (a >> 2)});
          }
        }
    CHECK(mesh.element_count() == elements);
    CHECK(mesh.node_count() == corners.size());
  }
}

TEST_CASE("a neighbour's node seen from a brick is the same node") {
  const Index3 size{19, 18, 21};
  const VoxelMesh mesh(size, {1, 1, 1}, random_mask(size, 0.5, 3));
  const BrickGridView view = mesh.view();
  for (std::int32_t b = 0; b < view.brick_count; ++b)
    for (int z = -8; z < 16; z += 5)
      for (int y = -8; y < 16; y += 3)
        for (int x = -8; x < 16; ++x) {
          const auto& p = view.bricks[b].position;
          const Index3 global{8 * p[0] + x, 8 * p[1] + y, 8 * p[2] + z};
          CHECK(view.node_near(b, x, y, z) == mesh.node_at(global));
          CHECK(view.element_near(b, x, y, z) == mesh.element_at(global));
        }
}
