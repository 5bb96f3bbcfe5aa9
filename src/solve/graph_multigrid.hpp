// SPDX-License-Identifier: Apache-2.0
// The aggregation multigrid on an assembled stiffness: finest level in 3x3 block rows, coarse levels as on voxels.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "assembled_operator.hpp"
#include "multigrid.hpp"

namespace osteon {

/// `problem` is what `fine` was made of, its nodes in the order of a NodeTree whose boxes start at `box_start`. All of
/// the set-up is on the host, whatever the device.
std::unique_ptr<PreconditionerOperator> make_graph_multigrid(AssembledOperator& fine, const MeshProblem& problem,
                                                             const std::vector<std::uint32_t>& box_start,
                                                             const std::vector<std::uint8_t>& constrained,
                                                             const SolverSettings& settings, Monitor& monitor);

}  // namespace osteon
