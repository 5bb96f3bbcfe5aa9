// SPDX-License-Identifier: Apache-2.0
// A force that may turn: which node set of a load case carries it, and the solutions of three unit forces there.
#pragma once

#include <string>

#include "analysis.hpp"
#include "osteon/risk/load_directions.hpp"

namespace osteon::app {

/// The node set whose force is turned: the one called `node_set`, or when that is empty the only one that is loaded.
/// Throws UsageError, after `where`, when the load case is not of type free, another set is loaded as well, or the set
/// is moved: a force can be turned, a prescribed displacement would hold what it moves.
std::size_t turnable_node_set(const LoadCaseSpec& load_case, const std::string& node_set, const std::string& where);

struct UnitLoads {
  UnitSolutions displacement_mm;
  bool converged = false;
  std::string failure;                                     ///< of the first that did not
  int iterations = 0;                                      ///< of the three together
  double relative_residual = 0, independent_residual = 0;  ///< the largest
};

/// 1 N along x, y and z on the set, in one set-up and as one block where memory allows.
UnitLoads solve_unit_loads(const Case& wanted, const BoneModel& model, Device& device, const LoadCaseSpec& load_case,
                           std::size_t node_set, StageTimes& times, Monitor& monitor);

}  // namespace osteon::app
