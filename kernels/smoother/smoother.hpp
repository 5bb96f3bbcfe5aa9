// SPDX-License-Identifier: Apache-2.0
// One step of the Chebyshev smoother of the fourth kind with a block-Jacobi diagonal, on the coarse levels; the finest
// level's step is fused with its product (kernels/stiffness).
//
// Lottes 2023, "Optimal polynomial smoothers for multigrid V-cycles" (Numer. Linear Algebra Appl., doi 10.1002/nla.2518).
// With B = D^-1 K and lambda >= its largest eigenvalue, from a residual r:
//   d_1 = 4/(3 lambda) D^-1 r,  x += d_1;  then for k = 2..degree:
//   r -= K d_{k-1},  d_k = (2k-3)/(2k+1) d_{k-1} + (8k-4)/((2k+1) lambda) D^-1 r,  x += d_k.
// Diagonal blocks: 3x3 on the finest level (node_diagonal.hpp), 6x6 below (36 values, column-major).
#pragma once

#include <cstddef>

#include "kernels/grid/node_diagonal.hpp"
#include "osteon/core/device.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

/// What one step does to every block; null pointers switch parts off.
template <class Real>
struct SmootherStep {
  std::size_t blocks = 0;
  const Real* inverse_diagonal = nullptr;  ///< 36 per block
  Real a = 0, b = 0;                       ///< d = a d + b D^-1 r
  const Real* q = nullptr;                 ///< r -= q first, when not null
  Real* r = nullptr;
  Real* d = nullptr;
  Real* x = nullptr;
  bool overwrite_x = false;                ///< x = d instead of x += d
};

template <class Real>
class SmootherKernels {
 public:
  virtual ~SmootherKernels() = default;
  virtual void step6(Device& device, const SmootherStep<Real>& step) const = 0;
  /// y = s D^-1 x at every node; x and y may be the same
  virtual void solve3(Device& device, std::size_t nodes, const std::uint16_t* inverse_diagonal, double s, const Real* x,
                      Real* y) const = 0;
  /// y = D^-1 x on blocks of six; x and y may be the same
  virtual void solve6(Device& device, std::size_t blocks, const Real* inverse_diagonal, const Real* x,
                      Real* y) const = 0;
};

template <class Real>
const SmootherKernels<Real>& smoother_kernels(const Device& device);

namespace cpu {
template <class Real>
const SmootherKernels<Real>& smoother();
}
namespace cuda {
template <class Real>
const SmootherKernels<Real>& smoother();
}

}  // namespace osteon::kernels
