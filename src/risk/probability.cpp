// SPDX-License-Identifier: Apache-2.0
#include "osteon/risk/probability.hpp"

#include <fmt/format.h>

#include <cmath>

#include "osteon/core/blocked_sum.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

const char* const k_weakest_link_limits =
    "voxels are taken as independent links, which neighbours of one strut are not; modulus and reference volume are "
    "assumptions; research use only";

double RiskUncertainty::total() const {
  return std::sqrt(yield_strain * yield_strain + material_law * material_law + load_size * load_size +
                   load_direction * load_direction);
}

double failure_probability(double risk_factor, double total_log_deviation) {
  if (std::isnan(risk_factor) || std::isnan(total_log_deviation)) return NAN;
  if (!(risk_factor > 0)) return 0;
  const double distance = std::log(risk_factor);
  if (!(total_log_deviation > 0)) return distance < 0 ? 0 : distance > 0 ? 1 : 0.5;
  return 0.5 * std::erfc(-distance / (total_log_deviation * std::sqrt(2.0)));
}

std::vector<float> failure_probability(const std::vector<float>& risk_factor, const RiskUncertainty& uncertainty) {
  const double total = uncertainty.total();
  std::vector<float> out(risk_factor.size());
#pragma omp parallel for schedule(static)
  for (std::size_t e = 0; e < out.size(); ++e)
    out[e] = static_cast<float>(failure_probability(static_cast<double>(risk_factor[e]), total));
  return out;
}

VarianceShares variance_shares(const RiskUncertainty& u) {
  const double whole = u.total() * u.total();
  if (!(whole > 0)) return {};
  return {u.yield_strain * u.yield_strain / whole, u.material_law * u.material_law / whole,
          u.load_size * u.load_size / whole, u.load_direction * u.load_direction / whole};
}

double structure_probability(const std::vector<float>& risk_factor, const MaterialField& material,
                             double element_volume_mm3, const WeakestLink& link) {
  for (const double value : {link.modulus, link.reference_volume_mm3, link.reference_risk, element_volume_mm3})
    if (!(value > 0) || !std::isfinite(value))
      throw UsageError(
          fmt::format("weakest link: modulus, reference volume and reference risk must be positive, not {}", value));
  const double hazard = blocked_sum<double>(static_cast<std::int64_t>(risk_factor.size()), [&](std::int64_t i) {
    const auto e = static_cast<std::size_t>(i);
    if (!material.materials[material.material_index[e]].in_evaluation_set) return 0.0;
    return std::pow(static_cast<double>(risk_factor[e]) / link.reference_risk, link.modulus);
  });
  return -std::expm1(-hazard * element_volume_mm3 / link.reference_volume_mm3);
}

}  // namespace osteon
