// SPDX-License-Identifier: Apache-2.0
// y = K x for the active voxels of a brick grid, matrix-free.
//
// x, y: 3 per node, [3 node + component], mm and N. Nothing is constrained here.
// Element stiffness = modulus_mpa[e] * palette[palette_index[e]], 45 non-zeros in the Walsh-Hadamard basis (hex8.hpp).
// Bytes moved per node at one element per node: 2 x 3 x sizeof(Real) for x and y, 5 for the element: 53 (fp64), 29 (fp32).
// Deterministic: no atomics, and the order of every sum is fixed by the mesh, not by the number of threads.
#pragma once

#include <cstdint>

#include "kernels/element/hex8.hpp"
#include "kernels/grid/brick_grid.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

/// Everything the operator reads; pointers are device pointers of the device in use.
template <class Real>
struct StiffnessView {
  BrickGridView grid;
  const Hex8Blocks<Real>* palette = nullptr;
  const std::uint8_t* palette_index = nullptr;  ///< per element
  const float* modulus_mpa = nullptr;           ///< per element
  /// CPU only: bricks sorted into 8 colours (parity of the brick position); bricks of one colour share no node.
  const std::int32_t* coloured_bricks = nullptr;
  std::int32_t colour_start[9] = {};
};

template <class Real>
class StiffnessKernels {
 public:
  virtual ~StiffnessKernels() = default;
  virtual void apply(Device& device, const StiffnessView<Real>& view, const Real* x, Real* y) const = 0;
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
