// SPDX-License-Identifier: Apache-2.0
// Strength of a bone loaded from many directions at one place: supports stay, so that the solutions of three unit
// forces span them all exactly.
#pragma once

#include <array>
#include <vector>

#include "osteon/model/elastic_model.hpp"
#include "osteon/risk/criteria.hpp"

namespace osteon {

/// Directions made of a nominal one by turns about two image axes, every angle of the first with every one of the
/// second. Right-handed turns, degrees; first about axis_1, then about axis_2 (both fixed).
struct DirectionGrid {
  Vec3 nominal = {0, 0, -1};  ///< in image axes; of any length but 0
  Axis axis_1 = Axis::x, axis_2 = Axis::y;
  std::vector<double> angle_1_deg = {0}, angle_2_deg = {0};
};

struct LoadDirection {
  double angle_1_deg = 0, angle_2_deg = 0;
  Vec3 direction{};  ///< unit vector in image axes
};

/// The second angle runs faster. Throws UsageError for a nominal direction of no length, equal axes or no angle.
std::vector<LoadDirection> load_directions(const DirectionGrid& grid);

/// Displacement (3 per node, mm) under 1 N along x, y and z at the same nodes.
using UnitSolutions = std::array<std::vector<double>, 3>;

/// Displacement under a force (N): the problem is linear. Throws InternalError when the three differ in length.
std::vector<double> displacement_under(const UnitSolutions& unit, const Vec3& force_n);

/// The value that `volume_percent` of the evaluated elements reach or pass: rank int(N (100 - V) / 100) in ascending
/// order, counted from 0, as the Pistoia failure load. Throws InputError when nothing is evaluated, UsageError unless
/// 0 < volume_percent < 100.
double risk_at_volume(const std::vector<float>& risk_factor, const MaterialField& material, double volume_percent);

/// Force (N) along the unit vector `direction` at which `volume_percent` of the evaluated elements reach RF = 1 of the
/// criterion. Infinite where that share of the bone is not loaded.
double strength_along(const ElasticModel& model, const UnitSolutions& unit, const Vec3& direction,
                      const Criterion& criterion, double volume_percent);

}  // namespace osteon
