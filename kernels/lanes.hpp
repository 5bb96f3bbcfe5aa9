// SPDX-License-Identifier: Apache-2.0
// Eight values side by side for the CPU's hot loops, in as many registers as the instruction set needs: left to the
// compiler, vectors wider than a register go through memory. Included only by *_simd.cpp (OSTEON_SIMD is the
// namespace).
#pragma once

#include "osteon/core/real.hpp"

namespace osteon::kernels::OSTEON_SIMD {

#if defined(__AVX512F__)
inline constexpr int k_register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int k_register_bytes = 32;
#else
inline constexpr int k_register_bytes = 16;
#endif

/// A vector of `Bytes` bytes; a member, since a template argument would lose the alignment.
template <class Real, int Bytes>
struct Register {
  typedef Real type __attribute__((vector_size(Bytes)));
};

template <class Real>
struct alignas(8 * sizeof(Real)) Lanes {
  static constexpr int k_bytes = 8 * static_cast<int>(sizeof(Real));
  static constexpr int k_part_bytes = k_bytes < k_register_bytes ? k_bytes : k_register_bytes;
  static constexpr int k_parts = k_bytes / k_part_bytes;
  typename Register<Real, k_part_bytes>::type part[k_parts];

  static OSTEON_ALWAYS_INLINE Lanes zero() { return Lanes{}; }
  /// No alignment is asked of p.
  static OSTEON_ALWAYS_INLINE Lanes load(const Real* p) {
    Lanes v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  OSTEON_ALWAYS_INLINE void store(Real* p) const { __builtin_memcpy(p, this, sizeof *this); }
  OSTEON_ALWAYS_INLINE Real last() const { return part[k_parts - 1][8 / k_parts - 1]; }

  OSTEON_ALWAYS_INLINE Lanes& operator+=(const Lanes& other) {
    for (int i = 0; i < k_parts; ++i) part[i] += other.part[i];
    return *this;
  }
  friend OSTEON_ALWAYS_INLINE Lanes operator+(Lanes a, const Lanes& b) { return a += b; }
  friend OSTEON_ALWAYS_INLINE Lanes operator-(Lanes a, const Lanes& b) {
    for (int i = 0; i < k_parts; ++i) a.part[i] -= b.part[i];
    return a;
  }
  friend OSTEON_ALWAYS_INLINE Lanes operator*(Lanes a, const Lanes& b) {
    for (int i = 0; i < k_parts; ++i) a.part[i] *= b.part[i];
    return a;
  }
  friend OSTEON_ALWAYS_INLINE Lanes operator*(Lanes a, Real b) {
    for (int i = 0; i < k_parts; ++i) a.part[i] *= b;
    return a;
  }
};

}  // namespace osteon::kernels::OSTEON_SIMD
