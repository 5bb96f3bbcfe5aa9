// SPDX-License-Identifier: Apache-2.0
// The cycle of the aggregation multigrid on its finest level, whatever that level's operator is.
//
// Every level keeps the true residual r and adds to x; every product is fused with the smoother step that follows it.
// On the finest level the smoothed prolongator (I - omega D^-1 K) P_t is not stored: with S = I - omega D^-1 K, one
// Jacobi step on either side of a correction with P_t gives S (I - P_t A^-1 P_t^T K) S = S^2 - P A^-1 P^T K, since
// S^T K = K S. That is the correction with P, and the steps smooth as well.
//
// Storage per node in fp32: r and x lie in memory lent by conjugate gradients, d and next 24 B a column, inverse
// diagonal 12 B, and the transfer. Memory for more than one column is made when it is first asked for.
#pragma once

#include <type_traits>
#include <vector>

#include "coarse_hierarchy.hpp"
#include "device_transfer.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/transfer/transfer.hpp"
#include "kernels/vector/vector.hpp"

namespace osteon {

/// `Fine` has device(), dof_count(), apply(const Real*, Real*), smooth(columns, step), count_applications(n).
/// `Interface` is PreconditionerOperator or one that asks for more. Whoever derives from it sets up what is protected.
template <class Real, class Fine, class Interface>
class FineCycle : public Interface {
 public:
  FineCycle(Fine& operator_in, const SolverSettings& settings)
      : operator_(operator_in),
        device_(operator_in.device()),
        degree_(settings.smoother_degree),
        vectors_(kernels::vector_kernels<Real>(device_)),
        smoother_(kernels::smoother_kernels<Real>(device_)),
        transfer_(kernels::transfer_kernels<Real>(device_)),
        coarse_(device_, settings.coarse_smoother_degree) {
    fine_.n = operator_.dof_count();
    resize(fine_.d);
    resize(fine_.next);
    inverse_diagonal_ = Buffer<std::uint16_t>(device_, node_diagonal_size(fine_.n / 3));
  }

  void reserve(int columns) override {
    if (columns <= capacity_) return;
    capacity_ = columns;
    recording_ = Recording{};  // it holds pointers to the old memory
    resize(fine_.d);
    resize(fine_.next);
    if (!own_residual_.empty()) resize(own_residual_);
    coarse_.reserve(capacity_);
  }

  void apply(int columns, const double* r, const double* rr, double* work) override {
    OSTEON_ASSERT(columns <= capacity_);
    columns_ = columns;
    fine_.x = reinterpret_cast<Real*>(work);
    fine_.r =
        sizeof(Real) < sizeof(double) ? fine_.x + static_cast<std::size_t>(columns) * fine_.n : own_residual_.data();
    rr_ = rr;
    const auto& doubles = kernels::vector_kernels<double>(device_);
    if constexpr (std::is_same_v<Real, float>)
      doubles.scale_to_float(device_, columns, fine_.n, rr_, r, fine_.r);
    else
      doubles.scale_to_double(device_, columns, fine_.n, rr_, r, fine_.r);
    // Memory is aligned far wider than there are columns, so the key tells both.
    const std::size_t key = reinterpret_cast<std::size_t>(work) + static_cast<std::size_t>(columns);
    device_.record_and_run(recording_, key, [this] { cycle(); });
    operator_.count_applications(cycle_products_);
  }
  void dot(const double* r, double* rho) override {
    vectors_.dot_with_double(device_, columns_, fine_.n, rr_, fine_.x, r, rho);
  }
  void add_to_direction(const double* rho, const double* rho_before, double* p) override {
    vectors_.add_to_double(device_, columns_, fine_.n, rr_, fine_.x, rho, rho_before, p);
  }

  std::vector<std::int64_t> level_dof() const override {
    std::vector<std::int64_t> dof = {static_cast<std::int64_t>(fine_.n)};
    coarse_.append_level_dof(dof);
    return dof;
  }

 protected:
  /// Room for the columns of a block vector; the old one goes first.
  void resize(Buffer<Real>& vector) {
    vector = Buffer<Real>();
    vector = Buffer<Real>(device_, static_cast<std::size_t>(capacity_) * fine_.n);
  }
  /// After the set-up: in fp32 the residual lies in lent memory.
  void finish_set_up() {
    if (sizeof(Real) == sizeof(double)) resize(own_residual_);
  }

  double largest_fine_eigenvalue() {
    return largest_eigenvalue<Real>(device_, fine_, [&](const Real* x, Real* y) {
      operator_.apply(x, y);
      smoother_.solve3(device_, 1, fine_.n / 3, inverse_diagonal_.data(), 1, y, y, nullptr);
    });
  }
  /// The recorded cycle holds the weights of the old bound.
  void forget_recording() { recording_ = Recording{}; }

  Fine& operator_;
  Device& device_;
  int degree_;
  const kernels::VectorKernels<Real>& vectors_;
  const kernels::SmootherKernels<Real>& smoother_;
  const kernels::TransferKernels<Real>& transfer_;
  CoarseHierarchy<Real> coarse_;
  LevelVectors<Real> fine_;
  Buffer<std::uint16_t> inverse_diagonal_;
  DeviceTransfer<Real> device_transfer_;

 private:
  /// r -= K d; next direction a d + b D^-1 r, added to x.
  void step(Real a, Real b) {
    operator_.smooth(columns_, {fine_.d.data(), fine_.next.data(), fine_.r, fine_.x, inverse_diagonal_.data(), a, b});
    std::swap(fine_.d, fine_.next);
    ++cycle_products_;
  }
  void update_residual() {
    operator_.smooth(columns_, {fine_.d.data(), fine_.next.data(), fine_.r, fine_.x, nullptr, 0, 0});
    ++cycle_products_;
  }

  /// x = cycle(r). May be recorded once and repeated (Device::record_and_run): everything but x and r lives as long as
  /// this object. Buffers d and next change roles here, so a repeated cycle uses them as they were when it was
  /// recorded, whichever way round this object holds them by then. Both ways are right, since no level reads d, next or
  /// x before the cycle has written them.
  void cycle() {
    cycle_products_ = 0;
    const Real jacobi = static_cast<Real>(k_smoothing / fine_.lambda);
    smoother_.solve3(device_, columns_, fine_.n / 3, inverse_diagonal_.data(), fine_.residual_weight(1), fine_.r,
                     fine_.d.data(), fine_.x);
    for (int k = 2; k <= degree_; ++k) step(fine_.previous_weight(k), fine_.residual_weight(k));
    step(0, jacobi);
    update_residual();
    transfer_.restrict_to_aggregates(device_, device_transfer_.view(), columns_, fine_.r, coarse_.first_residual());
    coarse_.solve(columns_);
    transfer_.prolong_from_aggregates(device_, device_transfer_.view(), columns_, coarse_.first_solution(),
                                      fine_.d.data(), fine_.x);
    step(0, jacobi);
    for (int k = 1; k <= degree_; ++k) step(fine_.previous_weight(k), fine_.residual_weight(k));
  }

  int columns_ = 1;                  ///< of the vectors in work
  int capacity_ = 1;                 ///< columns there is room for
  Recording recording_;              ///< of cycle()
  std::int64_t cycle_products_ = 0;  ///< with the finest operator in one cycle
  Buffer<Real> own_residual_;
  const double* rr_ = nullptr;  ///< square of what r and z are scaled by against the cycle's
};

}  // namespace osteon
