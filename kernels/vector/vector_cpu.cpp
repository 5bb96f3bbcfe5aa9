// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu_sum.hpp"
#include "kernels/vector/vector_body.hpp"

namespace osteon::kernels::cpu {

namespace {

template <class Real>
class VectorCpu final : public VectorKernels<Real> {
 public:
  void dot(Device& device, int columns, std::size_t n, const Real* x, const Real* y, double* result) const override {
    mixed_dot(device, columns, n, nullptr, x, y, result);
  }
  void dot_with_double(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                       const double* y, double* result) const override {
    mixed_dot(device, columns, n, squared, x, y, result);
  }
  void add_to_double(Device& device, int columns, std::size_t n, const double* squared, const Real* all_x,
                     const double* rho, const double* rho_before, double* all_y) const override {
    KernelScope scope(device);
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
      const double s = scale_of(squared, column), b = direction_factor(rho, rho_before, column);
      const Real* x = all_x + column * n;
      double* y = all_y + column * n;
      if (b == 0) {
#pragma omp parallel for simd schedule(static)
        for (std::size_t i = 0; i < n; ++i) y[i] = s * static_cast<double>(x[i]);
      } else {
#pragma omp parallel for simd schedule(static)
        for (std::size_t i = 0; i < n; ++i) y[i] = s * static_cast<double>(x[i]) + b * y[i];
      }
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
  void cg_update(Device& device, int columns, std::size_t n, const double* rho, const double* curvature, const Real* p,
                 const Real* q, Real* x, Real* r, double* rr) const override {
    KernelScope scope(device);
    const CgUpdate<Real> update{n, rho, curvature, p, q, x, r};
    blocked_sums(columns, n, rr, update, [](std::size_t, double sum) { return sum; });
  }
  void scale_to_float(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                      float* y) const override {
    convert(device, columns, n, squared, x, y);
  }
  void scale_to_double(Device& device, int columns, std::size_t n, const double* squared, const Real* x,
                       double* y) const override {
    convert(device, columns, n, squared, x, y);
  }
  void zero_constrained(Device& device, int columns, std::size_t n, const ConstraintView& list,
                        Real* y) const override {
    KernelScope scope(device);
    const ZeroConstrained<Real> body{static_cast<std::size_t>(columns), n, list, y};
#pragma omp parallel for schedule(static)
    for (std::size_t i = 0; i < list.count; ++i) body(i);
  }

 private:
  template <class Y>
  static void mixed_dot(Device& device, int columns, std::size_t n, const double* squared, const Real* x, const Y* y,
                        double* result) {
    KernelScope scope(device);
    blocked_sums(columns, n, result, DotTerm<Real, Y>{n, x, y},
                 [=](std::size_t column, double sum) { return scale_of(squared, column) * sum; });
  }
  template <class To>
  static void convert(Device& device, int columns, std::size_t n, const double* squared, const Real* all_x, To* all_y) {
    KernelScope scope(device);
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
      const double s = 1 / scale_of(squared, column);
      const Real* x = all_x + column * n;
      To* y = all_y + column * n;
#pragma omp parallel for simd schedule(static)
      for (std::size_t i = 0; i < n; ++i) y[i] = static_cast<To>(s * static_cast<double>(x[i]));
    }
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
