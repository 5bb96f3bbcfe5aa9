// SPDX-License-Identifier: Apache-2.0
// Linked when CUDA is not compiled in: same symbols, and a sentence instead of kernels.
#include "kernels/assembly/assembly.hpp"
#include "kernels/cells/cells.hpp"
#include "kernels/coarse/coarse.hpp"
#include "kernels/diffusion/diffusion.hpp"
#include "kernels/galerkin/galerkin.hpp"
#include "kernels/node_matrix/node_matrix.hpp"
#include "kernels/plastic/plastic.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/stiffness/stiffness.hpp"
#include "kernels/stimulus/stimulus.hpp"
#include "kernels/transfer/transfer.hpp"
#include "kernels/vector/vector.hpp"
#include "osteon/core/error.hpp"

namespace osteon::kernels::cuda {

namespace {
[[noreturn]] void not_compiled() { throw DeviceError("this build has no CUDA kernels"); }
}  // namespace

template <class Real>
const StiffnessKernels<Real>& stiffness() {
  not_compiled();
}
template <class Real>
const VectorKernels<Real>& vectors() {
  not_compiled();
}
template <class Real>
const SmootherKernels<Real>& smoother() {
  not_compiled();
}
template <class Real>
const TransferKernels<Real>& transfer() {
  not_compiled();
}
template <class Real>
const CoarseKernels<Real>& coarse() {
  not_compiled();
}
template <class Real>
const GalerkinKernels<Real>& galerkin() {
  not_compiled();
}
template <class Real>
const NodeMatrixKernels<Real>& node_matrix() {
  not_compiled();
}

const AssemblyKernels& assembly() { not_compiled(); }
const DiffusionKernels& diffusion() { not_compiled(); }
const StimulusKernels& stimulus() { not_compiled(); }
const CellKernels& cells() { not_compiled(); }
const PlasticKernels& plastic() { not_compiled(); }

#define OSTEON_INSTANTIATE(Real)                      \
  template const StiffnessKernels<Real>& stiffness(); \
  template const VectorKernels<Real>& vectors();      \
  template const SmootherKernels<Real>& smoother();   \
  template const TransferKernels<Real>& transfer();   \
  template const CoarseKernels<Real>& coarse();       \
  template const GalerkinKernels<Real>& galerkin();   \
  template const NodeMatrixKernels<Real>& node_matrix();
OSTEON_INSTANTIATE(float)
OSTEON_INSTANTIATE(double)
#undef OSTEON_INSTANTIATE

}  // namespace osteon::kernels::cuda
