// SPDX-License-Identifier: Apache-2.0
// The coarse levels of the aggregation multigrid: block-sparse matrices of 6x6 blocks, and the dense coarsest solve.
//
// Blocks are column-major, 36 values; block rows are stored one after another (block CSR). Traffic per block 36 values
// and one index, so the product runs at the speed of memory: 148 B per block in fp32.
#pragma once

#include <cstddef>
#include <cstdint>

#include "osteon/core/device.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

inline constexpr int k_block = 6;
inline constexpr int k_block_values = 36;
/// Values that may be read past the last block (a column is loaded as one vector of eight).
inline constexpr std::size_t k_block_padding = 8;

template <class Real>
struct BlockMatrixView {
  std::uint32_t rows = 0;                     ///< block rows
  const std::int64_t* row_start = nullptr;    ///< rows + 1
  const std::uint32_t* column = nullptr;
  const Real* values = nullptr;               ///< 36 per block + k_block_padding
};

template <class Real>
class CoarseKernels {
 public:
  virtual ~CoarseKernels() = default;
  /// y = s A x + b; b may be null (zero) or y itself. x and y must differ.
  virtual void multiply(Device& device, const BlockMatrixView<Real>& a, const Real* x, double s, const Real* b,
                        Real* y) const = 0;
  /// y = A x with a dense symmetric matrix, n x n
  virtual void dense_multiply(Device& device, std::uint32_t n, const Real* a, const Real* x, Real* y) const = 0;
};

template <class Real>
const CoarseKernels<Real>& coarse_kernels(const Device& device);

namespace cpu {
template <class Real>
const CoarseKernels<Real>& coarse();
}
namespace cuda {
template <class Real>
const CoarseKernels<Real>& coarse();
}

}  // namespace osteon::kernels
