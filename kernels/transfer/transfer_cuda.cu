// SPDX-License-Identifier: Apache-2.0
// Transfer on the GPU: prolongation by one thread per node, restriction by one warp per aggregate with a fixed-order
// sum.
#include "kernels/cuda_launch.hpp"
#include "kernels/transfer/transfer_body.hpp"

namespace osteon::kernels::cuda {

namespace {

template <class Real>
struct Prolong {
  TransferView<Real> view;
  int columns;
  const Real* coarse;
  Real* fine;
  Real* sum;
  OSTEON_HD void operator()(std::size_t node) const {
    for (int c = 0; c < columns; ++c) {
      const std::size_t first = view.fine_start(c);
      prolong_node(view, static_cast<std::uint32_t>(node), coarse + view.coarse_start(c), fine + first,
                   sum != nullptr ? sum + first : nullptr);
    }
  }
};

template <class Real>
__global__ void __launch_bounds__(k_loop_threads)
    restrict_kernel(const __grid_constant__ TransferView<Real> view, int columns, const Real* __restrict__ fine,
                    Real* __restrict__ coarse) {
  const std::uint32_t lane = threadIdx.x % k_warp;
  for (std::size_t a = warp_number(); a < view.aggregate_count; a += warp_count())
    for (int c = 0; c < columns; ++c) {
      Real load[6] = {};
      gather_lane(view, static_cast<std::uint32_t>(a), lane, k_warp, fine + view.fine_start(c), load);
      for (int i = 0; i < 6; ++i) load[i] = warp_sum(load[i]);
      if (lane == 0) finish_restriction(view, static_cast<std::uint32_t>(a), load, coarse + view.coarse_start(c));
    }
}

template <class Real>
class TransferCuda final : public TransferKernels<Real> {
 public:
  void restrict_to_aggregates(Device&, const TransferView<Real>& view, int columns, const Real* fine,
                              Real* coarse) const override {
    if (view.aggregate_count == 0) return;
    restrict_kernel<Real>
        <<<grid_blocks(view.aggregate_count, k_loop_threads / k_warp), k_loop_threads>>>(view, columns, fine, coarse);
    OSTEON_CUDA_LAUNCHED("restrict to aggregates");
  }
  void prolong_from_aggregates(Device&, const TransferView<Real>& view, int columns, const Real* coarse, Real* fine,
                               Real* sum) const override {
    for_each("prolong from aggregates", view.node_count, Prolong<Real>{view, columns, coarse, fine, sum});
  }
};

}  // namespace

template <class Real>
const TransferKernels<Real>& transfer() {
  static const TransferCuda<Real> kernels;
  return kernels;
}
template const TransferKernels<float>& transfer();
template const TransferKernels<double>& transfer();

}  // namespace osteon::kernels::cuda
