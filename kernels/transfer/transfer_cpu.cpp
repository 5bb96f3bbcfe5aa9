// SPDX-License-Identifier: Apache-2.0
#include "kernels/transfer/transfer_body.hpp"

namespace osteon::kernels::cpu {

namespace {

template <class Real>
class TransferCpu final : public TransferKernels<Real> {
 public:
  void restrict_to_aggregates(Device& device, const TransferView<Real>& view, int columns, const Real* fine,
                              Real* coarse) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t a = 0; a < view.aggregate_count; ++a)
      for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c)
        restrict_aggregate(view, a, fine + view.fine_start(c), coarse + view.coarse_start(c));
  }
  void prolong_from_aggregates(Device& device, const TransferView<Real>& view, int columns, const Real* coarse,
                               Real* fine, Real* sum) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t a = 0; a < view.aggregate_count; ++a)
      for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
        const std::size_t first = view.fine_start(c);
        Real motion[6];
        aggregate_motion(view, a, coarse + view.coarse_start(c), motion);
        for (std::uint32_t i = view.aggregate_start[a]; i < view.aggregate_start[a + 1]; ++i)
          move_node(view, view.aggregate_nodes[i], a, motion, fine + first, sum != nullptr ? sum + first : nullptr);
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
