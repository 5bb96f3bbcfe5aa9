// SPDX-License-Identifier: Apache-2.0
// Block-diagonal solves of the Chebyshev smoother of the fourth kind; its further steps are fused with their products
// (kernels/stiffness on the finest level, kernels/coarse below).
//
// Lottes 2023, "Optimal polynomial smoothers for multigrid V-cycles" (Numer. Linear Algebra Appl.,
// doi 10.1002/nla.2518). With B = D^-1 K and lambda >= its largest eigenvalue, from a residual r:
//   d_1 = 4/(3 lambda) D^-1 r,  x += d_1;  then for k = 2..degree:
//   r -= K d_{k-1},  d_k = (2k-3)/(2k+1) d_{k-1} + (8k-4)/((2k+1) lambda) D^-1 r,  x += d_k.
// Block vectors: `columns` vectors, one after another.
// Diagonal blocks: 3x3 on the finest level (node_diagonal.hpp), 6x6 below (36 values, column-major).
#pragma once

#include <cstddef>

#include "kernels/grid/node_diagonal.hpp"
#include "osteon/core/device.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

template <class Real>
class SmootherKernels {
 public:
  virtual ~SmootherKernels() = default;
  /// y = s D^-1 x at every node, written to `copy` too unless it is null; x and y may be the same
  virtual void solve3(Device& device, int columns, std::size_t nodes, const std::uint16_t* inverse_diagonal, double s,
                      const Real* x, Real* y, Real* copy) const = 0;
  /// y = s D^-1 x on blocks of six, and sum += y unless it is null; x and y may be the same
  virtual void solve6(Device& device, int columns, std::size_t blocks, const Real* inverse_diagonal, double s,
                      const Real* x, Real* y, Real* sum) const = 0;
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
