// SPDX-License-Identifier: Apache-2.0
// What a solve will need, from counts alone, and the refusal to start one that does not fit.
#include <fmt/format.h>

#include <algorithm>

#include "osteon/core/error.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

MemoryEstimate estimate_memory(std::uint32_t nodes, std::uint32_t elements, const SolverSettings& settings,
                               int columns) {
  // Counted (B per node): CG's four fp64 vectors 96; the cycle's two vectors, inverse diagonal 12, packed place and
  // list 6, basis 6, the dense coarsest inverse (multigrid.cpp); on the host places 12 and supports 2, and per
  // element place 12 and material 6. Fitted: the coarse blocks, whose number grows as bone gets thinner, which nodes
  // per element tell: 75 (solid, 1.05), 102 (rods 128^3, 1.29), 158 (trab1240, 1.87); and 2 % for all that is small. On
  // the host small models peak before CG has its vectors, while the coarsest matrix is inverted: three fp64 copies, of
  // a size that is known to lie below coarsest_dof (0.7 of it is taken).
  // A further column: its vectors in CG and the cycle (on coarse levels 4 for every 6 unknowns of an aggregate of about
  // 28 nodes), and on the host its solution beside the others'.
  // What a GPU keeps to compute the hierarchy's values again (device_setup.hpp, 4.5 measured on rods 96^3) counts on
  // the CPU too, as a reserve of 1 %.
  const bool multigrid = settings.preconditioner == Preconditioner::multigrid;
  const bool fp32 = settings.precision == CyclePrecision::fp32;
  const double cycle = multigrid ? (fp32 ? 48 : 108) : 12, set_up = multigrid ? 4.5 : 0;
  constexpr double k_cg = 96, k_bricks = 2, k_host_node = 14, k_host_element = 18, k_small = 1.02;
  constexpr double k_thin = 1.6;  // nodes per element above which automatic aggregates are taken as 3^3
  const double slenderness = elements > 0 ? static_cast<double>(nodes) / elements : 1;
  const bool small_aggregates = settings.aggregate_edge == 3 || (settings.aggregate_edge == 0 && slenderness > k_thin);
  const double coarse =
      multigrid ? (75 + 95 * std::max(0.0, slenderness - 1)) * (small_aggregates ? 1.9 : 1.0) * (fp32 ? 1 : 2) : 0;
  MemoryEstimate estimate;
  const double coarsest = multigrid ? std::min(settings.coarsest_dof, static_cast<int>(nodes) / 10) : 0;
  estimate.device_bytes = static_cast<std::size_t>(nodes * (k_cg + cycle + k_bricks + set_up + coarse) +
                                                   coarsest * coarsest * (fp32 ? 4 : 8)) +
                          std::size_t{elements} * 5;
  const double column = k_cg + (multigrid ? (fp32 ? 24 + 5 : 72 + 10) : 0);
  constexpr double k_solution = 24;  // also that of an earlier one on the device
  estimate.device_bytes += static_cast<std::size_t>(settings.earlier_solutions * k_solution * nodes);
  estimate.device_bytes += static_cast<std::size_t>((columns - 1) * column * nodes);
  const double inverting = nodes * (cycle + k_bricks + set_up + coarse) + 3 * 8 * 0.5 * coarsest * coarsest;
  // On the backend cpu the device's memory is the host's.
  estimate.host_bytes = static_cast<std::size_t>(
      k_small * (std::max(static_cast<double>(estimate.device_bytes), inverting) +
                 nodes * (k_host_node + (columns - 1) * k_solution) + elements * k_host_element));
  return estimate;
}

void require_memory(const Device& device, std::uint32_t nodes, std::uint32_t elements, const SolverSettings& settings) {
  constexpr double k_mega = 1e6;
  const auto needed = static_cast<double>(estimate_memory(nodes, elements, settings).device_bytes);
  const auto available = static_cast<double>(device.free_bytes());
  if (needed <= available) return;
  throw DeviceError(
      fmt::format("the solver needs about {:.0f} MB for {} nodes and {} elements, and {:.0f} MB are free on {}; crop "
                  "or coarsen the "
                  "image{}",
                  needed / k_mega, nodes, elements, available / k_mega, device.description(),
                  device.kind() == DeviceKind::cuda ? ", or take the backend cpu" : ""));
}

int columns_that_fit(const Device& device, std::uint32_t nodes, std::uint32_t elements,
                     const SolverSettings& settings) {
  constexpr double k_usable = 0.8;  // estimates are good to 20 %, and the results need room too
  const double available = k_usable * static_cast<double>(device.free_bytes());
  int columns = settings.block_columns > 0 ? std::min(settings.block_columns, k_most_columns) : k_most_columns;
  const auto needed = [&] {
    const MemoryEstimate estimate = estimate_memory(nodes, elements, settings, columns);
    return static_cast<double>(device.kind() == DeviceKind::cuda ? estimate.device_bytes : estimate.host_bytes);
  };
  while (columns > 1 && needed() > available) --columns;
  return columns;
}

}  // namespace osteon
