// SPDX-License-Identifier: Apache-2.0
// Local failure criteria on one scale: RF = 1 / lambda_fail, linear in load, RF = 1 at failure.
#pragma once

#include <string>
#include <vector>

#include "osteon/mechanics/fields.hpp"

namespace osteon {

/// A criterion and its parameters, each with its source. Adding one = one row in criteria.cpp and its body.
struct Criterion {
  std::string id;  ///< "ees", "pstrain"; the field is RiskFactor_<id>
  std::string formula;
  std::string source;  ///< keeps the mark "(recalled, check)"
  struct Parameter {
    std::string name;
    double value;
    std::string unit;
  };
  std::vector<Parameter> parameters;
};

/// Criteria this build knows, with default parameters.
const std::vector<Criterion>& known_criteria();
/// Finds one by id; throws UsageError that names the known ones.
Criterion find_criterion(const std::string& id);

/// RF per element; parameters as found by find_criterion, values may be changed (UsageError unless positive). Needs
/// fields.principal_strain for pstrain (computed with FieldRequest::principal).
std::vector<float> risk_factor(const Criterion& criterion, const ElementFields& fields);

struct RiskSummary {
  std::string criterion;
  double p98 = 0, max = 0;
  double volume_percent_above_1 = 0;  ///< of the evaluation set, RF >= 1
  Index3 most_loaded_voxel;           ///< where the maximum is
};
/// Over the elements of materials in the evaluation set; all zero when there are none.
RiskSummary summarise_risk(const Criterion& criterion, const std::vector<float>& risk, const ElasticModel& model);

}  // namespace osteon
