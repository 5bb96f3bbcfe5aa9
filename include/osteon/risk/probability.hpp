// SPDX-License-Identifier: Apache-2.0
// From risk factors to probabilities: resistance and demand are lognormal, RF is the ratio of their medians.
#pragma once

#include <string>
#include <vector>

#include "osteon/model/materials.hpp"

namespace osteon {

/// Log-standard deviations of what makes RF uncertain. The defaults are placeholders to be set by the user: 0.15 for
/// resistance and 0.25 for demand in all, the latter mostly the material law's, as Wille et al. 2016 (J Biomech 49:520)
/// find 60 to 80 % of the variance of strain there.
struct RiskUncertainty {
  double yield_strain = 0.15;    ///< of the resistance
  double material_law = 0.20;    ///< of the demand through the density-modulus law
  double load_size = 0.10;       ///< of the demand
  double load_direction = 0.11;  ///< of the demand, as a factor on it
  /// sqrt of the sum of squares.
  double total() const;
};

/// p = Phi(-beta), beta = -ln RF / total. 0.5 where RF is 1; 0 where RF is 0; without uncertainty a step. NaN stays.
double failure_probability(double risk_factor, double total_log_deviation);
std::vector<float> failure_probability(const std::vector<float>& risk_factor, const RiskUncertainty& uncertainty);

/// First-order shares of the variance of ln RF, summing to 1: exact, since ln RF is the sum of independent parts
/// (Sobol's indices of the logarithm). All 0 without uncertainty.
struct VarianceShares {
  double yield_strain = 0, material_law = 0, load_size = 0, load_direction = 0;
};
VarianceShares variance_shares(const RiskUncertainty& uncertainty);

/// Weakest link (Weibull 1939): P = 1 - exp(-integral (RF / RF0)^m dV / V0).
struct WeakestLink {
  double modulus = 10;              ///< m (assumption)
  double reference_volume_mm3 = 1;  ///< V0 (assumption)
  double reference_risk = 1;        ///< RF0
};
/// Must stand beside every structure probability that is shown.
extern const char* const k_weakest_link_limits;

/// Over the elements of materials in the evaluation set. The same digits for any number of threads. Throws UsageError
/// unless all parameters are positive.
double structure_probability(const std::vector<float>& risk_factor, const MaterialField& material,
                             double element_volume_mm3, const WeakestLink& link);

}  // namespace osteon
