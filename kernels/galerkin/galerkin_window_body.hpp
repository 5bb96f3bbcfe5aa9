// SPDX-License-Identifier: Apache-2.0
// A row of the first coarse matrix from element stiffnesses, in the window of nodes around its aggregate.
//
// Column m of P belongs to mode m of aggregate a. With z = P_t e_(a,m) and S = I - omega D^-1 K,
//   A_1 e_(a,m) = P_t^T S^T K S z = P_t^T (f - omega K D^-1 f),  f = K (z - omega D^-1 K z).
// z lives on the aggregate's nodes, every product with K reaches one node farther, so three nodes around the cell are
// enough: 10^3 nodes for cells of 4^3. No part of P or K is ever in memory. A group of threads takes an aggregate:
//   load_window                                            which nodes and elements are there
//   per mode: clear_window | place_mode | 8 x add_elements | smooth_column | 8 x add_elements | turn_column |
//             8 x add_elements | gather_block for every block of the row
// with a barrier at every bar. Elements of one colour (parity along three axes) share no node, so they add to the
// forces at once, and a node adds its eight elements in the order of the colours whatever thread runs first.
#pragma once

#include "kernels/galerkin/galerkin.hpp"
#include "kernels/transfer/transfer_body.hpp"

namespace osteon::kernels {

inline constexpr int k_window_reach = 3;
inline constexpr int k_window_threads = 128;  ///< the largest colour has 125 elements

/// Memory shared by the group: 44 kB for cells of 4^3.
template <int Edge>
struct GalerkinWindow {
  static constexpr int k_edge = Edge + 2 * k_window_reach;  ///< nodes per axis
  static constexpr int k_nodes = k_edge * k_edge * k_edge;
  static constexpr int k_inner_edge = k_edge - 2;  ///< columns vanish on the outermost layer
  static constexpr int k_inner_nodes = k_inner_edge * k_inner_edge * k_inner_edge;
  static constexpr int k_element_edge = k_edge - 1;
  static constexpr int k_elements = k_element_edge * k_element_edge * k_element_edge;

  double column[3][k_inner_nodes];
  double force[3][k_nodes];
  std::uint32_t node[k_nodes];
  float modulus[k_elements];  ///< 0: no element
  std::uint8_t law[k_elements];

  static OSTEON_HD bool is_inner(int x, int y, int z) {
    return x >= 1 && y >= 1 && z >= 1 && x <= k_inner_edge && y <= k_inner_edge && z <= k_inner_edge;
  }
  static OSTEON_HD int place(int x, int y, int z) { return (z * k_edge + y) * k_edge + x; }
  static OSTEON_HD int inner_place(int x, int y, int z) {
    return ((z - 1) * k_inner_edge + y - 1) * k_inner_edge + x - 1;
  }
};

template <int Edge, class Real>
OSTEON_HD inline void load_window(const FirstMatrixView<Real>& v, std::size_t aggregate, int thread, int threads,
                                  GalerkinWindow<Edge>& w) {
  using Window = GalerkinWindow<Edge>;
  const CellPlace cell = v.cells[aggregate];
  const BrickGridView& grid = v.stiffness.grid;
  const int x0 = cell.corner[0] - k_window_reach, y0 = cell.corner[1] - k_window_reach,
            z0 = cell.corner[2] - k_window_reach;
  for (int i = thread; i < Window::k_nodes; i += threads)
    w.node[i] = grid.node_near(cell.brick, x0 + i % Window::k_edge, y0 + i / Window::k_edge % Window::k_edge,
                               z0 + i / (Window::k_edge * Window::k_edge));
  constexpr int k_row = Window::k_element_edge;
  for (int i = thread; i < Window::k_elements; i += threads) {
    const std::uint32_t e =
        grid.element_near(cell.brick, x0 + i % k_row, y0 + i / k_row % k_row, z0 + i / (k_row * k_row));
    w.modulus[i] = e == k_no_node ? 0.0f : v.stiffness.modulus_mpa[e];
    w.law[i] = e == k_no_node ? std::uint8_t{0} : v.stiffness.palette_index[e];
  }
}

template <int Edge>
OSTEON_HD inline void clear_forces(int thread, int threads, GalerkinWindow<Edge>& w) {
  for (int c = 0; c < 3; ++c)
    for (int i = thread; i < GalerkinWindow<Edge>::k_nodes; i += threads) w.force[c][i] = 0;
}
template <int Edge>
OSTEON_HD inline void clear_window(int thread, int threads, GalerkinWindow<Edge>& w) {
  clear_forces(thread, threads, w);
  for (int c = 0; c < 3; ++c)
    for (int i = thread; i < GalerkinWindow<Edge>::k_inner_nodes; i += threads) w.column[c][i] = 0;
}

/// Displacement of a node in mode `mode` of its aggregate, prescribed components zero.
template <class Real>
OSTEON_HD inline void mode_displacement(const TransferView<Real>& view, std::uint32_t node, std::uint32_t aggregate,
                                        int mode, double u[3]) {
  double arm[3], motion[6];
  for (int d = 0; d < 3; ++d)
    arm[d] = (view.packed[node].local(d) - static_cast<double>(view.centre[3 * std::size_t(aggregate) + d])) *
             static_cast<double>(view.scale[d]);
  for (int i = 0; i < 6; ++i) motion[i] = static_cast<double>(view.basis[36 * std::size_t(aggregate) + 6 * mode + i]);
  rigid_displacement(motion, arm, u);
  for (int c = 0; c < 3; ++c)
    if (view.packed[node].constrained(c)) u[c] = 0;
}

/// z
template <int Edge, class Real>
OSTEON_HD inline void place_mode(const FirstMatrixView<Real>& v, std::size_t aggregate, int mode, int thread,
                                 int threads, GalerkinWindow<Edge>& w) {
  const TransferView<Real>& t = v.transfer;
  const std::uint32_t end = t.aggregate_start[aggregate + 1];
  for (std::uint32_t i = t.aggregate_start[aggregate] + static_cast<std::uint32_t>(thread); i < end;
       i += static_cast<std::uint32_t>(threads)) {
    const std::uint32_t node = t.aggregate_nodes[i];
    const PackedNode packed = t.packed[node];
    double u[3];
    mode_displacement(t, node, static_cast<std::uint32_t>(aggregate), mode, u);
    const int at = GalerkinWindow<Edge>::inner_place(packed.local(0) + k_window_reach, packed.local(1) + k_window_reach,
                                                     packed.local(2) + k_window_reach);
    for (int c = 0; c < 3; ++c) w.column[c][at] = u[c];
  }
}

/// force += scale K_e column for one element, low corner (x, y, z).
template <int Edge>
OSTEON_HD inline void add_element(const Hex8Blocks<double>* palette, double scale, int x, int y, int z,
                                  GalerkinWindow<Edge>& w) {
  using Window = GalerkinWindow<Edge>;
  const int e = (z * Window::k_element_edge + y) * Window::k_element_edge + x;
  if (w.modulus[e] == 0) return;
  double m[3][8], f[3][8] = {};
  OSTEON_UNROLL
  for (int a = 0; a < 8; ++a) {
    const int nx = x + (a & 1), ny = y + (a >> 1 & 1), nz = z + (a >> 2);
    const bool inner = Window::is_inner(nx, ny, nz);
    for (int c = 0; c < 3; ++c) m[c][a] = inner ? w.column[c][Window::inner_place(nx, ny, nz)] : 0.0;
  }
  OSTEON_UNROLL
  for (int c = 0; c < 3; ++c) nodes_to_modes(m[c]);
  add_modal_force(palette[w.law[e]], scale * static_cast<double>(w.modulus[e]), m, f);
  OSTEON_UNROLL
  for (int c = 0; c < 3; ++c) {
    modes_to_nodes(f[c]);
    for (int a = 0; a < 8; ++a) w.force[c][Window::place(x + (a & 1), y + (a >> 1 & 1), z + (a >> 2))] += f[c][a];
  }
}

/// The elements of one colour between node `first` and as many from the far side.
template <int Edge>
OSTEON_HD inline void add_elements(const Hex8Blocks<double>* palette, double scale, int first, int colour, int thread,
                                   int threads, GalerkinWindow<Edge>& w) {
  const int elements = GalerkinWindow<Edge>::k_element_edge - 2 * first;
  const int nx = (elements + 1 - (colour & 1)) / 2, ny = (elements + 1 - (colour >> 1 & 1)) / 2,
            nz = (elements + 1 - (colour >> 2)) / 2;
  for (int i = thread; i < nx * ny * nz; i += threads)
    add_element(palette, scale, first + (colour & 1) + 2 * (i % nx), first + (colour >> 1 & 1) + 2 * (i / nx % ny),
                first + (colour >> 2) + 2 * (i / (nx * ny)), w);
}

/// Calls set(node number, place, inner place) for the inner nodes that exist.
template <int Edge, class Set>
OSTEON_HD inline void each_inner_node(int thread, int threads, const GalerkinWindow<Edge>& w, const Set& set) {
  using Window = GalerkinWindow<Edge>;
  constexpr int k_row = Window::k_inner_edge;
  for (int i = thread; i < Window::k_inner_nodes; i += threads) {
    const int at = Window::place(i % k_row + 1, i / k_row % k_row + 1, i / (k_row * k_row) + 1);
    if (w.node[at] != k_no_node) set(w.node[at], at, i);
  }
}

/// column -= omega D^-1 force, and the force is cleared.
template <int Edge, class Real>
OSTEON_HD inline void smooth_column(const FirstMatrixView<Real>& v, int thread, int threads, GalerkinWindow<Edge>& w) {
  each_inner_node(thread, threads, w, [&](std::uint32_t node, int at, int inner) {
    const double f[3] = {w.force[0][at], w.force[1][at], w.force[2][at]};
    double y[3];
    multiply_node_diagonal(v.inverse_diagonal, node, f, y);
    for (int c = 0; c < 3; ++c) {
      w.column[c][inner] -= v.omega * y[c];
      w.force[c][at] = 0;
    }
  });
}
/// column = D^-1 force
template <int Edge, class Real>
OSTEON_HD inline void turn_column(const FirstMatrixView<Real>& v, int thread, int threads, GalerkinWindow<Edge>& w) {
  each_inner_node(thread, threads, w, [&](std::uint32_t node, int at, int inner) {
    const double f[3] = {w.force[0][at], w.force[1][at], w.force[2][at]};
    double y[3];
    multiply_node_diagonal(v.inverse_diagonal, node, f, y);
    for (int c = 0; c < 3; ++c) w.column[c][inner] = y[c];
  });
}

/// Column `column_mode` of the block in which aggregate b meets the window's force: sum over b's nodes.
template <int Edge, class Real>
OSTEON_HD inline double gather_mode(const FirstMatrixView<Real>& v, const CellPlace& own, std::uint32_t b, int mode,
                                    const GalerkinWindow<Edge>& w) {
  constexpr int k_edge = GalerkinWindow<Edge>::k_edge;
  const TransferView<Real>& t = v.transfer;
  const CellPlace other = v.cells[b];
  int offset[3];
  for (int d = 0; d < 3; ++d)
    offset[d] = k_brick_edge * (v.stiffness.grid.bricks[other.brick].position[d] -
                                v.stiffness.grid.bricks[own.brick].position[d]) +
                other.corner[d] - own.corner[d] + k_window_reach;
  double sum = 0;
  for (std::uint32_t i = t.aggregate_start[b]; i < t.aggregate_start[b + 1]; ++i) {
    const std::uint32_t node = t.aggregate_nodes[i];
    const PackedNode packed = t.packed[node];
    const int x = offset[0] + packed.local(0), y = offset[1] + packed.local(1), z = offset[2] + packed.local(2);
    if (x < 0 || y < 0 || z < 0 || x >= k_edge || y >= k_edge || z >= k_edge) continue;
    double u[3];
    mode_displacement(t, node, b, mode, u);
    const int at = GalerkinWindow<Edge>::place(x, y, z);
    sum += u[0] * w.force[0][at] + u[1] * w.force[1][at] + u[2] * w.force[2][at];
  }
  return sum;
}

/// Row `mode` of every block of the aggregate's row.
template <int Edge, class Real>
OSTEON_HD inline void gather_blocks(const FirstMatrixView<Real>& v, std::size_t aggregate, int mode, int thread,
                                    int threads, const GalerkinWindow<Edge>& w, Real* values) {
  const CellPlace own = v.cells[aggregate];
  const std::int64_t first = v.pattern.start[aggregate];
  const std::int64_t items = k_block * (v.pattern.start[aggregate + 1] - first);
  for (std::int64_t i = thread; i < items; i += threads) {
    const std::int64_t k = first + i / k_block;
    const int j = static_cast<int>(i % k_block);
    values[k_block_values * k + k_block * j + mode] =
        static_cast<Real>(gather_mode<Edge>(v, own, v.pattern.column[k], j, w));
  }
}

/// A group's work on one aggregate. run(phase) lets every thread do phase(thread) and waits for all of them: a barrier
/// on the GPU, a loop over threads in the test that plays it.
template <int Edge, class Real, class Run>
OSTEON_HD inline void compute_row(const FirstMatrixView<Real>& v, std::size_t aggregate, int threads,
                                  GalerkinWindow<Edge>& w, Real* values, const Run& run) {
  const auto multiply = [&](double scale, int first) {
    for (int colour = 0; colour < 8; ++colour)
      run([&](int thread) { add_elements(v.stiffness.palette, scale, first, colour, thread, threads, w); });
  };
  run([&](int thread) { load_window(v, aggregate, thread, threads, w); });
  for (int mode = 0; mode < k_block; ++mode) {
    run([&](int thread) { clear_window(thread, threads, w); });
    run([&](int thread) { place_mode(v, aggregate, mode, thread, threads, w); });
    multiply(1, 2);
    run([&](int thread) { smooth_column(v, thread, threads, w); });
    multiply(1, 1);
    run([&](int thread) { turn_column(v, thread, threads, w); });
    multiply(-v.omega, 0);
    run([&](int thread) { gather_blocks(v, aggregate, mode, thread, threads, w, values); });
  }
}

}  // namespace osteon::kernels
