// SPDX-License-Identifier: Apache-2.0
// Products with an assembled matrix on the GPU: one thread per row.
#include "kernels/cuda_launch.hpp"
#include "kernels/node_matrix/node_matrix_body.hpp"

namespace osteon::kernels::cuda {

namespace {

template <class Real>
class NodeMatrixCuda final : public NodeMatrixKernels<Real> {
 public:
  void multiply(Device&, const NodeMatrixView<Real>& a, int columns, const Real* x, Real* y) const override {
    for_each("node matrix product", a.rows, NodeMatrixMultiply<Real>{a, columns, x, y});
  }
  void smooth(Device&, const NodeMatrixView<Real>& a, int columns, const NodeStep<Real>& step) const override {
    for_each("node matrix smoother", a.rows, NodeMatrixSmooth<Real>{a, columns, step});
  }
};

}  // namespace

template <class Real>
const NodeMatrixKernels<Real>& node_matrix() {
  static const NodeMatrixCuda<Real> kernels;
  return kernels;
}
template const NodeMatrixKernels<float>& node_matrix();
template const NodeMatrixKernels<double>& node_matrix();

}  // namespace osteon::kernels::cuda
