// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "kernels/vector/vector_body.hpp"

namespace osteon::kernels::cpu {

namespace {

/// Sum over fixed blocks; `block_sum(begin, end)` runs in parallel, the totals are added in order.
template <class BlockSum>
double blocked_sum(std::size_t n, BlockSum block_sum) {
  const std::int64_t blocks = static_cast<std::int64_t>((n + k_reduction_block - 1) / k_reduction_block);
  std::vector<double> partial(static_cast<std::size_t>(blocks));
#pragma omp parallel for schedule(static)
  for (std::int64_t b = 0; b < blocks; ++b) {
    const std::size_t begin = static_cast<std::size_t>(b) * k_reduction_block;
    partial[static_cast<std::size_t>(b)] = block_sum(begin, std::min(n, begin + k_reduction_block));
  }
  double sum = 0;
  for (const double value : partial) sum += value;
  return sum;
}

template <class Real>
class VectorCpu final : public VectorKernels<Real> {
 public:
  void dot(Device& device, std::size_t n, const Real* x, const Real* y, double* result) const override {
    mixed_dot(device, n, nullptr, x, y, result);
  }
  void dot_with_double(Device& device, std::size_t n, const double* squared, const Real* x, const double* y,
                       double* result) const override {
    mixed_dot(device, n, squared, x, y, result);
  }
  void add_to_double(Device& device, std::size_t n, const double* squared, const Real* x, const double* rho,
                     const double* rho_before, double* y) const override {
    KernelScope scope(device);
    const double s = scale_of(squared), b = direction_factor(rho, rho_before);
    if (b == 0) {
#pragma omp parallel for simd schedule(static)
      for (std::size_t i = 0; i < n; ++i) y[i] = s * static_cast<double>(x[i]);
    } else {
#pragma omp parallel for simd schedule(static)
      for (std::size_t i = 0; i < n; ++i) y[i] = s * static_cast<double>(x[i]) + b * y[i];
    }
  }
  void axpy(Device& device, std::size_t n, double a, const Real* x, Real* y) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(a);
#pragma omp parallel for simd schedule(static)
    for (std::size_t i = 0; i < n; ++i) y[i] += factor * x[i];
  }
  void xpby(Device& device, std::size_t n, const Real* x, double b, Real* y) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(b);
#pragma omp parallel for simd schedule(static)
    for (std::size_t i = 0; i < n; ++i) y[i] = x[i] + factor * y[i];
  }
  void cg_update(Device& device, std::size_t n, const double* rho, const double* curvature, const Real* p,
                 const Real* q, Real* x, Real* r, double* rr) const override {
    KernelScope scope(device);
    const Real factor = static_cast<Real>(step_length(*rho, *curvature));
    *rr = blocked_sum(n, [=](std::size_t begin, std::size_t end) {
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::size_t i = begin; i < end; ++i) {
        x[i] += factor * p[i];
        r[i] -= factor * q[i];
        sum += static_cast<double>(r[i]) * static_cast<double>(r[i]);
      }
      return sum;
    });
  }
  void scale_to_float(Device& device, std::size_t n, const double* squared, const Real* x, float* y) const override {
    convert(device, n, squared, x, y);
  }
  void scale_to_double(Device& device, std::size_t n, const double* squared, const Real* x, double* y) const override {
    convert(device, n, squared, x, y);
  }
  void zero_constrained(Device& device, const ConstraintView& list, Real* y) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < list.count; ++i)
      for (int c = 0; c < 3; ++c)
        if (list.bits[i] >> c & 1) y[3 * static_cast<std::size_t>(list.nodes[i]) + c] = 0;
  }

 private:
  template <class Y>
  static void mixed_dot(Device& device, std::size_t n, const double* squared, const Real* x, const Y* y,
                        double* result) {
    KernelScope scope(device);
    const double plain = blocked_sum(n, [=](std::size_t begin, std::size_t end) {
      double sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::size_t i = begin; i < end; ++i) sum += static_cast<double>(x[i]) * static_cast<double>(y[i]);
      return sum;
    });
    *result = scale_of(squared) * plain;
  }
  template <class To>
  static void convert(Device& device, std::size_t n, const double* squared, const Real* x, To* y) {
    KernelScope scope(device);
    const double s = 1 / scale_of(squared);
#pragma omp parallel for simd schedule(static)
    for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<To>(s * static_cast<double>(x[i]));
  }
};

}  // namespace

template <class Real>
const VectorKernels<Real>& vectors() {
  static const VectorCpu<Real> kernels;
  return kernels;
}
template const VectorKernels<float>& vectors();
template const VectorKernels<double>& vectors();

}  // namespace osteon::kernels::cpu
