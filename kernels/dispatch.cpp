// SPDX-License-Identifier: Apache-2.0
// From a device to its kernels: the only place that knows both backends.
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

namespace osteon::kernels {

namespace {
bool on_gpu(const Device& device) { return device.kind() == DeviceKind::cuda; }
}  // namespace

template <class Real>
const StiffnessKernels<Real>& stiffness_kernels(const Device& device) {
  return on_gpu(device) ? cuda::stiffness<Real>() : cpu::stiffness<Real>();
}
template <class Real>
const VectorKernels<Real>& vector_kernels(const Device& device) {
  return on_gpu(device) ? cuda::vectors<Real>() : cpu::vectors<Real>();
}
template <class Real>
const SmootherKernels<Real>& smoother_kernels(const Device& device) {
  return on_gpu(device) ? cuda::smoother<Real>() : cpu::smoother<Real>();
}
template <class Real>
const TransferKernels<Real>& transfer_kernels(const Device& device) {
  return on_gpu(device) ? cuda::transfer<Real>() : cpu::transfer<Real>();
}
template <class Real>
const CoarseKernels<Real>& coarse_kernels(const Device& device) {
  return on_gpu(device) ? cuda::coarse<Real>() : cpu::coarse<Real>();
}
template <class Real>
const GalerkinKernels<Real>& galerkin_kernels(const Device& device) {
  return on_gpu(device) ? cuda::galerkin<Real>() : cpu::galerkin<Real>();
}
template <class Real>
const NodeMatrixKernels<Real>& node_matrix_kernels(const Device& device) {
  return on_gpu(device) ? cuda::node_matrix<Real>() : cpu::node_matrix<Real>();
}

const AssemblyKernels& assembly_kernels(const Device& device) {
  return on_gpu(device) ? cuda::assembly() : cpu::assembly();
}
const DiffusionKernels& diffusion_kernels(const Device& device) {
  return on_gpu(device) ? cuda::diffusion() : cpu::diffusion();
}
const StimulusKernels& stimulus_kernels(const Device& device) {
  return on_gpu(device) ? cuda::stimulus() : cpu::stimulus();
}
const PlasticKernels& plastic_kernels(const Device& device) {
  return on_gpu(device) ? cuda::plastic() : cpu::plastic();
}
const CellKernels& cell_kernels(const Device& device) { return on_gpu(device) ? cuda::cells() : cpu::cells(); }

#define OSTEON_INSTANTIATE(Real)                                           \
  template const StiffnessKernels<Real>& stiffness_kernels(const Device&); \
  template const VectorKernels<Real>& vector_kernels(const Device&);       \
  template const SmootherKernels<Real>& smoother_kernels(const Device&);   \
  template const TransferKernels<Real>& transfer_kernels(const Device&);   \
  template const CoarseKernels<Real>& coarse_kernels(const Device&);       \
  template const GalerkinKernels<Real>& galerkin_kernels(const Device&);   \
  template const NodeMatrixKernels<Real>& node_matrix_kernels(const Device&);
OSTEON_INSTANTIATE(float)
OSTEON_INSTANTIATE(double)
#undef OSTEON_INSTANTIATE

}  // namespace osteon::kernels
