// SPDX-License-Identifier: Apache-2.0
// The CPU's stiffness operator on a chunk of bricks, compiled once per instruction set (OSTEON_SIMD names the
// namespace).
//
// A brick is marched through along z. Each node plane is expanded into dense rows of eight lanes (node_rows.hpp) and
// turned into the four sums and differences over an element face, once, for the elements below and above it; an element
// row then needs one more butterfly along z on either side of its 45 products. Face forces go the same way back, and
// the rows of a finished plane are added to the compact vector. Rows without elements are never touched.
// Measured (AVX2, Zen 3, one core, fp32, 2026-11): see kernels/README.md.
// No standard containers here: inline library code compiled with these flags must not leak into other files.
#include "kernels/stiffness/stiffness_simd.hpp"

#include "kernels/stiffness/node_rows.hpp"
#include "kernels/stiffness/stiffness_node.hpp"

namespace osteon::kernels::OSTEON_SIMD {

namespace {

constexpr std::uint32_t k_last_column = 0x80;  ///< bit of the element column whose far nodes are the next brick's

/// One node plane of a brick: its rows of elements' faces, [component][face mode: 1, x, y, xy][row of elements].
template <class Real>
struct FacePlane {
  Lanes<Real> mode[3][4][8];
};
/// Sums and differences along x of the nine node rows of a plane.
template <class Real>
struct NodePlane {
  Lanes<Real> sum[3][9], difference[3][9];
};

/// Eight rows of bits, one per y.
OSTEON_ALWAYS_INLINE std::uint32_t row_of(std::uint64_t mask, int y) {
  return static_cast<std::uint32_t>(mask >> (8 * y)) & 0xff;
}
OSTEON_ALWAYS_INLINE std::uint32_t nonempty_rows(std::uint64_t mask) {
  std::uint32_t rows = 0;
  for (int y = 0; y < 8; ++y) rows |= static_cast<std::uint32_t>(row_of(mask, y) != 0) << y;
  return rows;
}
OSTEON_ALWAYS_INLINE std::uint32_t rows_with_last_column(std::uint64_t mask) {
  std::uint32_t rows = 0;
  for (int y = 0; y < 8; ++y) rows |= ((row_of(mask, y) & k_last_column) >> 7) << y;
  return rows;
}

/// Row y (0..8) of node plane z (0..8) as seen from a brick: eight nodes of it (or of the next along y, z).
struct NodeRow {
  std::int32_t brick, right_brick;  ///< owners of the eight nodes and of the ninth; -1 = none
  std::uint32_t bits = 0;           ///< which of the eight exist
  std::uint32_t first = 0;          ///< number of the first of them

  OSTEON_ALWAYS_INLINE NodeRow(const BrickGridView& grid, std::int32_t b, int y, int z) {
    const std::int32_t* near =
        grid.neighbours + 27 * static_cast<std::int64_t>(b) + 9 * (1 + (z >> 3)) + 3 * (1 + (y >> 3));
    brick = near[1];
    right_brick = near[2];
    if (brick < 0) return;
    const Brick& owner = grid.bricks[brick];
    const std::uint64_t mask = owner.node_mask[z & 7];
    const int shift = 8 * (y & 7);
    bits = static_cast<std::uint32_t>(mask >> shift) & 0xff;
    first = owner.node_base[z & 7] +
            static_cast<std::uint32_t>(__builtin_popcountll(mask & ((std::uint64_t{1} << shift) - 1)));
  }
  OSTEON_ALWAYS_INLINE std::uint32_t right(const BrickGridView& grid, int y, int z) const {
    return right_brick < 0 ? k_no_node : grid.bricks[right_brick].node(0, y & 7, z & 7);
  }
};

/// What of a brick counts: all of its elements, or for a ghost those that touch nodes of the chunk.
struct BrickPart {
  std::int32_t brick;
  int first_z = 0, first_y = 0;
};

/// One pass over a chunk: the product, added to `y`.
template <class Real>
class ChunkProduct {
 public:
  using V = Lanes<Real>;

  ChunkProduct(const StiffnessView<Real>& view, const BrickChunk& chunk, const Real* x, Real* y)
      : view_(view),
        grid_(view.grid),
        chunk_(chunk),
        x_(x),
        y_(y),
        readable_(3 * static_cast<std::ptrdiff_t>(view.grid.node_count)),
        writable_(3 * static_cast<std::ptrdiff_t>(node_begin(chunk.last))) {}

  /// First node of brick b; b may be one past the last.
  std::size_t node_begin(std::int32_t b) const {
    return b < grid_.brick_count ? grid_.bricks[b].node_base[0] : grid_.node_count;
  }

  void add_ghosts() {
    for (std::int32_t i = chunk_.ghost_begin; i < chunk_.ghost_end; ++i) {
      const std::int32_t b = view_.ghosts[i];
      const std::int32_t* near = grid_.neighbours + 27 * static_cast<std::int64_t>(b) + 13;
      bool same_layer = false, same_rows = false;  // does the chunk own a neighbour with dz = 0, with dy = 0?
      for (int n = 1; n < 8; ++n) {
        const std::int32_t other = near[9 * (n >> 2) + 3 * (n >> 1 & 1) + (n & 1)];
        if (!owns(other)) continue;
        same_layer |= !(n >> 2);
        same_rows |= !(n >> 1 & 1);
      }
      add_brick({b, same_layer ? 0 : 7, same_rows ? 0 : 7});
    }
  }

  void add_brick(BrickPart part) {
    const Brick& brick = grid_.bricks[part.brick];
    std::uint32_t live = 0, live_last = 0;  // rows of plane z that hold force, and those with force on the ninth node
    std::uint32_t loaded = 0, faces = 0;    // node rows and face rows of plane z that are there
    for (int z = part.first_z; z < 8; ++z) {
      const std::uint64_t mask = brick.element_mask[z] >> (8 * part.first_y) << (8 * part.first_y);
      const std::uint32_t rows = nonempty_rows(mask), last = rows_with_last_column(mask);
      NodePlane<Real>&low = nodes_[z & 1], &high = nodes_[1 - (z & 1)];
      FacePlane<Real>&below = faces_[z & 1], &above = faces_[1 - (z & 1)];
      FacePlane<Real>&force_below = forces_[z & 1], &force_above = forces_[1 - (z & 1)];
      const std::uint32_t node_rows = rows | rows << 1, last_rows = last | last << 1;
      load_rows(part.brick, z, node_rows & ~loaded, last_rows, low);
      load_rows(part.brick, z + 1, node_rows, last_rows, high);
      make_faces(rows & ~faces, low, below);
      make_faces(rows, high, above);
      for (std::uint32_t left = rows; left != 0; left &= left - 1) {
        const int y = __builtin_ctz(left);
        add_element_row(brick, y, z, row_of(mask, y), (live >> y & 1) != 0, below, above, force_below, force_above);
      }
      store_rows(part.brick, z, live | rows, live_last | last, force_below);
      live = rows, live_last = last;
      // A node row whose ninth node was not needed yet is loaded again when it is.
      loaded = node_rows & ~(next_last_rows(brick, part, z) & ~last_rows);
      faces = rows & loaded & loaded >> 1;
    }
    store_rows(part.brick, 8, live, live_last, forces_[0]);
  }

 private:
  bool owns(std::int32_t b) const { return b >= chunk_.first && b < chunk_.last; }

  static std::uint32_t next_last_rows(const Brick& brick, const BrickPart& part, int z) {
    if (z == 7) return 0;
    const std::uint32_t last =
        rows_with_last_column(brick.element_mask[z + 1] >> (8 * part.first_y) << (8 * part.first_y));
    return last | last << 1;
  }

  /// Expands the node rows in `rows` of plane z; the ninth node only where `last_rows` needs it.
  OSTEON_ALWAYS_INLINE void load_rows(std::int32_t b, int z, std::uint32_t rows, std::uint32_t last_rows,
                                      NodePlane<Real>& plane) const {
    for (; rows != 0; rows &= rows - 1) {
      const int y = __builtin_ctz(rows);
      const NodeRow row(grid_, b, y, z);
      const std::ptrdiff_t from = 3 * static_cast<std::ptrdiff_t>(row.first);
      V lanes[3];
      expand_row(x_ + from, row.bits, readable_ - from, lanes);
      const std::uint32_t right = last_rows >> y & 1 ? row.right(grid_, y, z) : k_no_node;
      const Real* ninth = x_ + 3 * static_cast<std::size_t>(right);
      for (int c = 0; c < 3; ++c) {
        const V next = shift_down(lanes[c], right != k_no_node ? ninth[c] : Real(0));
        plane.sum[c][y] = lanes[c] + next;
        plane.difference[c][y] = next - lanes[c];
      }
    }
  }

  OSTEON_ALWAYS_INLINE static void make_faces(std::uint32_t rows, const NodePlane<Real>& nodes,
                                              FacePlane<Real>& faces) {
    for (; rows != 0; rows &= rows - 1) {
      const int y = __builtin_ctz(rows);
      for (int c = 0; c < 3; ++c) {
        faces.mode[c][0][y] = nodes.sum[c][y] + nodes.sum[c][y + 1];
        faces.mode[c][1][y] = nodes.difference[c][y] + nodes.difference[c][y + 1];
        faces.mode[c][2][y] = nodes.sum[c][y + 1] - nodes.sum[c][y];
        faces.mode[c][3][y] = nodes.difference[c][y + 1] - nodes.difference[c][y];
      }
    }
  }

  /// Forces of the elements `bits` of one row. The face above is met here first, so its force is set, not added.
  OSTEON_ALWAYS_INLINE void add_element_row(const Brick& brick, int y, int z, std::uint32_t bits, bool below_is_live,
                                            const FacePlane<Real>& below, const FacePlane<Real>& above,
                                            FacePlane<Real>& force_below, FacePlane<Real>& force_above) const {
    V m[3][8], f[3][8];
    for (int c = 0; c < 3; ++c)
      for (int s = 0; s < 4; ++s) {
        const V low = below.mode[c][s][y], high = above.mode[c][s][y];
        m[c][s] = low + high;
        m[c][s + 4] = high - low;
        f[c][s] = f[c][s + 4] = V::zero();
      }
    add_forces(brick, y, z, bits, m, f);
    for (int c = 0; c < 3; ++c)
      for (int s = 0; s < 4; ++s) {
        const V low = f[c][s] - f[c][s + 4];
        force_below.mode[c][s][y] = below_is_live ? force_below.mode[c][s][y] + low : low;
        force_above.mode[c][s][y] = f[c][s] + f[c][s + 4];
      }
  }

  OSTEON_ALWAYS_INLINE void add_forces(const Brick& brick, int y, int z, std::uint32_t bits, const V m[3][8],
                                       V f[3][8]) const {
    const std::uint64_t before = brick.element_mask[z] & ((std::uint64_t{1} << (8 * y)) - 1);
    const std::uint32_t first = brick.element_base[z] + static_cast<std::uint32_t>(__builtin_popcountll(before));
    alignas(64) Real modulus[8] = {};
    std::uint32_t e = first;
    for (std::uint32_t left = bits; left != 0; left &= left - 1, ++e)
      modulus[__builtin_ctz(left)] = static_cast<Real>(view_.modulus_mpa[e]);
    if (view_.palette_count == 1) {
      add_modal_force(view_.palette[0], V::load(modulus), m, f);
      return;
    }
    for (std::uint32_t left = bits; left != 0;) {  // one pass per palette entry that occurs
      const std::uint8_t entry = view_.palette_index[first + ones_below(bits, __builtin_ctz(left))];
      alignas(64) Real chosen[8] = {};
      for (std::uint32_t rest = left; rest != 0; rest &= rest - 1) {
        const int i = __builtin_ctz(rest);
        if (view_.palette_index[first + ones_below(bits, i)] != entry) continue;
        chosen[i] = modulus[i];
        left &= ~(1u << i);
      }
      add_modal_force(view_.palette[entry], V::load(chosen), m, f);
    }
  }
  static std::uint32_t ones_below(std::uint32_t bits, int i) {
    return static_cast<std::uint32_t>(__builtin_popcount(bits & ((1u << i) - 1u)));
  }

  /// Adds the face forces in `faces` of plane z to the nodes of the chunk.
  OSTEON_ALWAYS_INLINE void store_rows(std::int32_t b, int z, std::uint32_t faces, std::uint32_t last_faces,
                                       const FacePlane<Real>& force) const {
    const std::uint32_t last_rows = last_faces | last_faces << 1;
    for (std::uint32_t rows = faces | faces << 1; rows != 0; rows &= rows - 1) {
      const int y = __builtin_ctz(rows);
      const NodeRow row(grid_, b, y, z);
      const bool has_upper = (faces >> y & 1) != 0, has_lower = y > 0 && (faces >> (y - 1) & 1) != 0;
      V lanes[3], ninth[3];
      for (int c = 0; c < 3; ++c) {
        V sum = V::zero(), difference = V::zero();
        if (has_upper) {
          sum += force.mode[c][0][y] - force.mode[c][2][y];
          difference += force.mode[c][1][y] - force.mode[c][3][y];
        }
        if (has_lower) {
          sum += force.mode[c][0][y - 1] + force.mode[c][2][y - 1];
          difference += force.mode[c][1][y - 1] + force.mode[c][3][y - 1];
        }
        ninth[c] = sum + difference;
        lanes[c] = (sum - difference) + shift_up<Real>(ninth[c]);
      }
      if (owns(row.brick)) {
        const std::ptrdiff_t to = 3 * static_cast<std::ptrdiff_t>(row.first);
        add_row(lanes, row.bits, writable_ - to, y_ + to);
      }
      if ((last_rows >> y & 1) != 0 && owns(row.right_brick)) {
        const std::uint32_t right = row.right(grid_, y, z);
        if (right == k_no_node) continue;
        Real* target = y_ + 3 * static_cast<std::size_t>(right);
        for (int c = 0; c < 3; ++c) target[c] += ninth[c].last();
      }
    }
  }

  const StiffnessView<Real>& view_;
  const BrickGridView& grid_;
  const BrickChunk& chunk_;
  const Real* x_;
  Real* y_;
  const std::ptrdiff_t readable_, writable_;
  NodePlane<Real> nodes_[2];
  FacePlane<Real> faces_[2], forces_[2];
};

/// The product on a chunk; finish(brick, first node, end node) follows each brick, when its nodes are complete.
template <class Real, class Finish>
OSTEON_ALWAYS_INLINE void run_chunk(const StiffnessView<Real>& view, const BrickChunk& chunk, const Real* x, Real* y,
                                    Finish finish) {
  ChunkProduct<Real> product(view, chunk, x, y);
  const std::size_t end = product.node_begin(chunk.last);
  for (std::size_t i = 3 * product.node_begin(chunk.first); i < 3 * end; ++i) y[i] = 0;
  product.add_ghosts();
  for (std::int32_t b = chunk.first; b < chunk.last; ++b) {
    product.add_brick({b});
    finish(b, product.node_begin(b), product.node_begin(b + 1));
  }
}

template <class Real>
void apply(const StiffnessView<Real>& view, const BrickChunk& chunk, const Real* x, Real* y) {
  run_chunk(view, chunk, x, y, [](std::int32_t, std::size_t, std::size_t) {});
}

template <class Real>
void apply_dot(const StiffnessView<Real>& view, const BrickChunk& chunk, const Real* x, Real* y, double* brick_sums) {
  run_chunk(view, chunk, x, y, [=](std::int32_t b, std::size_t begin, std::size_t end) {
    constexpr int k_chains = 8;
    double sums[k_chains] = {};
    std::size_t i = 3 * begin;
    for (; i + k_chains <= 3 * end; i += k_chains)
      for (int c = 0; c < k_chains; ++c) sums[c] += static_cast<double>(x[i + c]) * static_cast<double>(y[i + c]);
    for (int c = 0; i < 3 * end; ++i, ++c) sums[c] += static_cast<double>(x[i]) * static_cast<double>(y[i]);
    brick_sums[b] = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  });
}

#if defined(__AVX2__)
OSTEON_ALWAYS_INLINE __m256 diagonal_lanes(const std::uint16_t* diagonal, int value) {
  const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(diagonal) + value);
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

/// finish_smoother_node for the eight nodes of a diagonal group.
OSTEON_ALWAYS_INLINE void finish_smoother_group(const FusedStep<float>& s, std::size_t node) {
  float* r = s.r + 3 * node;
  float* next = s.next + 3 * node;
  __m256 residual[3], part[3], z[3];
  for (int v = 0; v < 3; ++v) {
    residual[v] = _mm256_sub_ps(_mm256_loadu_ps(r + 8 * v), _mm256_loadu_ps(next + 8 * v));
    _mm256_storeu_ps(r + 8 * v, residual[v]);
  }
  if (s.inverse_diagonal == nullptr) return;
  split_triples(residual[0], residual[1], residual[2], part);
  for (int c = 0; c < 3; ++c)  // node k of component c lies in lane (3 k + c) % 8
    part[c] =
        _mm256_permutevar8x32_ps(part[c], _mm256_setr_epi32(c, 3 + c, 6 + c, 9 + c, 12 + c, 15 + c, 18 + c, 21 + c));
  const std::uint16_t* diagonal = s.inverse_diagonal + k_diagonal_values * node;
  __m256 m[6];
  for (int v = 0; v < 6; ++v) m[v] = diagonal_lanes(diagonal, v);
  z[0] = m[0] * part[0] + m[5] * part[1] + m[4] * part[2];
  z[1] = m[5] * part[0] + m[1] * part[1] + m[3] * part[2];
  z[2] = m[4] * part[0] + m[3] * part[1] + m[2] * part[2];
  for (int c = 0; c < 3; ++c)  // lane l holds node 3 (l - c) % 8
    z[c] = _mm256_permutevar8x32_ps(z[c], _mm256_setr_epi32(3 * (8 - c), 3 * (9 - c), 3 * (10 - c), 3 * (11 - c),
                                                            3 * (12 - c), 3 * (13 - c), 3 * (14 - c), 3 * (15 - c)));
  join_triples(z, part);
  const __m256 a = _mm256_set1_ps(s.a), b = _mm256_set1_ps(s.b);
  for (int v = 0; v < 3; ++v) {
    const __m256 d = a * _mm256_loadu_ps(s.d + 3 * node + 8 * v) + b * part[v];
    _mm256_storeu_ps(next + 8 * v, d);
    float* x = s.x + 3 * node + 8 * v;
    _mm256_storeu_ps(x, _mm256_loadu_ps(x) + d);
  }
}
#endif

/// Nodes [begin, end) of which K d is complete in s.next.
template <class Real>
OSTEON_ALWAYS_INLINE void finish_smoother_nodes(const FusedStep<Real>& s, std::size_t begin, std::size_t end) {
  std::size_t node = begin;
  auto one = [&] {
    const Real kd[3] = {s.next[3 * node], s.next[3 * node + 1], s.next[3 * node + 2]};
    finish_smoother_node(s, node++, kd);
  };
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) {
    while (node < end && node % k_diagonal_group != 0) one();
    for (; node + k_diagonal_group <= end; node += k_diagonal_group) finish_smoother_group(s, node);
  }
#endif
  while (node < end) one();
}

template <class Real>
void smooth(const StiffnessView<Real>& view, const BrickChunk& chunk, const FusedStep<Real>& step) {
  std::size_t done = chunk.first < view.grid.brick_count ? view.grid.bricks[chunk.first].node_base[0] : 0;
  run_chunk(view, chunk, step.d, step.next, [&](std::int32_t b, std::size_t, std::size_t end) {
    // Whole groups; what is left of the last waits for the next brick.
    const std::size_t whole = b + 1 == chunk.last ? end : end / k_diagonal_group * k_diagonal_group;
    if (whole <= done) return;
    finish_smoother_nodes(step, done, whole);
    done = whole;
  });
}

}  // namespace

const StiffnessSimd k_stiffness = {{&apply<float>, &apply_dot<float>, &smooth<float>},
                                   {&apply<double>, &apply_dot<double>, &smooth<double>}};

}  // namespace osteon::kernels::OSTEON_SIMD
