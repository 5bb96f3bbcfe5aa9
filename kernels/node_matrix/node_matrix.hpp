// SPDX-License-Identifier: Apache-2.0
// Products with an assembled stiffness: rows of 3x3 blocks over the nodes of a mesh, both halves stored.
//
// Every row gathers: no atomics, the order of every sum is fixed. Bytes per block: 9 values and a column number (76 in
// fp64, 40 in fp32); rows of tet10 meshes have about 28 blocks. Block vectors: `columns` vectors, one after another; a
// block is read from memory once for all of them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/smoother/smoother_step.hpp"
#include "osteon/core/device.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

inline constexpr int k_node_block = 9;

/// Blocks k = start[row] .. start[row + 1] - 1 of node column[k], 9 values each, row by row.
template <class Real>
struct NodeMatrixView {
  std::uint32_t rows = 0;
  const std::int64_t* start = nullptr;
  const std::uint32_t* column = nullptr;
  const Real* values = nullptr;
};

/// Smoother step round a product; the inverse diagonal as node_diagonal.hpp keeps it.
template <class Real>
using NodeStep = SmootherStep<Real, std::uint16_t>;

template <class Real>
class NodeMatrixKernels {
 public:
  virtual ~NodeMatrixKernels() = default;
  /// y = A x
  virtual void multiply(Device& device, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y) const = 0;
  /// y = A x, result[column] = x . y accumulated in double; `result` in device memory
  virtual void multiply_dot(Device& device, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y,
                            double* result) const = 0;
  /// r -= A d and the step that follows (smoother_step.hpp)
  virtual void smooth(Device& device, const NodeMatrixView<Real>& a, int columns, const NodeStep<Real>& step) const = 0;
};

template <class Real>
const NodeMatrixKernels<Real>& node_matrix_kernels(const Device& device);

namespace cpu {
template <class Real>
const NodeMatrixKernels<Real>& node_matrix();
}
namespace cuda {
template <class Real>
const NodeMatrixKernels<Real>& node_matrix();
}

}  // namespace osteon::kernels
