// SPDX-License-Identifier: Apache-2.0
// One entry of each vector operation, the pieces of the two-stage sum as the GPU loops over them, and the factors made
// of values in device memory. `started(column)` is what a thread runs once, before its loop over the entries of a
// column: it reads those values.
#pragma once

#include <cmath>

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

/// s of vector.hpp
OSTEON_HD inline double scale_of(const double* squared, std::size_t column) {
  return squared != nullptr && squared[column] > 0 ? std::sqrt(squared[column]) : 1;
}

/// a of cg_update
OSTEON_HD inline double step_length(double rho, double curvature) {
  const double a = rho / curvature;
  return curvature > 0 && a - a == 0 ? a : 0;  // a - a is 0 for finite a alone
}

/// b of add_to_double
OSTEON_HD inline double direction_factor(const double* rho, const double* rho_before, std::size_t column) {
  return rho_before != nullptr ? rho[column] / rho_before[column] : 0;
}

template <class X, class Y = X>
struct DotTerm {
  std::size_t n;
  const X* x;
  const Y* y;
  OSTEON_HD DotTerm started(std::size_t column) const { return {n, x + column * n, y + column * n}; }
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

template <class Real>
struct CgUpdate {
  std::size_t n;
  const double* rho;
  const double* curvature;
  const Real* p;
  const Real* q;
  Real* x;
  Real* r;
  OSTEON_HD CgUpdateTerm<Real> started(std::size_t column) const {
    const std::size_t first = column * n;
    return {static_cast<Real>(step_length(rho[column], curvature[column])), p + first, q + first, x + first, r + first};
  }
};

/// The second stage: the groups' sums themselves, times a factor.
struct PartialTerm {
  const double* partial;
  double factor;
  OSTEON_HD double operator()(std::size_t i) const { return factor * partial[i]; }
};

struct PartialSums {
  std::size_t groups;  ///< per column
  const double* partial;
  const double* squared_factor;  ///< as `squared` of vector.hpp
  OSTEON_HD PartialTerm started(std::size_t column) const {
    return {partial + column * groups, scale_of(squared_factor, column)};
  }
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
struct AddToDoubleEntry {
  double s;
  const Real* x;
  double b;
  double* y;
  OSTEON_HD void operator()(std::size_t i) const {
    const double value = s * static_cast<double>(x[i]);
    y[i] = b == 0 ? value : value + b * y[i];
  }
};

template <class Real>
struct AddToDouble {
  std::size_t n;
  const double* squared;
  const Real* x;
  const double* rho;
  const double* rho_before;
  double* y;
  OSTEON_HD AddToDoubleEntry<Real> started(std::size_t column) const {
    return {scale_of(squared, column), x + column * n, direction_factor(rho, rho_before, column), y + column * n};
  }
};

template <class From, class To>
struct ScaleEntry {
  double s;
  const From* x;
  To* y;
  OSTEON_HD void operator()(std::size_t i) const { y[i] = static_cast<To>(s * static_cast<double>(x[i])); }
};

template <class From, class To>
struct Scale {
  std::size_t n;
  const double* squared;
  const From* x;
  To* y;
  OSTEON_HD ScaleEntry<From, To> started(std::size_t column) const {
    return {1 / scale_of(squared, column), x + column * n, y + column * n};
  }
};

template <class Real>
struct ZeroConstrained {
  std::size_t columns, n;
  ConstraintView list;
  Real* y;
  OSTEON_HD void operator()(std::size_t i) const {
    for (std::size_t column = 0; column < columns; ++column)
      for (int c = 0; c < 3; ++c)
        if (list.bits[i] >> c & 1) y[column * n + 3 * static_cast<std::size_t>(list.nodes[i]) + c] = 0;
  }
};

}  // namespace osteon::kernels
