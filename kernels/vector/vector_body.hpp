// SPDX-License-Identifier: Apache-2.0
// One entry of each vector operation, and the pieces of the two-stage sum, as the GPU loops over them.
#pragma once

#include "kernels/vector/vector.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

/// Shape of every sum: up to k_sum_blocks groups of k_sum_threads. It depends on n alone, so sums are reproducible.
inline constexpr int k_sum_threads = 256;
inline constexpr std::size_t k_sum_blocks = 1024;

inline std::size_t sum_blocks(std::size_t n) {
  const std::size_t blocks = (n + k_sum_threads - 1) / k_sum_threads;
  return blocks < k_sum_blocks ? blocks : k_sum_blocks;
}

/// A thread's share: terms first, first + stride, ...
template <class Term>
OSTEON_HD inline double strided_sum(std::size_t n, std::size_t first, std::size_t stride, const Term& term) {
  double sum = 0;
  for (std::size_t i = first; i < n; i += stride) sum += term(i);
  return sum;
}

/// One round of the tree over a group, between two barriers: `half` = k_sum_threads / 2, ..., 1.
OSTEON_HD inline void fold_sum(double* values, int thread, int half) {
  if (thread < half) values[thread] += values[thread + half];
}

template <class X, class Y = X>
struct DotTerm {
  const X* x;
  const Y* y;
  OSTEON_HD double operator()(std::size_t i) const { return static_cast<double>(x[i]) * static_cast<double>(y[i]); }
};

template <class Real>
struct CgUpdateTerm {
  Real a;
  const Real* p;
  const Real* q;
  Real* x;
  Real* r;
  OSTEON_HD double operator()(std::size_t i) const {
    x[i] += a * p[i];
    const Real residual = r[i] - a * q[i];
    r[i] = residual;
    return static_cast<double>(residual) * static_cast<double>(residual);
  }
};

/// The second stage: the groups' sums themselves.
struct PartialTerm {
  const double* partial;
  OSTEON_HD double operator()(std::size_t i) const { return partial[i]; }
};

template <class Real>
struct Axpy {
  Real a;
  const Real* x;
  Real* y;
  OSTEON_HD void operator()(std::size_t i) const { y[i] += a * x[i]; }
};

template <class Real>
struct Xpby {
  const Real* x;
  Real b;
  Real* y;
  OSTEON_HD void operator()(std::size_t i) const { y[i] = x[i] + b * y[i]; }
};

template <class Real>
struct AddToDouble {
  double s;
  const Real* x;
  double b;
  double* y;
  OSTEON_HD void operator()(std::size_t i) const {
    const double value = s * static_cast<double>(x[i]);
    y[i] = b == 0 ? value : value + b * y[i];
  }
};

template <class From, class To>
struct Scale {
  double s;
  const From* x;
  To* y;
  OSTEON_HD void operator()(std::size_t i) const { y[i] = static_cast<To>(s * static_cast<double>(x[i])); }
};

template <class Real>
struct ZeroConstrained {
  ConstraintView list;
  Real* y;
  OSTEON_HD void operator()(std::size_t i) const {
    for (int c = 0; c < 3; ++c)
      if (list.bits[i] >> c & 1) y[3 * static_cast<std::size_t>(list.nodes[i]) + c] = 0;
  }
};

}  // namespace osteon::kernels
