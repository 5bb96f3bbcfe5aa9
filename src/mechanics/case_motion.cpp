// SPDX-License-Identifier: Apache-2.0
// Decides whether strain energy alone tells the force of a load case.
//
// u.K u = sum over the prescribed components of u_i (K u)_i when nothing else does work. It is one force times one
// displacement only when the ends move as a whole along one axis (or turn as a whole) and all else is held at zero.
#include "case_motion.hpp"

#include <algorithm>
#include <cmath>

namespace osteon {

namespace {

bool has_force(const ResolvedLoadCase& load_case) {
  return std::any_of(load_case.force_n.begin(), load_case.force_n.end(), [](double f) { return f != 0; });
}

/// Displacement of the first node of an end along the case's component, 0 for an end without nodes.
double end_displacement(const ResolvedLoadCase& load_case, const std::vector<std::uint32_t>& end, int component) {
  return end.empty() ? 0 : load_case.prescribed_mm.at(end.front(), component);
}

/// Both ends move as rigid planes along `motion.component` and nothing else is prescribed but zero.
bool is_pure_translation(const ResolvedLoadCase& load_case, const std::vector<std::uint8_t>& roles,
                         const CaseMotion& motion) {
  const double high = end_displacement(load_case, load_case.loaded_nodes, motion.component);
  const double low = end_displacement(load_case, load_case.support_nodes, motion.component);
  const double tolerance = 1e-12 * std::fabs(motion.amount);
  if (std::fabs(high - low - motion.amount) > 1e3 * tolerance) return false;
  for (std::uint32_t node = 0; node < roles.size(); ++node)
    for (int c = 0; c < 3; ++c) {
      if (!(load_case.constrained[node] >> c & 1)) continue;
      const bool moves = c == motion.component;
      const double expected = !moves ? 0 : roles[node] & k_loaded ? high : roles[node] & k_support ? low : 0;
      if (std::fabs(load_case.prescribed_mm.at(node, c) - expected) > tolerance) return false;
    }
  // every node of a moving end must be held along the motion, or its force is not part of the end's
  auto held = [&](std::uint32_t node) { return (load_case.constrained[node] >> motion.component & 1) != 0; };
  return std::all_of(load_case.loaded_nodes.begin(), load_case.loaded_nodes.end(), held);
}

/// Only the two ends are displaced.
bool is_pure_rotation(const ResolvedLoadCase& load_case, const std::vector<std::uint8_t>& roles) {
  const std::vector<std::uint32_t>& nodes = load_case.prescribed_mm.nodes();
  return std::none_of(nodes.begin(), nodes.end(), [&](std::uint32_t node) {
    const auto moves = [&](int c) { return load_case.prescribed_mm.at(node, c) != 0; };
    return roles[node] == 0 && (moves(0) || moves(1) || moves(2));
  });
}

}  // namespace

std::vector<std::uint8_t> node_roles(const ResolvedLoadCase& load_case) {
  std::vector<std::uint8_t> roles(load_case.constrained.size(), 0);
  for (const std::uint32_t node : load_case.support_nodes) roles[node] |= k_support;
  for (const std::uint32_t node : load_case.loaded_nodes) roles[node] |= k_loaded;
  return roles;
}

CaseMotion case_motion(const ResolvedLoadCase& load_case, const std::vector<std::uint8_t>& roles) {
  const LoadCaseSpec& spec = load_case.spec;
  CaseMotion motion;
  motion.rotation = spec.type == LoadType::bending || spec.type == LoadType::torsion;
  motion.component = static_cast<int>(spec.type == LoadType::torsion   ? spec.axis
                                      : spec.type == LoadType::bending ? spec.direction
                                                                       : load_case.displacement_axis);
  if (spec.type != LoadType::strain)
    motion.amount = motion.rotation ? spec.angle_rad.value_or(0) : load_case.applied_displacement_mm;
  if (motion.amount == 0) {
    motion.why_not = "no displacement of one end is prescribed";
  } else if (has_force(load_case)) {
    motion.why_not = "the load case has forces beside its displacement";
  } else if (load_case.other_loads ||
             !(motion.rotation ? is_pure_rotation(load_case, roles) : is_pure_translation(load_case, roles, motion))) {
    motion.why_not = "the load case prescribes more than the motion of its ends";
  } else {
    motion.from_energy = true;
  }
  return motion;
}

}  // namespace osteon
