// SPDX-License-Identifier: Apache-2.0
// CPU: between the compact vectors (3 values per existing node) and dense rows of eight lanes, one per component.
//
// A row of eight node places along x holds n existing nodes, whose 3 n values lie one after another. Value 3 k + c of
// node k belongs in lane (place of the k-th set bit) of component c. Both directions are one permutation per component
// of three vectors of eight: position 3 k + c lies in lane (3 k + c) % 8 of vector (3 k + c) / 8, and for a given
// component every lane is used by at most one k. The same holds for half a row with vectors of four. With AVX2 the
// permutations come from tables (fp32 by rows, fp64 by half rows); elsewhere loops do it.
// Measured (rods 128^3, AVX2, one core): the loops took more than half of the whole operator.
// Included only by *_simd.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels/lanes.hpp"

namespace osteon::kernels::OSTEON_SIMD {

/// By the bits of `Places` node places, as indices of 32-bit lanes (a double takes two, kept together):
/// expand[bits] = 3 * (set bits below the place); compress[bits], l = 0, 1, ... = place of set bit number 3 l % Places,
/// or a place without a node beyond the last (its force is zero), twice over for rotated reads.
template <int Places>
struct RowTables {
  static constexpr int k_words = 8 / Places;
  std::uint8_t expand[1 << Places][8];
  std::uint8_t compress[1 << Places][16];
  constexpr RowTables() : expand(), compress() {
    for (int bits = 0; bits < 1 << Places; ++bits) {
      int place[Places] = {}, count = 0, empty = 0;
      for (int lane = 0; lane < Places; ++lane) {
        for (int word = 0; word < k_words; ++word)
          expand[bits][k_words * lane + word] = static_cast<std::uint8_t>(k_words * 3 * count + word);
        if (bits >> lane & 1)
          place[count++] = lane;
        else
          empty = lane;
      }
      for (int k = count; k < Places; ++k) place[k] = empty;
      for (int l = 0; l < 16; ++l)
        compress[bits][l] = static_cast<std::uint8_t>(k_words * place[3 * (l / k_words) % Places] + l % k_words);
    }
  }
};
inline constexpr RowTables<8> k_rows;
inline constexpr RowTables<4> k_half_rows;

template <class Real>
OSTEON_ALWAYS_INLINE void expand_by_loop(const Real* packed, std::uint32_t bits, Lanes<Real> out[3]) {
  alignas(64) Real tile[3][8] = {};
  for (; bits != 0; bits &= bits - 1, packed += 3) {
    const int i = __builtin_ctz(bits);
    tile[0][i] = packed[0], tile[1][i] = packed[1], tile[2][i] = packed[2];
  }
  for (int c = 0; c < 3; ++c) out[c] = Lanes<Real>::load(tile[c]);
}

template <class Real>
OSTEON_ALWAYS_INLINE void add_by_loop(const Lanes<Real> in[3], std::uint32_t bits, Real* packed) {
  alignas(64) Real tile[3][8];
  for (int c = 0; c < 3; ++c) in[c].store(tile[c]);
  for (; bits != 0; bits &= bits - 1, packed += 3) {
    const int i = __builtin_ctz(bits);
    packed[0] += tile[0][i], packed[1] += tile[1][i], packed[2] += tile[2][i];
  }
}

#if defined(__AVX2__)
/// Component c of eight interleaved triples in three vectors, still in its lanes (3 k + c) % 8.
OSTEON_ALWAYS_INLINE void split_triples(__m256 a, __m256 b, __m256 c, __m256 out[3]) {
  out[0] = _mm256_blend_ps(_mm256_blend_ps(a, b, 0x92), c, 0x24);
  out[1] = _mm256_blend_ps(_mm256_blend_ps(a, b, 0x24), c, 0x49);
  out[2] = _mm256_blend_ps(_mm256_blend_ps(a, b, 0x49), c, 0x92);
}
/// The way back: three components in lanes (3 k + c) % 8 to three vectors of interleaved triples.
OSTEON_ALWAYS_INLINE void join_triples(const __m256 in[3], __m256 out[3]) {
  out[0] = _mm256_blend_ps(_mm256_blend_ps(in[0], in[1], 0x92), in[2], 0x24);
  out[1] = _mm256_blend_ps(_mm256_blend_ps(in[0], in[1], 0x24), in[2], 0x49);
  out[2] = _mm256_blend_ps(_mm256_blend_ps(in[0], in[1], 0x49), in[2], 0x92);
}
OSTEON_ALWAYS_INLINE __m256i bytes_to_lanes(const std::uint8_t* bytes) {
  return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes)));
}
OSTEON_ALWAYS_INLINE __m256 lanes_of(std::uint32_t bits) {
  const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
  return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(static_cast<int>(bits)), bit), bit));
}
#endif

#if defined(__AVX2__)
OSTEON_ALWAYS_INLINE __m256d half_of(const Lanes<double>& v, int half) {
  __m256d part;
  __builtin_memcpy(&part, reinterpret_cast<const char*>(&v) + 32 * half, sizeof part);
  return part;
}
OSTEON_ALWAYS_INLINE Lanes<double> join_halves(__m256d low, __m256d high) {
  Lanes<double> v;
  __builtin_memcpy(&v, &low, sizeof low);
  __builtin_memcpy(reinterpret_cast<char*>(&v) + 32, &high, sizeof high);
  return v;
}
OSTEON_ALWAYS_INLINE __m256d permute_pairs(__m256d v, __m256i pairs) {
  return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(v), pairs));
}

OSTEON_ALWAYS_INLINE void expand_half_row(const double* packed, std::uint32_t bits, __m256d out[3]) {
  const __m256d a = _mm256_loadu_pd(packed), b = _mm256_loadu_pd(packed + 4), c = _mm256_loadu_pd(packed + 8);
  const __m256d part[3] = {_mm256_blend_pd(_mm256_blend_pd(a, b, 0x4), c, 0x2),
                           _mm256_blend_pd(_mm256_blend_pd(a, b, 0x9), c, 0x4),
                           _mm256_blend_pd(_mm256_blend_pd(a, b, 0x2), c, 0x9)};
  const __m256i place = bytes_to_lanes(k_half_rows.expand[bits]), bit = _mm256_setr_epi64x(1, 2, 4, 8);
  const __m256d there = _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(bits), bit), bit));
  for (int i = 0; i < 3; ++i)
    out[i] = _mm256_and_pd(permute_pairs(part[i], _mm256_add_epi32(place, _mm256_set1_epi32(2 * i))), there);
}

OSTEON_ALWAYS_INLINE void add_half_row(const __m256d in[3], std::uint32_t bits, double* packed) {
  __m256d g[3];
  for (int i = 0; i < 3; ++i)
    g[i] = permute_pairs(in[i], bytes_to_lanes(k_half_rows.compress[bits] + 2 * ((4 - i) % 4)));
  const __m256d triples[3] = {_mm256_blend_pd(_mm256_blend_pd(g[0], g[1], 0x2), g[2], 0x4),
                              _mm256_blend_pd(_mm256_blend_pd(g[0], g[1], 0x9), g[2], 0x2),
                              _mm256_blend_pd(_mm256_blend_pd(g[0], g[1], 0x4), g[2], 0x9)};
  const int values = 3 * __builtin_popcount(bits);
  for (int v = 0; v < 3; ++v)
    if (values > 4 * v) _mm256_storeu_pd(packed + 4 * v, _mm256_add_pd(_mm256_loadu_pd(packed + 4 * v), triples[v]));
}
#endif

/// Dense lanes of a row; zero where there is no node. `readable` values may be read from `packed`.
template <class Real>
OSTEON_ALWAYS_INLINE void expand_row(const Real* packed, std::uint32_t bits, std::ptrdiff_t readable,
                                     Lanes<Real> out[3]) {
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) {
    if (readable >= 24) {
      __m256 part[3];
      split_triples(_mm256_loadu_ps(packed), _mm256_loadu_ps(packed + 8), _mm256_loadu_ps(packed + 16), part);
      const __m256i place = bytes_to_lanes(k_rows.expand[bits]);
      const __m256 there = lanes_of(bits);
      for (int c = 0; c < 3; ++c)
        out[c].part[0] =
            _mm256_and_ps(_mm256_permutevar8x32_ps(part[c], _mm256_add_epi32(place, _mm256_set1_epi32(c))), there);
      return;
    }
  } else if (readable >= 24) {
    __m256d low[3], high[3];
    expand_half_row(packed, bits & 0xf, low);
    expand_half_row(packed + 3 * __builtin_popcount(bits & 0xf), bits >> 4, high);
    for (int c = 0; c < 3; ++c) out[c] = join_halves(low[c], high[c]);
    return;
  }
#endif
  (void)readable;
  expand_by_loop(packed, bits, out);
}

/// Adds a row's lanes to the compact vector. Lanes without a node must be zero. `writable` values may be rewritten.
template <class Real>
OSTEON_ALWAYS_INLINE void add_row(const Lanes<Real> in[3], std::uint32_t bits, std::ptrdiff_t writable, Real* packed) {
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) {
    if (writable >= 24) {
      __m256 part[3], triples[3];
      for (int c = 0; c < 3; ++c)
        part[c] = _mm256_permutevar8x32_ps(in[c].part[0], bytes_to_lanes(k_rows.compress[bits] + (8 - c) % 8));
      join_triples(part, triples);
      const int values = 3 * __builtin_popcount(bits);
      _mm256_storeu_ps(packed, _mm256_add_ps(_mm256_loadu_ps(packed), triples[0]));
      if (values > 8) _mm256_storeu_ps(packed + 8, _mm256_add_ps(_mm256_loadu_ps(packed + 8), triples[1]));
      if (values > 16) _mm256_storeu_ps(packed + 16, _mm256_add_ps(_mm256_loadu_ps(packed + 16), triples[2]));
      return;
    }
  } else if (writable >= 24) {
    const __m256d low[3] = {half_of(in[0], 0), half_of(in[1], 0), half_of(in[2], 0)};
    const __m256d high[3] = {half_of(in[0], 1), half_of(in[1], 1), half_of(in[2], 1)};
    add_half_row(low, bits & 0xf, packed);
    add_half_row(high, bits >> 4, packed + 3 * __builtin_popcount(bits & 0xf));
    return;
  }
#endif
  (void)writable;
  add_by_loop(in, bits, packed);
}

/// Lanes moved one place down, `last` in lane 7.
template <class Real>
OSTEON_ALWAYS_INLINE Lanes<Real> shift_down(Lanes<Real> v, Real last) {
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) {
    const __m256 turned = _mm256_permutevar8x32_ps(v.part[0], _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0));
    return {{_mm256_blend_ps(turned, _mm256_set1_ps(last), 0x80)}};
  } else {
    const __m256d low = _mm256_permute4x64_pd(half_of(v, 0), 0x39), high = _mm256_permute4x64_pd(half_of(v, 1), 0x39);
    return join_halves(_mm256_blend_pd(low, high, 0x8), _mm256_blend_pd(high, _mm256_set1_pd(last), 0x8));
  }
#else
  alignas(64) Real row[16];
  v.store(row);
  row[8] = last;
  return Lanes<Real>::load(row + 1);
#endif
}
/// Lanes moved one place up, zero in lane 0.
template <class Real>
OSTEON_ALWAYS_INLINE Lanes<Real> shift_up(Lanes<Real> v) {
#if defined(__AVX2__)
  if constexpr (sizeof(Real) == 4) {
    const __m256 turned = _mm256_permutevar8x32_ps(v.part[0], _mm256_setr_epi32(7, 0, 1, 2, 3, 4, 5, 6));
    return {{_mm256_blend_ps(turned, _mm256_setzero_ps(), 0x01)}};
  } else {
    const __m256d low = _mm256_permute4x64_pd(half_of(v, 0), 0x93), high = _mm256_permute4x64_pd(half_of(v, 1), 0x93);
    return join_halves(_mm256_blend_pd(low, _mm256_setzero_pd(), 0x1), _mm256_blend_pd(high, low, 0x1));
  }
#else
  alignas(64) Real row[16];  // v at row + 8: aligned for either type
  row[7] = 0;
  v.store(row + 8);
  return Lanes<Real>::load(row + 7);
#endif
}

}  // namespace osteon::kernels::OSTEON_SIMD
