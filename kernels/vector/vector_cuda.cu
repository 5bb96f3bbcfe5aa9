// SPDX-License-Identifier: Apache-2.0
// Vector algebra on the GPU. Sums: cuda_sum.hpp.
#include "kernels/cuda_launch.hpp"
#include "kernels/cuda_sum.hpp"
#include "kernels/vector/vector_body.hpp"

namespace osteon::kernels::cuda {

namespace {

template <class Body>
__global__ void __launch_bounds__(k_loop_threads) started_kernel(std::size_t n, const __grid_constant__ Body body) {
  const auto entry = body.started();
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride) entry(i);
}

/// As for_each, for a body that computes factors first: square roots and divisions in fp64 would cost more than the
/// memory if every entry had a thread of its own, so the grid is no larger than it takes to fill a GPU.
template <class Body>
void for_each_started(const char* name, std::size_t n, const Body& body) {
  if (n == 0) return;
  started_kernel<<<static_cast<unsigned>(sum_blocks(n)), k_loop_threads>>>(n, body);
  OSTEON_CUDA_LAUNCHED(name);
}

template <class Real>
class VectorCuda final : public VectorKernels<Real> {
 public:
  void dot(Device&, std::size_t n, const Real* x, const Real* y, double* result) const override {
    sum("dot", n, DotTerm<Real>{x, y}, nullptr, sum_scratch(k_sum_blocks), result);
  }
  void axpy(Device&, std::size_t n, double a, const Real* x, Real* y) const override {
    for_each("axpy", n, Axpy<Real>{static_cast<Real>(a), x, y});
  }
  void xpby(Device&, std::size_t n, const Real* x, double b, Real* y) const override {
    for_each("xpby", n, Xpby<Real>{x, static_cast<Real>(b), y});
  }
  void cg_update(Device&, std::size_t n, const double* rho, const double* curvature, const Real* p, const Real* q,
                 Real* x, Real* r, double* rr) const override {
    sum("cg_update", n, CgUpdate<Real>{rho, curvature, p, q, x, r}, nullptr, sum_scratch(k_sum_blocks), rr);
  }
  void dot_with_double(Device&, std::size_t n, const double* squared, const Real* x, const double* y,
                       double* result) const override {
    sum("dot", n, DotTerm<Real, double>{x, y}, squared, sum_scratch(k_sum_blocks), result);
  }
  void add_to_double(Device&, std::size_t n, const double* squared, const Real* x, const double* rho,
                     const double* rho_before, double* y) const override {
    for_each_started("add_to_double", n, AddToDouble<Real>{squared, x, rho, rho_before, y});
  }
  void scale_to_float(Device&, std::size_t n, const double* squared, const Real* x, float* y) const override {
    for_each_started("scale_to_float", n, Scale<Real, float>{squared, x, y});
  }
  void scale_to_double(Device&, std::size_t n, const double* squared, const Real* x, double* y) const override {
    for_each_started("scale_to_double", n, Scale<Real, double>{squared, x, y});
  }
  void zero_constrained(Device&, const ConstraintView& list, Real* y) const override {
    for_each("zero_constrained", list.count, ZeroConstrained<Real>{list, y});
  }
};

}  // namespace

template <class Real>
const VectorKernels<Real>& vectors() {
  static const VectorCuda<Real> kernels;
  return kernels;
}
template const VectorKernels<float>& vectors();
template const VectorKernels<double>& vectors();

}  // namespace osteon::kernels::cuda
