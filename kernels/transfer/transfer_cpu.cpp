// SPDX-License-Identifier: Apache-2.0
#include "kernels/transfer/transfer_body.hpp"

namespace osteon::kernels::cpu {

namespace {

template <class Real>
class TransferCpu final : public TransferKernels<Real> {
 public:
  void restrict_to_aggregates(Device& device, const TransferView<Real>& view, const Real* fine,
                              Real* coarse) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t a = 0; a < view.aggregate_count; ++a) restrict_aggregate(view, a, fine, coarse);
  }
  void prolong_from_aggregates(Device& device, const TransferView<Real>& view, const Real* coarse, Real* fine,
                               Real* sum) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t a = 0; a < view.aggregate_count; ++a) {
      Real motion[6];
      aggregate_motion(view, a, coarse, motion);
      for (std::uint32_t i = view.aggregate_start[a]; i < view.aggregate_start[a + 1]; ++i)
        move_node(view, view.aggregate_nodes[i], a, motion, fine, sum);
    }
  }
};

}  // namespace

template <class Real>
const TransferKernels<Real>& transfer() {
  static const TransferCpu<Real> kernels;
  return kernels;
}
template const TransferKernels<float>& transfer();
template const TransferKernels<double>& transfer();

}  // namespace osteon::kernels::cpu
