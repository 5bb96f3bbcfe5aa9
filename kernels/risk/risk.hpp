// SPDX-License-Identifier: Apache-2.0
// Risk factors of any number of failure criteria in one pass over the elements: RF = 1 / lambda_fail, lambda_fail the
// smallest positive factor on the load at which the criterion is met. RF is linear in load, never negative, 1 at
// failure; NaN stays NaN.
//
// Which criteria there are: criteria_list.hpp; formulas, parameters and sources: criteria/*.hpp.
// Units: MPa, dimensionless strain, g/cm3. Voigt order of voigt.hpp.
// Bytes per element: read 8 effective strain, 12 principal strain, 24 stress, 4 modulus, 4 density, each once and only
// if a criterion of the run needs it; written 4 per criterion. Elements do not meet: no sums, any order.
#pragma once

#include <cstddef>
#include <limits>

namespace osteon::kernels {

/// What a criterion reads of an element, as bits.
enum RiskNeed : unsigned {
  k_needs_effective_strain = 1,
  k_needs_principal_strain = 2,
  k_needs_stress = 4,
  k_needs_principal_stress = 8,  ///< computed from stress
  k_needs_modulus = 16,
  k_needs_ash_density = 32,
};

/// One parameter of a criterion as its header declares it.
struct RiskParameter {
  const char* name;
  double value;  ///< default
  const char* unit;
  const char* doc;
  double low = 0;
  bool low_open = true;  ///< `low` itself is not allowed
  double high = std::numeric_limits<double>::infinity();
};

inline constexpr int k_most_risk_parameters = 12;
inline constexpr int k_most_risk_maps = 16;

/// What the criteria read; pointers may be null where no criterion of the run needs them.
struct RiskInput {
  std::size_t count = 0;                     ///< elements
  const double* effective_strain = nullptr;  ///< per element
  const float* principal_strain = nullptr;   ///< 3 per element, descending
  const float* stress = nullptr;             ///< 6 per element, MPa
  const float* modulus_mpa = nullptr;        ///< per element
  const float* ash_density_g_cm3 = nullptr;  ///< per element
};

struct RiskMap {
  int criterion = 0;                               ///< place in criteria_list.hpp
  double parameters[k_most_risk_parameters] = {};  ///< in the criterion's order
  float* risk = nullptr;                           ///< per element, written
};

struct RiskMaps {
  int count = 0;
  unsigned needs = 0;  ///< RiskNeed of all of them
  RiskMap map[k_most_risk_maps];
};

namespace cpu {
void evaluate_risk(const RiskInput& input, const RiskMaps& maps);
}

/// Only in builds with CUDA; pointers are device pointers, the launch is asynchronous.
namespace cuda {
void evaluate_risk(const RiskInput& input, const RiskMaps& maps);
}

}  // namespace osteon::kernels
