// SPDX-License-Identifier: Apache-2.0
// The stiffness operator on one brick in gather form, cut into the pieces that run between two barriers.
//
// A group of k_stiffness_threads threads marches through the brick along z. Thread t < 100 owns the column (t % 10,
// t / 10) of a tile of 10x10 nodes: the brick's 8x8 and one on either side. Step s = 0..10 of every thread:
//   load_tile_plane     displacements of node plane s (local z = s - 1) go to the tile
//   -- barrier --
//   finish_node         the node of plane s - 2 adds its four columns of elements; `finish` takes its force
//   add_element_layer   the elements between planes s - 1 and s; what plane s - 1 received goes to the tile
// The tile has two copies of everything, so one barrier per step is enough. Each node is finished once, by the brick it
// belongs to, and its contributions are added in a fixed order: bit-reproducible without atomics. What is done with the
// force (WriteForce, WriteForceAndDot, SmoothNode) happens in the same thread, so fused work needs no K x in memory.
// The GPU kernel (stiffness_cuda.cu) and the unit test that plays it on the CPU call these same functions.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/stiffness/stiffness_node.hpp"

namespace osteon::kernels {

inline constexpr int k_tile_edge = k_brick_edge + 2;
inline constexpr int k_tile_nodes = k_tile_edge * k_tile_edge;
inline constexpr int k_stiffness_threads = 128;
inline constexpr int k_stiffness_steps = k_tile_edge + 1;

/// Memory shared by the group: 12 kB in fp32, 24 kB in fp64.
template <class Real>
struct StiffnessTile {
  Real displacement[2][3][k_tile_nodes];
  Real force[2][12][k_tile_nodes];  ///< [4 component + corner]: from an element column to its four node columns
};

/// What one thread keeps from step to step. Face modes are sums and differences over a face's four nodes (bit 0 = x, 1
/// = y).
template <class Real>
struct StiffnessColumn {
  std::int32_t brick[3];  ///< owner of the column's nodes in plane 0, planes 1-8, plane 9; -1 = none
  Real below[3][4];       ///< displacement modes of the face below
  Real carried[3][4];     ///< force modes on that face from the elements under it
};

template <class Real>
OSTEON_HD inline void start_column(const BrickGridView& grid, std::int32_t b, int thread,
                                   StiffnessColumn<Real>& column) {
  const int x = thread % k_tile_edge, y = thread / k_tile_edge;
  const int dx = x == 0 ? 0 : x == k_tile_edge - 1 ? 2 : 1;
  const int dy = y == 0 ? 0 : y == k_tile_edge - 1 ? 2 : 1;
  const std::int32_t* near = grid.neighbours + 27 * static_cast<std::size_t>(b) + 3 * dy + dx;
  for (int dz = 0; dz < 3; ++dz) column.brick[dz] = thread < k_tile_nodes ? near[9 * dz] : -1;
  for (int c = 0; c < 3; ++c)
    for (int s = 0; s < 4; ++s) column.below[c][s] = column.carried[c][s] = 0;
}

template <class Real>
OSTEON_HD inline void load_tile_plane(const BrickGridView& grid, int thread, int step, const Real* x,
                                      const StiffnessColumn<Real>& column, StiffnessTile<Real>& tile) {
  if (step >= k_tile_edge || thread >= k_tile_nodes) return;
  const std::int32_t b = step == 0 ? column.brick[0] : step == k_tile_edge - 1 ? column.brick[2] : column.brick[1];
  std::uint32_t node = k_no_node;
  if (b >= 0)
    node = grid.bricks[b].node((thread % k_tile_edge + 7) & 7, (thread / k_tile_edge + 7) & 7, (step + 7) & 7);
  for (int c = 0; c < 3; ++c)
    tile.displacement[step & 1][c][thread] = node != k_no_node ? x[3 * static_cast<std::size_t>(node) + c] : Real(0);
}

/// y = K x
template <class Real>
struct WriteForce {
  Real* y;
  OSTEON_HD void operator()(std::size_t node, const Real force[3]) const {
    for (int c = 0; c < 3; ++c) y[3 * node + c] = force[c];
  }
};

/// y = K x and the thread's share of x . y. x is read again (its plane has left the tile by now); from cache.
template <class Real>
struct WriteForceAndDot {
  const Real* x;
  Real* y;
  double* sum;
  OSTEON_HD void operator()(std::size_t node, const Real force[3]) const {
    for (int c = 0; c < 3; ++c) {
      y[3 * node + c] = force[c];
      *sum += static_cast<double>(x[3 * node + c]) * static_cast<double>(force[c]);
    }
  }
};

template <class Real>
struct SmoothNode {
  FusedStep<Real> step;
  OSTEON_HD void operator()(std::size_t node, const Real force[3]) const { finish_smoother_node(step, node, force); }
};

/// Calls finish(node, force) for the node of plane step - 2 when it is one of the brick's own.
template <class Real, class Finish>
OSTEON_HD inline void finish_node(const BrickGridView& grid, std::int32_t b, int thread, int step,
                                  const StiffnessTile<Real>& tile, const Finish& finish) {
  const int tx = thread % k_tile_edge, ty = thread / k_tile_edge;
  const bool own = step >= 3 && tx >= 1 && tx <= k_brick_edge && ty >= 1 && ty <= k_brick_edge;
  if (!own) return;
  const std::uint32_t node = grid.bricks[b].node(tx - 1, ty - 1, step - 3);
  if (node == k_no_node) return;
  const auto& part = tile.force[(step - 1) & 1];
  Real force[3];
  for (int c = 0; c < 3; ++c)
    force[c] = (part[4 * c][thread] + part[4 * c + 1][thread - 1]) +
               (part[4 * c + 2][thread - k_tile_edge] + part[4 * c + 3][thread - k_tile_edge - 1]);
  finish(static_cast<std::size_t>(node), force);
}

/// Displacement modes of the face whose low corner is the thread's node.
template <class Real>
OSTEON_HD inline void face_modes(const Real displacement[3][k_tile_nodes], int thread, Real modes[3][4]) {
  for (int c = 0; c < 3; ++c) {
    const Real* u = displacement[c] + thread;
    const Real front_sum = u[0] + u[1], front_difference = u[1] - u[0];
    const Real back_sum = u[k_tile_edge] + u[k_tile_edge + 1];
    const Real back_difference = u[k_tile_edge + 1] - u[k_tile_edge];
    modes[c][0] = front_sum + back_sum;
    modes[c][1] = front_difference + back_difference;
    modes[c][2] = back_sum - front_sum;
    modes[c][3] = back_difference - front_difference;
  }
}

/// Number of the element above plane step - 1 in the thread's column, k_no_node when there is none.
template <class Real>
OSTEON_HD inline std::uint32_t column_element(const BrickGridView& grid, int thread, int step,
                                              const StiffnessColumn<Real>& column) {
  const std::int32_t b = step == 1 ? column.brick[0] : column.brick[1];
  if (step == 0 || b < 0) return k_no_node;
  return grid.bricks[b].element((thread % k_tile_edge + 7) & 7, (thread / k_tile_edge + 7) & 7, (step + 6) & 7);
}

template <class Real>
OSTEON_HD inline void add_element_layer(const StiffnessView<Real>& view, int thread, int step,
                                        StiffnessColumn<Real>& column, StiffnessTile<Real>& tile) {
  const int tx = thread % k_tile_edge, ty = thread / k_tile_edge;
  if (step >= k_tile_edge || tx > k_brick_edge || ty > k_brick_edge) return;
  Real above[3][4], f[3][8] = {};
  face_modes(tile.displacement[step & 1], thread, above);
  const std::uint32_t element = column_element(view.grid, thread, step, column);
  if (element != k_no_node) {
    Real m[3][8];
    for (int c = 0; c < 3; ++c)
      for (int s = 0; s < 4; ++s) {
        m[c][s] = column.below[c][s] + above[c][s];
        m[c][s + 4] = above[c][s] - column.below[c][s];
      }
    add_modal_force(view.palette[view.palette_index[element]], static_cast<Real>(view.modulus_mpa[element]), m, f);
  } else {
    for (int c = 0; c < 3; ++c)
      for (int s = 0; s < 8; ++s) f[c][s] = 0;
  }
  for (int c = 0; c < 3; ++c) {
    Real g[4];  // force modes of the lower face, now complete
    for (int s = 0; s < 4; ++s) {
      g[s] = column.carried[c][s] + (f[c][s] - f[c][s + 4]);
      column.carried[c][s] = f[c][s] + f[c][s + 4];
      column.below[c][s] = above[c][s];
    }
    const Real front_sum = g[0] - g[2], front_difference = g[1] - g[3];
    const Real back_sum = g[0] + g[2], back_difference = g[1] + g[3];
    auto& force = tile.force[step & 1];
    force[4 * c][thread] = front_sum - front_difference;
    force[4 * c + 1][thread] = front_sum + front_difference;
    force[4 * c + 2][thread] = back_sum - back_difference;
    force[4 * c + 3][thread] = back_sum + back_difference;
  }
}

}  // namespace osteon::kernels
