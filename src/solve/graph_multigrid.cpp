// SPDX-License-Identifier: Apache-2.0
#include "graph_multigrid.hpp"

#include <fmt/format.h>

#include "fine_cycle.hpp"
#include "galerkin.hpp"
#include "mesh_aggregation.hpp"
#include "osteon/core/machine.hpp"

namespace osteon {

namespace {

template <class Real>
class GraphMultigrid final : public FineCycle<Real, AssembledOperator, PreconditionerOperator> {
  using Cycle = FineCycle<Real, AssembledOperator, PreconditionerOperator>;
  using Cycle::coarse_, Cycle::degree_, Cycle::device_, Cycle::device_transfer_, Cycle::fine_, Cycle::inverse_diagonal_;

 public:
  GraphMultigrid(AssembledOperator& fine, const MeshProblem& problem, const std::vector<std::uint32_t>& box_start,
                 const std::vector<std::uint8_t>& constrained, const SolverSettings& settings, Monitor& monitor)
      : Cycle(fine, settings) {
    monitor.progress("set-up", 0.0, "aggregates");
    FineAggregation aggregation = aggregate_mesh_nodes(problem, box_start, constrained, settings.strength_threshold);
    device_transfer_ = DeviceTransfer<Real>(device_, aggregation);
    std::vector<double> copy;
    const HostNodeMatrix matrix{&fine.graph(), host_values(fine, copy)};
    const std::vector<std::uint16_t> inverse = inverse_node_blocks(matrix, constrained);
    inverse_diagonal_.copy_from(inverse);
    fine_.lambda = this->largest_fine_eigenvalue();
    monitor.progress("set-up", 0.2, "first coarse level");
    BlockMatrix first = level_one_matrix(matrix, constrained, aggregation, inverse, k_smoothing / fine_.lambda);
    CoarseSpace space = std::move(aggregation.space);
    fill_dropped_modes(first, space.mode_count);
    coarse_.build_on_host(std::move(first), std::move(space), settings.coarsest_dof, monitor);
    aggregation = FineAggregation{};
    return_freed_memory();
    this->finish_set_up();
  }

  std::string description() const override {
    return fmt::format("aggregation multigrid (graph, W-cycle, Chebyshev-4 degree {}, {})", degree_,
                       sizeof(Real) == 4 ? "fp32" : "fp64");
  }

 private:
  /// On the processor the operator's own memory.
  static const double* host_values(const AssembledOperator& fine, std::vector<double>& copy) {
    if (fine.device().kind() == DeviceKind::cpu) return fine.matrix().values;
    copy = fine.values_to_host();
    return copy.data();
  }
};

}  // namespace

std::unique_ptr<PreconditionerOperator> make_graph_multigrid(AssembledOperator& fine, const MeshProblem& problem,
                                                             const std::vector<std::uint32_t>& box_start,
                                                             const std::vector<std::uint8_t>& constrained,
                                                             const SolverSettings& settings, Monitor& monitor) {
  if (settings.precision == CyclePrecision::fp32)
    return std::make_unique<GraphMultigrid<float>>(fine, problem, box_start, constrained, settings, monitor);
  return std::make_unique<GraphMultigrid<double>>(fine, problem, box_start, constrained, settings, monitor);
}

}  // namespace osteon
