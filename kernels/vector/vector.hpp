// SPDX-License-Identifier: Apache-2.0
// Vector algebra of conjugate gradients and of the multigrid cycle: one pass over memory each.
//
// Block vectors: `columns` vectors of n entries, one after another. Every column is worked on as if it were alone, to
// the last digit.
//
// Sums and the factors made of them stay in device memory: `double*` and `const double*` that are no vectors point to
// one value per column there.
//
// Sums are deterministic: fixed blocks of k_reduction_block entries, then the block sums in order, whatever the number
// of threads. Sums are accumulated in double.
#pragma once

#include <cstddef>
#include <cstdint>

#include "osteon/core/device.hpp"

namespace osteon::kernels {

inline constexpr std::size_t k_reduction_block = 4096;

/// Prescribed degrees of freedom as a list: bit c of bits[i] = component c of nodes[i].
struct ConstraintView {
  const std::uint32_t* nodes = nullptr;
  const std::uint8_t* bits = nullptr;
  std::size_t count = 0;
};

template <class Real>
class VectorKernels {
 public:
  virtual ~VectorKernels() = default;
  /// *result = x . y                                                                    (2 n read)
  virtual void dot(Device& device, int columns, std::size_t n, const Real* x, const Real* y, double* result) const = 0;
  /// y += a x; here and in the next a block vector is a vector of columns n entries     (2 n read, n written)
  virtual void axpy(Device& device, std::size_t n, double a, const Real* x, Real* y) const = 0;
  /// y = x + b y                                                                        (2 n read, n written)
  virtual void xpby(Device& device, std::size_t n, const Real* x, double b, Real* y) const = 0;
  /// x += a p, r -= a q, *rr = r . r with a = *rho / *curvature                         (4 n read, 2 n written)
  /// a = 0 where the curvature is not positive or a not finite: x and r stay, and the caller finds the reason in rho
  /// and curvature.
  virtual void cg_update(Device& device, int columns, std::size_t n, const double* rho, const double* curvature,
                         const Real* p, const Real* q, Real* x, Real* r, double* rr) const = 0;
  /// y = x / s in another precision. Here and below s = sqrt(*squared), and 1 where squared is null or *squared is not
  /// positive.
  virtual void scale_to_float(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                              float* y) const = 0;
  virtual void scale_to_double(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                               double* y) const = 0;
  /// *result = s x . y with y in double                                                 (2 n read)
  virtual void dot_with_double(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                               const double* y, double* result) const = 0;
  /// y = s x + b y with y in double, b = *rho / *rho_before                             (2 n read, n written)
  /// y is not read where rho_before is null
  virtual void add_to_double(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                             const double* rho, const double* rho_before, double* y) const = 0;
  /// y = 0 at the listed degrees of freedom of every column
  virtual void zero_constrained(Device& device, int columns, std::size_t n, const ConstraintView& list,
                                Real* y) const = 0;
};

template <class Real>
const VectorKernels<Real>& vector_kernels(const Device& device);

namespace cpu {
template <class Real>
const VectorKernels<Real>& vectors();
}
namespace cuda {
template <class Real>
const VectorKernels<Real>& vectors();
}

}  // namespace osteon::kernels
