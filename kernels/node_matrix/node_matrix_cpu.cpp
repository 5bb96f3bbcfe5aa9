// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu_loop.hpp"
#include "kernels/cpu_sum.hpp"
#include "kernels/node_matrix/node_matrix_body.hpp"

namespace osteon::kernels::cpu {

namespace {

template <class Real>
class NodeMatrixCpu final : public NodeMatrixKernels<Real> {
 public:
  void multiply(Device& device, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y) const override {
    for_each(device, a.rows, NodeMatrixMultiply<Real>{a, columns, x, y});
  }
  void multiply_dot(Device& device, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y,
                    double* result) const override {
    KernelScope scope(device);
    blocked_sums(columns, a.rows, result, NodeMatrixDot<Real>{a, x, y}, [](std::size_t, double sum) { return sum; });
  }
  void smooth(Device& device, const NodeMatrixView<Real>& a, int columns, const NodeStep<Real>& step) const override {
    for_each(device, a.rows, NodeMatrixSmooth<Real>{a, columns, step});
  }
};

}  // namespace

template <class Real>
const NodeMatrixKernels<Real>& node_matrix() {
  static const NodeMatrixCpu<Real> kernels;
  return kernels;
}
template const NodeMatrixKernels<float>& node_matrix();
template const NodeMatrixKernels<double>& node_matrix();

}  // namespace osteon::kernels::cpu
