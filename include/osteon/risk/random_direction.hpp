// SPDX-License-Identifier: Apache-2.0
// Failure probability where the direction of the load is random, from the solutions of three unit forces.
#pragma once

#include <vector>

#include "osteon/core/monitor.hpp"
#include "osteon/risk/load_directions.hpp"
#include "osteon/risk/probability.hpp"

namespace osteon {

struct WeightedDirection {
  Vec3 direction{};
  double weight = 0;
};

/// Directions and weights (sum 1) whose weighted sums are means over a direction that is tilted by two independent
/// normal angles about two normals of `nominal`, first the one, then the other. The rule is a square grid of 0.6
/// deviations within 4: ln RF and Phi(ln RF / zeta) are steep where the load passes through a direction that leaves the
/// voxel unstrained, and there Gauss-Hermite of as many points is five times worse. The grid's variance of an angle is
/// 0.3 % too small. Throws UsageError unless 0 < deviation_deg <= 20 and nominal has a length.
std::vector<WeightedDirection> tilted_directions(const Vec3& nominal, double deviation_deg);

struct TiltedRisk {
  /// Mean over the directions of Phi(ln RF / zeta), zeta of the other uncertainties: no law is assumed for RF.
  std::vector<float> failure_probability;
  /// Standard deviation of ln RF over the directions. RF below 0.001 counts as 0.001 here: ln 0 has no variance.
  std::vector<float> log_deviation;
};

/// Force in N at the place of the unit solutions; `uncertainty.load_direction` is not used. May be interrupted between
/// directions.
TiltedRisk tilted_risk(const ElasticModel& model, const UnitSolutions& unit, const Vec3& force_n,
                       const Criterion& criterion, double deviation_deg, const RiskUncertainty& uncertainty,
                       Monitor& monitor);

/// First-order shares of the variance of ln RF, voxel by voxel (RiskUncertainty::load_direction replaced by that
/// voxel's), and their means over the evaluated elements. The same digits for any number of threads.
VarianceShares mean_variance_shares(const std::vector<float>& log_deviation, const MaterialField& material,
                                    const RiskUncertainty& uncertainty);

}  // namespace osteon
