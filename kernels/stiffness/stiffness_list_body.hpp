// SPDX-License-Identifier: Apache-2.0
// A second layout of y = K x on the GPU: a list of the active elements of a brick's tile. Not measured on a GPU.
//
// Marching along z (stiffness_body.hpp) gives every column a lane, and at a fill of 35 % most lanes idle. Here a lane
// works on an active element only: the group lists the elements that touch the brick's nodes (729 places: the brick's
// own and one layer below), takes them in rounds of one per thread, leaves their nodal forces in shared memory, and the
// node threads add at most eight of them. Between two barriers run:
//   load_list_tile         displacements of the 10x10x10 nodes around the brick; which elements each row holds
//   count_list_row         how many elements lie before the row in its layer
//   write_list_row         the row's elements go to the list, in the order z, y, x
//   then for each round:
//   add_list_element       24 nodal forces of one element
//   store_list_nodes       each node adds the forces of the round's elements, in the order of the list
// A node whose elements fall into two rounds is written in the first and added to in the second. The order of every sum
// is fixed by the mesh: bit-reproducible without atomics. Every node must have an element, as VoxelMesh's nodes do.
#pragma once

#include "kernels/stiffness/stiffness_body.hpp"

namespace osteon::kernels {

inline constexpr int k_list_edge = k_brick_edge + 1;  ///< rows and layers of elements
inline constexpr int k_list_rows = k_list_edge * k_list_edge;
inline constexpr int k_list_most = k_list_rows * k_list_edge;
inline constexpr int k_list_tile = k_tile_nodes * k_tile_edge;

/// Threads, and elements of a round: as many as leave the shared memory under 48 kB.
template <class Real>
inline constexpr int k_list_threads = sizeof(Real) == 4 ? 128 : 96;

/// Memory shared by the group: 26 kB in fp32, 44 kB in fp64. Places in the tile are x + 10 y + 100 z, shifted by one
/// against the brick's own coordinates; rows of elements are y + 9 z.
template <class Real>
struct StiffnessList {
  Real displacement[3][k_list_tile];     ///< not set where there is no node: no element reads it
  Real force[24][k_list_threads<Real>];  ///< [3 corner + component][element of the round]
  std::uint16_t place[k_list_most];      ///< of the low corner of each element
  std::uint16_t row_bits[k_list_rows];   ///< bit x of the tile
  std::uint16_t row_first[k_list_rows];  ///< list number of the row's first element
  std::uint16_t layer_count[k_list_edge];

  OSTEON_HD int count() const { return row_first[k_list_rows - 1] + popcount64(row_bits[k_list_rows - 1]); }
};

template <class Real>
OSTEON_HD inline void load_list_tile(const BrickGridView& grid, std::int32_t b, int thread, const Real* x,
                                     StiffnessList<Real>& list) {
  if (thread < k_list_rows) {
    const int y = thread % k_list_edge, z = thread / k_list_edge;
    const std::int32_t* near = grid.neighbours + 27 * static_cast<std::size_t>(b) + (z == 0 ? 0 : 9) + (y == 0 ? 0 : 3);
    const auto row = [&](std::int32_t n) {
      return n < 0 ? 0u : static_cast<unsigned>(grid.bricks[n].element_mask[(z + 7) & 7] >> 8 * ((y + 7) & 7)) & 0xffu;
    };
    list.row_bits[thread] = static_cast<std::uint16_t>(row(near[1]) << 1 | row(near[0]) >> 7);
  }
  for (int place = thread; place < k_list_tile; place += k_list_threads<Real>) {
    const std::uint32_t node =
        grid.node_near(b, place % k_tile_edge - 1, place / k_tile_edge % k_tile_edge - 1, place / k_tile_nodes - 1);
    if (node == k_no_node) continue;
    for (int c = 0; c < 3; ++c) list.displacement[c][place] = x[3 * static_cast<std::size_t>(node) + c];
  }
}

template <class Real>
OSTEON_HD inline void count_list_row(int thread, StiffnessList<Real>& list) {
  if (thread >= k_list_rows) return;
  int before = 0;
  for (int row = thread - thread % k_list_edge; row < thread; ++row) before += popcount64(list.row_bits[row]);
  list.row_first[thread] = static_cast<std::uint16_t>(before);
  if (thread % k_list_edge == k_list_edge - 1)
    list.layer_count[thread / k_list_edge] = static_cast<std::uint16_t>(before + popcount64(list.row_bits[thread]));
}

template <class Real>
OSTEON_HD inline void write_list_row(int thread, StiffnessList<Real>& list) {
  if (thread >= k_list_rows) return;
  const int y = thread % k_list_edge, z = thread / k_list_edge;
  int slot = list.row_first[thread];
  for (int layer = 0; layer < z; ++layer) slot += list.layer_count[layer];
  list.row_first[thread] = static_cast<std::uint16_t>(slot);
  for (int x = 0; x < k_list_edge; ++x)
    if (list.row_bits[thread] >> x & 1)
      list.place[slot++] = static_cast<std::uint16_t>(x + k_tile_edge * y + k_tile_nodes * z);
}

template <class Real>
OSTEON_HD inline void add_list_element(const StiffnessView<Real>& view, std::int32_t b, int thread, int first,
                                       StiffnessList<Real>& list) {
  if (first + thread >= list.count()) return;
  const int place = list.place[first + thread];
  const std::uint32_t element = view.grid.element_near(b, place % k_tile_edge - 1,
                                                       place / k_tile_edge % k_tile_edge - 1, place / k_tile_nodes - 1);
  Real m[3][8], f[3][8] = {};
  for (int c = 0; c < 3; ++c) {
    for (int a = 0; a < 8; ++a)
      m[c][a] = list.displacement[c][place + (a & 1) + k_tile_edge * (a >> 1 & 1) + k_tile_nodes * (a >> 2)];
    nodes_to_modes(m[c]);
  }
  add_modal_force(view.palette[view.palette_index[element]], static_cast<Real>(view.modulus_mpa[element]), m, f);
  for (int c = 0; c < 3; ++c) {
    modes_to_nodes(f[c]);
    for (int a = 0; a < 8; ++a) list.force[3 * a + c][thread] = f[c][a];
  }
}

template <class Real>
OSTEON_HD inline void store_list_nodes(const BrickGridView& grid, std::int32_t b, int thread, int first,
                                       const StiffnessList<Real>& list, Real* y) {
  constexpr int k_plane = k_brick_edge * k_brick_edge, k_threads = k_list_threads<Real>;
  const int last = (first + k_threads < list.count() ? first + k_threads : list.count()) - 1;
  const int low = list.place[first] / k_tile_nodes, high = list.place[last] / k_tile_nodes;  // layers of the round
  // Layer l touches the brick's planes l - 1 and l.
  const int begin = k_plane * (low > 0 ? low - 1 : 0), end = k_plane * (high < k_brick_edge ? high + 1 : k_brick_edge);
  for (int i = begin + thread; i < end; i += k_threads) {
    const int nx = i % k_brick_edge, ny = i / k_brick_edge % k_brick_edge, nz = i / k_plane;
    const std::uint32_t node = grid.bricks[b].node(nx, ny, nz);
    if (node == k_no_node) continue;
    Real sum[3] = {};
    bool in_round = false, in_earlier = false;
    for (int q = 0; q < 8; ++q) {  // the node is corner 7 - q of the element
      const int row = k_list_edge * (nz + (q >> 2)) + ny + (q >> 1 & 1), bit = nx + (q & 1);
      const unsigned bits = list.row_bits[row];
      if (!(bits >> bit & 1)) continue;
      const int slot = list.row_first[row] + popcount64(bits & ((1u << bit) - 1));
      if (slot < first) in_earlier = true;
      if (slot < first || slot > last) continue;
      in_round = true;
      for (int c = 0; c < 3; ++c) sum[c] += list.force[3 * (7 - q) + c][slot - first];
    }
    if (!in_round) continue;
    Real* target = y + 3 * static_cast<std::size_t>(node);
    for (int c = 0; c < 3; ++c) target[c] = in_earlier ? target[c] + sum[c] : sum[c];
  }
}

namespace cuda {
/// y = K x by this layout; the grid must have a brick.
template <class Real>
void apply_by_lists(const StiffnessView<Real>& view, int columns, const Real* x, Real* y);
}  // namespace cuda

}  // namespace osteon::kernels
