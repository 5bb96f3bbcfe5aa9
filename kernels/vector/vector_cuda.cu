// SPDX-License-Identifier: Apache-2.0
// Vector algebra on the GPU. Sums: cuda_sum.hpp.
#include "kernels/cuda_launch.hpp"
#include "kernels/cuda_sum.hpp"
#include "kernels/vector/vector_body.hpp"

namespace osteon::kernels::cuda {

namespace {

template <class Body>
__global__ void __launch_bounds__(k_loop_threads) started_kernel(std::size_t n, const __grid_constant__ Body body) {
  const auto entry = body.started(blockIdx.y);
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * blockDim.x;
  for (std::size_t i = static_cast<std::size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < n; i += stride) entry(i);
}

/// As for_each, for a body that computes factors first: square roots and divisions in fp64 would cost more than the
/// memory if every entry had a thread of its own, so the grid is no larger than it takes to fill a GPU.
template <class Body>
void for_each_started(const char* name, int columns, std::size_t n, const Body& body) {
  if (n == 0) return;
  const dim3 grid(static_cast<unsigned>(sum_blocks(n)), static_cast<unsigned>(columns));
  started_kernel<<<grid, k_loop_threads>>>(n, body);
  OSTEON_CUDA_LAUNCHED(name);
}

template <class Real>
class VectorCuda final : public VectorKernels<Real> {
 public:
  void dot(Device&, int columns, std::size_t n, const Real* x, const Real* y, double* result) const override {
    sum("dot", columns, n, DotTerm<Real>{n, x, y}, nullptr, sum_scratch(group_sums(columns)), result);
  }
  void axpy(Device&, std::size_t n, double a, const Real* x, Real* y) const override {
    for_each("axpy", n, Axpy<Real>{static_cast<Real>(a), x, y});
  }
  void xpby(Device&, std::size_t n, const Real* x, double b, Real* y) const override {
    for_each("xpby", n, Xpby<Real>{x, static_cast<Real>(b), y});
  }
  void cg_update(Device&, int columns, std::size_t n, const double* rho, const double* curvature, const Real* p,
                 const Real* q, Real* x, Real* r, double* rr) const override {
    sum("cg_update", columns, n, CgUpdate<Real>{n, rho, curvature, p, q, x, r}, nullptr,
        sum_scratch(group_sums(columns)), rr);
  }
  void dot_with_double(Device&, int columns, std::size_t n, const double* squared, const Real* x, const double* y,
                       double* result) const override {
    sum("dot", columns, n, DotTerm<Real, double>{n, x, y}, squared, sum_scratch(group_sums(columns)), result);
  }
  void add_to_double(Device&, int columns, std::size_t n, const double* squared, const Real* x, const double* rho,
                     const double* rho_before, double* y) const override {
    for_each_started("add_to_double", columns, n, AddToDouble<Real>{n, squared, x, rho, rho_before, y});
  }
  void scale_to_float(Device&, int columns, std::size_t n, const double* squared, const Real* x,
                      float* y) const override {
    for_each_started("scale_to_float", columns, n, Scale<Real, float>{n, squared, x, y});
  }
  void scale_to_double(Device&, int columns, std::size_t n, const double* squared, const Real* x,
                       double* y) const override {
    for_each_started("scale_to_double", columns, n, Scale<Real, double>{n, squared, x, y});
  }
  void zero_constrained(Device&, int columns, std::size_t n, const ConstraintView& list, Real* y) const override {
    for_each("zero_constrained", list.count, ZeroConstrained<Real>{static_cast<std::size_t>(columns), n, list, y});
  }

 private:
  static std::size_t group_sums(int columns) { return static_cast<std::size_t>(columns) * k_sum_blocks; }
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
