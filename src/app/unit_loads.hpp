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

/// Throws as turnable_node_set where [falls] or a random direction turns what cannot be: for load cases whose node sets
/// are known with the model only.
void check_turned_loads(const Case& wanted, const std::vector<ResolvedLoadCase>& load_cases);

/// Solutions for 1 N along x, y and z on the set, in one set-up and as one block where memory allows.
struct UnitLoads {
  UnitSolutions displacement_mm;
  bool converged = false;
  std::string failure;                                     ///< of the first that did not
  int iterations = 0;                                      ///< of the three together
  double relative_residual = 0, independent_residual = 0;  ///< the largest
};

/// The last unit loads that were asked for: what turns the force of one load case twice solves it once.
class UnitLoadCache {
 public:
  UnitLoadCache(const Case& wanted, const BoneModel& model, Device& device, StageTimes& times)
      : wanted_(wanted), model_(model), device_(device), times_(times) {}
  const UnitLoads& of(const ResolvedLoadCase& load_case, std::size_t node_set, Monitor& monitor);

 private:
  const Case& wanted_;
  const BoneModel& model_;
  Device& device_;
  StageTimes& times_;
  std::string name_;
  UnitLoads unit_;
};

}  // namespace osteon::app
