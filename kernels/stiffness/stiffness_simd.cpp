// SPDX-License-Identifier: Apache-2.0
// The CPU's stiffness operator on one brick, compiled once per instruction set (OSTEON_SIMD names the namespace).
//
// A brick's 9x9 rows of nodes per z-plane are expanded from the compact vectors into dense rows of eight lanes, turned
// into sums and differences along x once, along y once per plane, and along z while marching up: each Walsh-Hadamard
// butterfly is done once per node row instead of once per element. Rows without elements are skipped. Forces go the
// same way back. With AVX-512 and fp32 two rows of elements share a vector.
// No standard containers here: inline library code compiled with these flags must not leak into other files.
#include "kernels/stiffness/stiffness_simd.hpp"

namespace osteon::kernels::OSTEON_SIMD {

namespace {

template <class Real, int Rows>
struct Lanes;
template <>
struct Lanes<double, 1> {
  typedef double vector __attribute__((vector_size(64)));
  typedef double unaligned __attribute__((vector_size(64), aligned(8)));
};
template <>
struct Lanes<float, 1> {
  typedef float vector __attribute__((vector_size(32)));
  typedef float unaligned __attribute__((vector_size(32), aligned(4)));
};
template <>
struct Lanes<float, 2> {
  typedef float vector __attribute__((vector_size(64)));
  typedef float unaligned __attribute__((vector_size(64), aligned(4)));
};

/// Sums (0) and differences (1) along x of the nine node rows of one plane, and the same for forces. Row y holds the
/// eight element columns; one spare row lets a two-row vector end at row 9.
template <class Real>
struct alignas(64) PlaneRows {
  Real value[3][2][10][8];
};

/// Row y (0..8) of node plane z (0..8) of the brick's tile: eight nodes of this brick (or the next along y, z) and the
/// first node of its right neighbour.
struct NodeRow {
  std::uint32_t bits;   ///< which of the eight exist
  std::size_t first;    ///< 3 * number of the first of them
  std::uint32_t right;  ///< the ninth node, k_no_node when absent

  OSTEON_ALWAYS_INLINE NodeRow(const BrickGridView& grid, std::int32_t b, int y, int z)
      : bits(0), first(0), right(k_no_node) {
    const std::int32_t* near =
        grid.neighbours + 27 * static_cast<std::int64_t>(b) + 9 * (1 + (z >> 3)) + 3 * (1 + (y >> 3));
    const int plane = z & 7, shift = 8 * (y & 7);
    if (near[1] >= 0) {
      const Brick& brick = grid.bricks[near[1]];
      const std::uint64_t mask = brick.node_mask[plane];
      bits = static_cast<std::uint32_t>(mask >> shift) & 0xff;
      const int before = __builtin_popcountll(mask & ((std::uint64_t{1} << shift) - 1));
      first = 3 * static_cast<std::size_t>(brick.node_base[plane] + static_cast<std::uint32_t>(before));
    }
    if (near[2] >= 0) right = grid.bricks[near[2]].node(0, y & 7, plane);
  }
  OSTEON_ALWAYS_INLINE bool is_empty() const { return bits == 0 && right == k_no_node; }
};

/// Expands plane z (0..8) of the brick's node tile and takes sums and differences along x.
template <class Real>
OSTEON_ALWAYS_INLINE void load_plane(const BrickGridView& grid, std::int32_t b, int z, const Real* x,
                                     PlaneRows<Real>& rows) {
  for (int y = 0; y < 9; ++y) {
    const NodeRow row(grid, b, y, z);
    Real tile[3][9] = {};
    if (!row.is_empty()) {
      const Real* source = x + row.first;
      for (std::uint32_t bits = row.bits; bits != 0; bits &= bits - 1, source += 3) {
        const int i = __builtin_ctz(bits);
        tile[0][i] = source[0], tile[1][i] = source[1], tile[2][i] = source[2];
      }
      if (row.right != k_no_node)
        for (int c = 0; c < 3; ++c) tile[c][8] = x[3 * static_cast<std::size_t>(row.right) + c];
    }
    for (int c = 0; c < 3; ++c)
      for (int i = 0; i < 8; ++i) {
        rows.value[c][0][y][i] = tile[c][i] + tile[c][i + 1];
        rows.value[c][1][y][i] = tile[c][i + 1] - tile[c][i];
      }
  }
}

/// Undoes load_plane: nodal forces from the row sums, added to y.
template <class Real>
OSTEON_ALWAYS_INLINE void store_plane(const BrickGridView& grid, std::int32_t b, int z, const PlaneRows<Real>& rows,
                                      Real* y_out) {
  for (int y = 0; y < 9; ++y) {
    const NodeRow row(grid, b, y, z);
    if (row.is_empty()) continue;
    Real tile[3][9];
    for (int c = 0; c < 3; ++c) {
      Real low[8], high[8];
      for (int i = 0; i < 8; ++i) {
        low[i] = rows.value[c][0][y][i] - rows.value[c][1][y][i];
        high[i] = rows.value[c][0][y][i] + rows.value[c][1][y][i];
      }
      tile[c][0] = low[0];
      for (int i = 1; i < 8; ++i) tile[c][i] = low[i] + high[i - 1];
      tile[c][8] = high[7];
    }
    Real* target = y_out + row.first;
    for (std::uint32_t bits = row.bits; bits != 0; bits &= bits - 1, target += 3) {
      const int i = __builtin_ctz(bits);
      target[0] += tile[0][i], target[1] += tile[1][i], target[2] += tile[2][i];
    }
    if (row.right != k_no_node)
      for (int c = 0; c < 3; ++c) y_out[3 * static_cast<std::size_t>(row.right) + c] += tile[c][8];
  }
}

/// Moduli of `8 Rows` element columns, and which palette entries occur among them.
template <class Real, int Rows>
struct ElementRow {
  alignas(64) Real modulus[8 * Rows];
  std::uint8_t palette[8 * Rows];
  bool uniform;  ///< one palette entry for all

  OSTEON_ALWAYS_INLINE void load(const StiffnessView<Real>& view, const Brick& brick, int y, int z,
                                 std::uint32_t bits) {
    const std::uint64_t mask = brick.element_mask[z];
    std::uint32_t e = brick.element_base[z] +
                      static_cast<std::uint32_t>(__builtin_popcountll(mask & ((std::uint64_t{1} << (8 * y)) - 1)));
    for (int i = 0; i < 8 * Rows; ++i) modulus[i] = 0;
    const std::uint8_t first = view.palette_index[e];
    uniform = true;
    for (; bits != 0; bits &= bits - 1, ++e) {
      const int i = __builtin_ctz(bits);
      modulus[i] = static_cast<Real>(view.modulus_mpa[e]);
      palette[i] = view.palette_index[e];
      uniform &= palette[i] == first;
    }
  }
};

/// Forces of one row (or two) of elements between two planes.
template <class Real, int Rows>
OSTEON_ALWAYS_INLINE void element_row(const StiffnessView<Real>& view, const Brick& brick, int y, int z,
                                      std::uint32_t bits, const PlaneRows<Real>& below, const PlaneRows<Real>& above,
                                      PlaneRows<Real>& force_below, PlaneRows<Real>& force_above) {
  using V = typename Lanes<Real, Rows>::vector;
  using U = typename Lanes<Real, Rows>::unaligned;
  auto load = [](const Real* p) -> V { return *reinterpret_cast<const U*>(p); };
  auto add = [](Real* p, const V& v) {
    U* target = reinterpret_cast<U*>(p);
    *target = *target + v;
  };
  V m[3][8], f[3][8];
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 2; ++d) {  // d = mode bit of x
      const V low0 = load(below.value[c][d][y]), low1 = load(below.value[c][d][y + 1]);
      const V high0 = load(above.value[c][d][y]), high1 = load(above.value[c][d][y + 1]);
      const V low_sum = low0 + low1, low_difference = low1 - low0;
      const V high_sum = high0 + high1, high_difference = high1 - high0;
      m[c][d] = low_sum + high_sum;
      m[c][d + 4] = high_sum - low_sum;
      m[c][d + 2] = low_difference + high_difference;
      m[c][d + 6] = high_difference - low_difference;
      f[c][d] = f[c][d + 2] = f[c][d + 4] = f[c][d + 6] = V{};
    }
  ElementRow<Real, Rows> row;
  row.load(view, brick, y, z, bits);
  if (row.uniform) {
    add_modal_force(view.palette[row.palette[__builtin_ctz(bits)]], load(row.modulus), m, f);
  } else {
    for (std::uint32_t left = bits; left != 0;) {  // one pass per palette entry that occurs
      const std::uint8_t entry = row.palette[__builtin_ctz(left)];
      alignas(64) Real modulus[8 * Rows] = {};
      for (std::uint32_t rest = left; rest != 0; rest &= rest - 1) {
        const int i = __builtin_ctz(rest);
        if (row.palette[i] != entry) continue;
        modulus[i] = row.modulus[i];
        left &= ~(1u << i);
      }
      add_modal_force(view.palette[entry], load(modulus), m, f);
    }
  }
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 2; ++d) {
      const V low_sum = f[c][d] - f[c][d + 4], high_sum = f[c][d] + f[c][d + 4];
      const V low_difference = f[c][d + 2] - f[c][d + 6], high_difference = f[c][d + 2] + f[c][d + 6];
      add(force_below.value[c][d][y], low_sum - low_difference);
      add(force_below.value[c][d][y + 1], low_sum + low_difference);
      add(force_above.value[c][d][y], high_sum - high_difference);
      add(force_above.value[c][d][y + 1], high_sum + high_difference);
    }
}

template <class Real, int Rows>
void apply_brick(const StiffnessView<Real>& view, std::int32_t b, const Real* x, Real* y) {
  const Brick& brick = view.grid.bricks[b];
  PlaneRows<Real> node_planes[2], force_planes[2];
  bool loaded = false, pending = false;  // node plane z is expanded; force plane z holds something
  for (int z = 0; z < 8; ++z) {
    const std::uint64_t mask = brick.element_mask[z];
    PlaneRows<Real>&below = node_planes[z & 1], &above = node_planes[1 - (z & 1)];
    PlaneRows<Real>&force_below = force_planes[z & 1], &force_above = force_planes[1 - (z & 1)];
    if (mask == 0) {
      if (pending) store_plane(view.grid, b, z, force_below, y);
      loaded = pending = false;
      continue;
    }
    if (!loaded) load_plane(view.grid, b, z, x, below);
    load_plane(view.grid, b, z + 1, x, above);
    if (!pending) force_below = PlaneRows<Real>{};
    force_above = PlaneRows<Real>{};
    for (int row = 0; row < 8; row += Rows) {
      const std::uint32_t bits = static_cast<std::uint32_t>(mask >> (8 * row)) & ((1u << (8 * Rows)) - 1u);
      if (bits != 0) element_row<Real, Rows>(view, brick, row, z, bits, below, above, force_below, force_above);
    }
    store_plane(view.grid, b, z, force_below, y);
    loaded = pending = true;
  }
  if (pending) store_plane(view.grid, b, 8, force_planes[0], y);
}

}  // namespace

#if defined(__AVX512F__)
constexpr int k_rows_f32 = 2;
#else
constexpr int k_rows_f32 = 1;
#endif

const StiffnessSimd k_stiffness = {&apply_brick<float, k_rows_f32>, &apply_brick<double, 1>};

}  // namespace osteon::kernels::OSTEON_SIMD
