// SPDX-License-Identifier: Apache-2.0
// y = K x for the active voxels of a brick grid, matrix-free, alone or fused with what follows it.
//
// x, y: 3 per node, [3 node + component], mm and N. Nothing is constrained here.
// Element stiffness = modulus_mpa[e] * palette[palette_index[e]], 45 non-zeros in the Walsh-Hadamard basis (hex8.hpp).
// Bytes per node at one element per node: 2 x 3 x sizeof(Real) for x and y, 5 for the element: 53 (fp64), 29 (fp32);
// a smoother step in fp32 moves 101 (d, next d, r and x read and written, D^-1 read) where product and step apart move
// 137.
// Block vectors: `columns` vectors of 3 node_count entries, one after another; every column gets the digits it gets
// alone.
// Deterministic: no atomics, and the order of every sum is fixed by the mesh, not by the number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/element/hex8.hpp"
#include "kernels/grid/brick_grid.hpp"
#include "kernels/grid/node_diagonal.hpp"
#include "kernels/smoother/smoother_step.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

/// CPU: a run of bricks that one thread works through in storage order. In Morton order the seven lower neighbours of a
/// brick come before it, so once a brick is done its nodes have received every contribution. Lower neighbours that
/// belong to earlier chunks are computed again, for the nodes of this chunk only: no two threads write the same node,
/// and every node adds its contributions in the order of the bricks, however many chunks there are.
struct BrickChunk {
  std::int32_t first = 0, last = 0;             ///< bricks [first, last)
  std::int32_t ghost_begin = 0, ghost_end = 0;  ///< range in the list of ghosts: bricks before `first`, ascending
};
struct BrickChunks {
  std::vector<BrickChunk> chunks;
  std::vector<std::int32_t> ghosts;
};
/// Cuts the grid (host view) into `count` chunks of about equal work. Bricks must be in Morton order.
BrickChunks cut_into_chunks(const BrickGridView& grid, int count);

/// Everything the operator reads; pointers are device pointers of the device in use.
template <class Real>
struct StiffnessView {
  BrickGridView grid;
  const Hex8Blocks<Real>* palette = nullptr;
  std::int32_t palette_count = 0;
  const std::uint8_t* palette_index = nullptr;  ///< per element
  const float* modulus_mpa = nullptr;           ///< per element
  const BrickChunk* chunks = nullptr;           ///< CPU only
  const std::int32_t* ghosts = nullptr;         ///< CPU only
  std::int32_t chunk_count = 0;                 ///< CPU only

  OSTEON_HD std::size_t column_start(std::size_t column) const { return column * 3 * grid.node_count; }
};

/// The finest level's smoother step, around a product with K.
template <class Real>
using FusedStep = SmootherStep<Real, std::uint16_t>;

template <class Real>
class StiffnessKernels {
 public:
  virtual ~StiffnessKernels() = default;
  /// y = K x
  virtual void apply(Device& device, const StiffnessView<Real>& view, int columns, const Real* x, Real* y) const = 0;
  /// y = K x, result[column] = x . y accumulated in double; `result` in device memory
  virtual void apply_dot(Device& device, const StiffnessView<Real>& view, int columns, const Real* x, Real* y,
                         double* result) const = 0;
  virtual void smooth(Device& device, const StiffnessView<Real>& view, int columns,
                      const FusedStep<Real>& step) const = 0;
};

/// The family for a device. Throws DeviceError when the backend is not compiled in.
template <class Real>
const StiffnessKernels<Real>& stiffness_kernels(const Device& device);

namespace cpu {
template <class Real>
const StiffnessKernels<Real>& stiffness();
}
namespace cuda {
template <class Real>
const StiffnessKernels<Real>& stiffness();
}

}  // namespace osteon::kernels
