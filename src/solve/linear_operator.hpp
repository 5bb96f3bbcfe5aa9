// SPDX-License-Identifier: Apache-2.0
// What conjugate gradients ask of a symmetric operator on the nodes of a grid.
#pragma once

#include <cstddef>
#include <cstdint>

#include "osteon/core/device.hpp"

namespace osteon {

/// y = K x, unconstrained, in fp64; device pointers, 3 per node. Products are counted.
class LinearOperator {
 public:
  virtual ~LinearOperator() = default;
  virtual Device& device() const = 0;
  virtual std::uint32_t node_count() const = 0;
  std::size_t dof_count() const { return std::size_t{3} * node_count(); }
  virtual void apply(const double* x, double* y) = 0;
  /// result[column] = x . y as well; `result` in device memory. Block vectors, one product counted for all columns.
  virtual void apply_dot(int columns, const double* x, double* y, double* result) = 0;
  virtual std::int64_t applications() const = 0;
};

}  // namespace osteon
