// SPDX-License-Identifier: Apache-2.0
// Vector algebra on the GPU. Sums have a fixed shape in two stages (vector_body.hpp): the same digits on every GPU.
#include <mutex>

#include "kernels/cuda_launch.hpp"
#include "kernels/vector/vector_body.hpp"

namespace osteon::kernels::cuda {

namespace {

/// Sums of the groups, and the whole sum behind them. Osteon drives one GPU; `sum_in_use` serialises its host threads.
__device__ double group_sums[k_sum_blocks + 1];
std::mutex sum_in_use;

/// Every group leaves its sum in group_sums[first + its number].
template <class Term>
__global__ void __launch_bounds__(k_sum_threads)
    sum_kernel(std::size_t n, const __grid_constant__ Term term, std::size_t first) {
  __shared__ double values[k_sum_threads];
  const int thread = static_cast<int>(threadIdx.x);
  values[thread] = strided_sum(n, static_cast<std::size_t>(blockIdx.x) * k_sum_threads + threadIdx.x,
                               static_cast<std::size_t>(gridDim.x) * k_sum_threads, term);
  for (int half = k_sum_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    fold_sum(values, thread, half);
  }
  if (thread == 0) group_sums[first + blockIdx.x] = values[0];
}

/// Sum of term(i) over i < n, on the host. Waits for the GPU.
template <class Term>
double sum(const char* name, std::size_t n, const Term& term) {
  if (n == 0) return 0;
  const std::lock_guard<std::mutex> lock(sum_in_use);
  void* address = nullptr;
  OSTEON_CUDA_CHECK(cudaGetSymbolAddress(&address, group_sums));
  const std::size_t blocks = sum_blocks(n);
  sum_kernel<<<static_cast<unsigned>(blocks), k_sum_threads>>>(n, term, std::size_t{0});
  OSTEON_CUDA_LAUNCHED(name);
  sum_kernel<<<1, k_sum_threads>>>(blocks, PartialTerm{static_cast<const double*>(address)}, k_sum_blocks);
  OSTEON_CUDA_LAUNCHED(name);
  double result = 0;
  OSTEON_CUDA_CHECK(
      cudaMemcpy(&result, static_cast<const double*>(address) + k_sum_blocks, sizeof result, cudaMemcpyDeviceToHost));
  return result;
}

template <class Real>
class VectorCuda final : public VectorKernels<Real> {
 public:
  double dot(Device&, std::size_t n, const Real* x, const Real* y) const override {
    return sum("dot", n, DotTerm<Real>{x, y});
  }
  void axpy(Device&, std::size_t n, double a, const Real* x, Real* y) const override {
    for_each("axpy", n, Axpy<Real>{static_cast<Real>(a), x, y});
  }
  void xpby(Device&, std::size_t n, const Real* x, double b, Real* y) const override {
    for_each("xpby", n, Xpby<Real>{x, static_cast<Real>(b), y});
  }
  double cg_update(Device&, std::size_t n, double a, const Real* p, const Real* q, Real* x, Real* r) const override {
    return sum("cg_update", n, CgUpdateTerm<Real>{static_cast<Real>(a), p, q, x, r});
  }
  double dot_with_double(Device&, std::size_t n, const Real* x, const double* y) const override {
    return sum("dot", n, DotTerm<Real, double>{x, y});
  }
  void add_to_double(Device&, std::size_t n, double s, const Real* x, double b, double* y) const override {
    for_each("add_to_double", n, AddToDouble<Real>{s, x, b, y});
  }
  void scale_to_float(Device&, std::size_t n, double s, const Real* x, float* y) const override {
    for_each("scale_to_float", n, Scale<Real, float>{s, x, y});
  }
  void scale_to_double(Device&, std::size_t n, double s, const Real* x, double* y) const override {
    for_each("scale_to_double", n, Scale<Real, double>{s, x, y});
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
