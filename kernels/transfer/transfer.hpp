// SPDX-License-Identifier: Apache-2.0
// Between the nodes of the finest level and the rigid-body modes of their aggregates (tentative prolongator).
//
// Node i of aggregate a moves as the aggregate's six coefficients c say:
//   u_i = M_i [I | -skew(x_i - x_a)] T_a c     (M_i zeroes prescribed components)
// x_i - x_a comes from the node's place inside its aggregation cell, so nothing but two bytes per node is stored; on
// meshes without a grid the arms themselves are (`arm`). The basis T_a (6x6) makes the aggregate's columns orthonormal
// and has zero columns for modes the supports remove. Block vectors: `columns` vectors, one after another, fine and
// coarse alike.
#pragma once

#include <cstddef>
#include <cstdint>

#include "osteon/core/device.hpp"
#include "osteon/core/real.hpp"

namespace osteon::kernels {

/// Place of a node in its cell and its prescribed components, packed in 16 bits: x y z (4 bits each), 3 bits.
struct PackedNode {
  std::uint16_t bits;
  OSTEON_HD int local(int axis) const { return bits >> (4 * axis) & 15; }
  OSTEON_HD bool constrained(int component) const { return bits >> (12 + component) & 1; }
};

inline PackedNode pack_node(int x, int y, int z, int constrained) {
  return {static_cast<std::uint16_t>(x | y << 4 | z << 8 | constrained << 12)};
}

template <class Real>
struct TransferView {
  std::uint32_t node_count = 0;
  std::uint32_t aggregate_count = 0;
  const std::uint32_t* aggregate_of_node = nullptr;  ///< read on the GPU only
  const PackedNode* packed = nullptr;
  const std::uint32_t* aggregate_start = nullptr;  ///< aggregate_count + 1, into aggregate_nodes
  const std::uint32_t* aggregate_nodes = nullptr;  ///< nodes sorted by aggregate
  const Real* centre = nullptr;                    ///< 3 per aggregate: its centre in its cell, in voxels
  const Real* basis = nullptr;                     ///< 36 per aggregate, column-major, T_a
  Real scale[3] = {};                              ///< voxel edge / reference length, per axis
  const Real* arm = nullptr;  ///< meshes without a grid: 3 per node, (x_i - x_a) / reference length; else null

  OSTEON_HD std::size_t fine_start(std::size_t column) const { return column * 3 * node_count; }
  OSTEON_HD std::size_t coarse_start(std::size_t column) const { return column * 6 * aggregate_count; }
};

template <class Real>
class TransferKernels {
 public:
  virtual ~TransferKernels() = default;
  /// coarse (6 per aggregate) = P_t^T fine (3 per node)
  virtual void restrict_to_aggregates(Device& device, const TransferView<Real>& view, int columns, const Real* fine,
                                      Real* coarse) const = 0;
  /// fine = P_t coarse, and sum += fine unless it is null
  virtual void prolong_from_aggregates(Device& device, const TransferView<Real>& view, int columns, const Real* coarse,
                                       Real* fine, Real* sum) const = 0;
};

template <class Real>
const TransferKernels<Real>& transfer_kernels(const Device& device);

namespace cpu {
template <class Real>
const TransferKernels<Real>& transfer();
}
namespace cuda {
template <class Real>
const TransferKernels<Real>& transfer();
}

}  // namespace osteon::kernels
