// SPDX-License-Identifier: Apache-2.0
// The aggregation multigrid on voxels, matrix-free on the finest level (fine_cycle.hpp, aggregation.hpp, galerkin.hpp).
// Storage of the transfer per active node: aggregate number, node list and packed place 10 B. Coarse levels: 156 B per
// stored block, and vectors; where kernels set up, what device_setup.hpp keeps.
#include "multigrid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "device_setup.hpp"
#include "fine_cycle.hpp"
#include "galerkin.hpp"
#include "hierarchy_pattern.hpp"
#include "osteon/core/machine.hpp"

namespace osteon {

namespace {

template <class Real>
class Multigrid final : public FineCycle<Real, FineOperator, VoxelPreconditioner> {
  using Cycle = FineCycle<Real, FineOperator, VoxelPreconditioner>;
  using Cycle::coarse_, Cycle::degree_, Cycle::device_, Cycle::device_transfer_, Cycle::fine_, Cycle::inverse_diagonal_;
  using Cycle::largest_fine_eigenvalue, Cycle::forget_recording, Cycle::operator_;

 public:
  Multigrid(FineOperator& fine, const HostGrid& grid, const ElasticProblem& problem,
            const std::vector<std::uint8_t>& constrained, const SolverSettings& settings, Monitor& monitor)
      : Cycle(fine, settings) {
    edge_ = settings.aggregate_edge != 0 ? settings.aggregate_edge : choose_aggregate_edge(grid);
    set_up(grid, problem, constrained, settings, monitor);
  }

  void follow_moduli(const HostGrid& grid, const ElasticProblem& problem,
                     const std::vector<std::uint8_t>& constrained) override {
    compute_inverse_nodes(grid, problem, constrained);
    // A smoother whose bound is too low amplifies; one that is a little high only smooths less.
    fine_.lambda = std::max(fine_.lambda, largest_fine_eigenvalue());
    forget_recording();
  }
  bool compute_again(Monitor& monitor) override {
    if (device_set_up_ == nullptr) return false;
    compute_values(monitor);
    forget_recording();
    return true;
  }

  double smoother_bound() const override { return fine_.lambda; }
  void set_smoother_bound(double bound) override {
    fine_.lambda = bound;
    forget_recording();
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
    device_transfer_ = DeviceTransfer<Real>(device_, aggregation);
    if (device_.kind() == DeviceKind::cpu) {
      build_on_host(grid, problem, constrained, std::move(aggregation), settings, monitor);
    } else {
      build_patterns(grid, problem, constrained, std::move(aggregation), settings, monitor);
      compute_values(monitor);
    }
    return_freed_memory();
    this->finish_set_up();
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

  /// Levels and blocks without values, from integers and places alone.
  void build_patterns(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
                      FineAggregation aggregation, const SolverSettings& settings, Monitor& monitor) {
    device_set_up_ =
        std::make_unique<DeviceSetUp<Real>>(operator_, grid, problem, aggregation, device_transfer_.view());
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

  int edge_ = 4;
  std::unique_ptr<DeviceSetUp<Real>> device_set_up_;  ///< null where the host computes values
};

}  // namespace

std::unique_ptr<VoxelPreconditioner> make_multigrid(FineOperator& fine, const HostGrid& grid,
                                                    const ElasticProblem& problem,
                                                    const std::vector<std::uint8_t>& constrained,
                                                    const SolverSettings& settings, Monitor& monitor) {
  if (settings.precision == CyclePrecision::fp32)
    return std::make_unique<Multigrid<float>>(fine, grid, problem, constrained, settings, monitor);
  return std::make_unique<Multigrid<double>>(fine, grid, problem, constrained, settings, monitor);
}

std::unique_ptr<VoxelPreconditioner> make_preconditioner(FineOperator& fine, const HostGrid& grid,
                                                         const ElasticProblem& problem,
                                                         const std::vector<std::uint8_t>& constrained,
                                                         const SolverSettings& settings, Monitor& monitor) {
  return settings.preconditioner == Preconditioner::multigrid
             ? make_multigrid(fine, grid, problem, constrained, settings, monitor)
             : make_block_jacobi(fine, grid, problem, constrained);
}

}  // namespace osteon
