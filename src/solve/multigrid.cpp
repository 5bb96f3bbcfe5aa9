// SPDX-License-Identifier: Apache-2.0
// W-cycle on aggregates of rigid bodies, matrix-free on the finest level (aggregation.hpp, galerkin.hpp).
//
// Every level keeps the true residual r and adds to x; every product is fused with the smoother step that follows it.
// On the finest level the smoothed prolongator (I - omega D^-1 K) P_t is not stored: with S = I - omega D^-1 K, one
// Jacobi step on either side of a correction with P_t gives S (I - P_t A^-1 P_t^T K) S = S^2 - P A^-1 P^T K, since
// S^T K = K S. That is the correction with P, and the steps smooth as well.
//
// Storage per active node in fp32: r and x lie in memory lent by conjugate gradients, d and next 24 B a column, inverse
// diagonal 12 B, aggregate number, node list and packed place 10 B. Coarse levels: 156 B per stored block, and vectors;
// where kernels set up, what device_setup.hpp keeps.
//
// Every vector is a block vector of columns_ columns: the material, the diagonals and the coarse matrices are read once
// for all of them. Memory for more than one column is made when it is first asked for.
#include "multigrid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coarse_hierarchy.hpp"
#include "device_setup.hpp"
#include "device_transfer.hpp"
#include "galerkin.hpp"
#include "hierarchy_pattern.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/transfer/transfer.hpp"
#include "kernels/vector/vector.hpp"
#include "osteon/core/machine.hpp"

namespace osteon {

namespace {

template <class Real>
class Multigrid final : public PreconditionerOperator {
 public:
  Multigrid(FineOperator& fine, const HostGrid& grid, const ElasticProblem& problem,
            const std::vector<std::uint8_t>& constrained, const SolverSettings& settings, Monitor& monitor)
      : fine_operator_(fine),
        device_(fine.device()),
        degree_(settings.smoother_degree),
        vectors_(kernels::vector_kernels<Real>(device_)),
        smoother_(kernels::smoother_kernels<Real>(device_)),
        transfer_(kernels::transfer_kernels<Real>(device_)),
        coarse_(device_, settings.coarse_smoother_degree) {
    edge_ = settings.aggregate_edge != 0 ? settings.aggregate_edge : choose_aggregate_edge(grid);
    set_up(grid, problem, constrained, settings, monitor);
  }

  void reserve(int columns) override {
    if (columns <= capacity_) return;
    capacity_ = columns;
    recording_ = Recording{};  // it holds pointers to the old memory
    resize(fine_.d, fine_.n);
    resize(fine_.next, fine_.n);
    if (!own_residual_.empty()) resize(own_residual_, fine_.n);
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
    device_.record_and_run(recording_, key, [this] { cycle_fine(); });
    fine_operator_.count_applications(cycle_products_);
  }
  void dot(const double* r, double* rho) override {
    vectors_.dot_with_double(device_, columns_, fine_.n, rr_, fine_.x, r, rho);
  }
  void add_to_direction(const double* rho, const double* rho_before, double* p) override {
    vectors_.add_to_double(device_, columns_, fine_.n, rr_, fine_.x, rho, rho_before, p);
  }

  void follow_moduli(const HostGrid& grid, const ElasticProblem& problem,
                     const std::vector<std::uint8_t>& constrained) override {
    compute_inverse_nodes(grid, problem, constrained);
    // A smoother whose bound is too low amplifies; one that is a little high only smooths less.
    fine_.lambda = std::max(fine_.lambda, largest_fine_eigenvalue());
    recording_ = Recording{};  // it holds the weights of the old bound
  }
  bool compute_again(Monitor& monitor) override {
    if (device_set_up_ == nullptr) return false;
    compute_values(monitor);
    recording_ = Recording{};
    return true;
  }

  double smoother_bound() const override { return fine_.lambda; }
  void set_smoother_bound(double bound) override {
    fine_.lambda = bound;
    recording_ = Recording{};
  }

  std::vector<std::int64_t> level_dof() const override {
    std::vector<std::int64_t> dof = {static_cast<std::int64_t>(fine_.n)};
    coarse_.append_level_dof(dof);
    return dof;
  }
  std::string description() const override {
    return fmt::format("aggregation multigrid ({0}^3 cells, W-cycle, Chebyshev-4 degree {1}, {2})", edge_, degree_,
                       sizeof(Real) == 4 ? "fp32" : "fp64");
  }

 private:
  // --- set-up ---------------------------------------------------------------------------------------------------
  void set_up(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
              const SolverSettings& settings, Monitor& monitor) {
    monitor.progress("set-up", 0.0, "aggregates");
    FineAggregation aggregation = aggregate_nodes(grid, problem, constrained, edge_, settings.strength_threshold);
    fine_.n = fine_operator_.dof_count();
    resize(fine_.d, fine_.n);
    resize(fine_.next, fine_.n);
    inverse_diagonal_ = Buffer<std::uint16_t>(device_, node_diagonal_size(fine_.n / 3));
    device_transfer_ = DeviceTransfer<Real>(device_, aggregation);
    if (device_.kind() == DeviceKind::cpu) {
      build_on_host(grid, problem, constrained, std::move(aggregation), settings, monitor);
    } else {
      build_patterns(grid, problem, constrained, std::move(aggregation), settings, monitor);
      compute_values(monitor);
    }
    return_freed_memory();
    // In fp32 the residual lies in lent memory.
    if (sizeof(Real) == sizeof(double)) resize(own_residual_, fine_.n);
  }

  void build_on_host(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
                     FineAggregation aggregation, const SolverSettings& settings, Monitor& monitor) {
    const std::vector<std::uint16_t> inverse = inverse_node_blocks(grid, problem, constrained);
    inverse_diagonal_.copy_from(inverse);
    fine_.lambda = largest_fine_eigenvalue();
    monitor.progress("set-up", 0.2, "first coarse level");
    BlockMatrix matrix = level_one_matrix(grid, problem, constrained, aggregation, inverse, k_smoothing / fine_.lambda);
    CoarseSpace space = std::move(aggregation.space);
    fill_dropped_modes(matrix, space.mode_count);
    aggregation = FineAggregation{};
    return_freed_memory();
    coarse_.build_on_host(std::move(matrix), std::move(space), settings.coarsest_dof, monitor);
  }

  /// Room for the columns of a block vector; the old one goes first.
  void resize(Buffer<Real>& vector, std::size_t n) {
    vector = Buffer<Real>();
    vector = Buffer<Real>(device_, static_cast<std::size_t>(capacity_) * n);
  }

  /// Levels and blocks without values, from integers and places alone.
  void build_patterns(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
                      FineAggregation aggregation, const SolverSettings& settings, Monitor& monitor) {
    device_set_up_ =
        std::make_unique<DeviceSetUp<Real>>(fine_operator_, grid, problem, aggregation, device_transfer_.view());
    Graph graph = first_matrix_pattern(grid, constrained, aggregation);
    CoarseSpace space = std::move(aggregation.space);
    aggregation = FineAggregation{};
    coarse_.build_patterns(*device_set_up_, std::move(graph), std::move(space), settings.coarsest_dof, monitor);
  }

  /// All values of the hierarchy, from the moduli on the device.
  void compute_values(Monitor& monitor) {
    device_set_up_->inverse_nodes(inverse_diagonal_);
    fine_.lambda = largest_fine_eigenvalue();
    monitor.progress("set-up", 0.6, "values of the coarse levels");
    device_set_up_->first_matrix(inverse_diagonal_, k_smoothing / fine_.lambda, coarse_.first_matrix());
    coarse_.compute_values(*device_set_up_, monitor);
  }

  void compute_inverse_nodes(const HostGrid& grid, const ElasticProblem& problem,
                             const std::vector<std::uint8_t>& constrained) {
    if (device_set_up_ != nullptr)
      device_set_up_->inverse_nodes(inverse_diagonal_);
    else
      inverse_diagonal_.copy_from(inverse_node_blocks(grid, problem, constrained));
  }

  double largest_fine_eigenvalue() {
    return largest_eigenvalue<Real>(device_, fine_, [&](const Real* x, Real* y) {
      fine_operator_.apply(x, y);
      smoother_.solve3(device_, 1, fine_.n / 3, inverse_diagonal_.data(), 1, y, y, nullptr);
    });
  }

  // --- finest level -----------------------------------------------------------------------------------------------
  /// r -= K d; next direction a d + b D^-1 r, added to x.
  void step_fine(Real a, Real b) {
    fine_operator_.smooth(columns_,
                          {fine_.d.data(), fine_.next.data(), fine_.r, fine_.x, inverse_diagonal_.data(), a, b});
    std::swap(fine_.d, fine_.next);
    ++cycle_products_;
  }
  void update_residual_fine() {
    fine_operator_.smooth(columns_, {fine_.d.data(), fine_.next.data(), fine_.r, fine_.x, nullptr, 0, 0});
    ++cycle_products_;
  }

  /// x = cycle(r). May be recorded once and repeated (Device::record_and_run): everything but x and r lives as long as
  /// this object. Buffers d and next change roles here, so a repeated cycle uses them as they were when it was
  /// recorded, whichever way round this object holds them by then. Both ways are right, since no level reads d, next or
  /// x before the cycle has written them.
  void cycle_fine() {
    cycle_products_ = 0;
    const Real jacobi = static_cast<Real>(k_smoothing / fine_.lambda);
    smoother_.solve3(device_, columns_, fine_.n / 3, inverse_diagonal_.data(), fine_.residual_weight(1), fine_.r,
                     fine_.d.data(), fine_.x);
    for (int k = 2; k <= degree_; ++k) step_fine(fine_.previous_weight(k), fine_.residual_weight(k));
    step_fine(0, jacobi);
    update_residual_fine();
    transfer_.restrict_to_aggregates(device_, device_transfer_.view(), columns_, fine_.r, coarse_.first_residual());
    coarse_.solve(columns_);
    transfer_.prolong_from_aggregates(device_, device_transfer_.view(), columns_, coarse_.first_solution(),
                                      fine_.d.data(), fine_.x);
    step_fine(0, jacobi);
    for (int k = 1; k <= degree_; ++k) step_fine(fine_.previous_weight(k), fine_.residual_weight(k));
  }

  FineOperator& fine_operator_;
  Device& device_;
  int edge_ = 4;
  int degree_;
  const kernels::VectorKernels<Real>& vectors_;
  const kernels::SmootherKernels<Real>& smoother_;
  const kernels::TransferKernels<Real>& transfer_;
  CoarseHierarchy<Real> coarse_;

  int columns_ = 1;                  ///< of the vectors in work
  int capacity_ = 1;                 ///< columns there is room for
  Recording recording_;              ///< of cycle_fine
  std::int64_t cycle_products_ = 0;  ///< with the fine operator in one cycle_fine
  LevelVectors<Real> fine_;
  Buffer<Real> own_residual_;
  Buffer<std::uint16_t> inverse_diagonal_;
  const double* rr_ = nullptr;  ///< square of what r and z are scaled by against the cycle's
  DeviceTransfer<Real> device_transfer_;
  std::unique_ptr<DeviceSetUp<Real>> device_set_up_;  ///< null where the host computes values
};

}  // namespace

std::unique_ptr<PreconditionerOperator> make_multigrid(FineOperator& fine, const HostGrid& grid,
                                                       const ElasticProblem& problem,
                                                       const std::vector<std::uint8_t>& constrained,
                                                       const SolverSettings& settings, Monitor& monitor) {
  if (settings.precision == CyclePrecision::fp32)
    return std::make_unique<Multigrid<float>>(fine, grid, problem, constrained, settings, monitor);
  return std::make_unique<Multigrid<double>>(fine, grid, problem, constrained, settings, monitor);
}

std::unique_ptr<PreconditionerOperator> make_preconditioner(FineOperator& fine, const HostGrid& grid,
                                                            const ElasticProblem& problem,
                                                            const std::vector<std::uint8_t>& constrained,
                                                            const SolverSettings& settings, Monitor& monitor) {
  return settings.preconditioner == Preconditioner::multigrid
             ? make_multigrid(fine, grid, problem, constrained, settings, monitor)
             : make_block_jacobi(fine, grid, problem, constrained);
}

}  // namespace osteon
