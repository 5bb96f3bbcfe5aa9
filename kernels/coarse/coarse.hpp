// SPDX-License-Identifier: Apache-2.0
// The coarse levels of the aggregation multigrid: block-sparse matrices of 6x6 blocks, and the dense coarsest solve.
//
// A row of a product is a sum over blocks taken as they are stored and over blocks taken transposed, so one stored set
// of blocks serves a symmetric matrix of which only the upper half is kept, a prolongator, and its transpose. Every row
// gathers: nothing is written twice, and the order of every sum is fixed.
// Blocks are column-major, 36 values. Traffic per block 36 values and one column number (transposed: two numbers).
// Block vectors: `columns` vectors, one after another; a block is read from memory once for all of them. Every column
// gets the digits that it gets alone.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/smoother/smoother_step.hpp"
#include "osteon/core/device.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

inline constexpr int k_block = 6;
inline constexpr int k_block_values = 36;
/// Values that may be read past the last block (a column is loaded as one vector of eight); they must be finite.
inline constexpr std::size_t k_block_padding = 8;

template <class Real>
struct BlockRowsView {
  std::uint32_t rows = 0, inputs = 0;  ///< blocks of six in y and in x
  const Real* values = nullptr;        ///< 36 per block + k_block_padding
  /// As stored: blocks k = start[row] .. start[row + 1], of columns column[k]; null when the view has none.
  const std::int64_t* start = nullptr;
  const std::uint32_t* column = nullptr;
  /// Transposed: entries e = transposed_start[row] .. of block transposed_block[e] and column transposed_column[e].
  const std::int64_t* transposed_start = nullptr;
  const std::uint32_t* transposed_column = nullptr;
  const std::uint32_t* transposed_block = nullptr;
};

/// A coarse level's smoother step, around a product with its matrix.
template <class Real>
using BlockStep = SmootherStep<Real, Real>;

template <class Real>
class CoarseKernels {
 public:
  virtual ~CoarseKernels() = default;
  /// y = A x; with `sum` also sum += y. x, y and sum must differ.
  virtual void multiply(Device& device, const BlockRowsView<Real>& a, int columns, const Real* x, Real* y,
                        Real* sum) const = 0;
  virtual void smooth(Device& device, const BlockRowsView<Real>& a, int columns, const BlockStep<Real>& step) const = 0;
  /// y = A x with a dense symmetric matrix, n x n
  virtual void dense_multiply(Device& device, int columns, std::uint32_t n, const Real* a, const Real* x,
                              Real* y) const = 0;
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
