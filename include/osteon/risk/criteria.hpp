// SPDX-License-Identifier: Apache-2.0
// Local failure criteria on one scale: RF = 1 / lambda_fail, linear in load, RF = 1 at failure.
#pragma once

#include <string>
#include <vector>

#include "osteon/mechanics/fields.hpp"

namespace osteon {

/// A criterion and its parameters. Adding one = a header in kernels/risk/criteria and a row in criteria_list.hpp.
struct Criterion {
  std::string id;  ///< "ees", "vm", ...; the field is RiskFactor_<id>
  std::string formula;
  std::string source;  ///< keeps the mark "(recalled, check)"
  struct Parameter {
    std::string name;
    double value;
    std::string unit;
    std::string doc;
    double low = 0, high = 0;  ///< allowed values; infinite where there is no bound
    bool low_open = true;      ///< `low` itself is not allowed
  };
  std::vector<Parameter> parameters;
};

/// Criteria this build knows, with default parameters.
const std::vector<Criterion>& known_criteria();
/// Finds one by id; throws UsageError that names the known ones.
Criterion find_criterion(const std::string& id);

/// `request` with the fields added that the criteria read.
FieldRequest with_fields_for(const std::vector<Criterion>& criteria, FieldRequest request);
/// The names of those fields as a result file has them: EffectiveStrain, PrincipalStrain, Stress.
std::vector<std::string> fields_read_by(const Criterion& criterion);
/// True where the criterion compares with a strength that follows from the voxel's modulus (all that read stress).
bool reads_modulus(const Criterion& criterion);

/// Throws UsageError, before a solve rather than after it, where a criterion cannot be evaluated for this material
/// (`de` without a density) or a parameter is out of its range. Returns what a reader of the maps must know, a sentence
/// each.
std::vector<std::string> check_criteria(const std::vector<Criterion>& criteria, const MaterialField& material);

/// RF per element for each criterion, all in one pass over the elements. Parameters as found by find_criterion, values
/// may be changed. `fields` holds what with_fields_for asks for. Throws as check_criteria.
std::vector<std::vector<float>> risk_factors(const std::vector<Criterion>& criteria, const ElementFields& fields,
                                             const MaterialField& material);

/// What is counted of a map.
struct RiskSummarySettings {
  std::vector<double> thresholds = {0.5, 0.8, 1.0};  ///< of the shares of bone
  double cluster_threshold = 1.0;
  int clusters = 10;  ///< most that are listed; 0 = none are looked for
};

/// A map over one material, which is one region: materials are given by label.
struct RiskOfMaterial {
  std::string name;
  int label = 0;
  std::int64_t elements = 0;
  double p98 = 0, max = 0;
  std::vector<double> volume_percent_above;  ///< RF >= threshold, of this material
};

/// Face-connected voxels with RF >= threshold.
struct RiskCluster {
  std::int64_t voxels = 0;
  double volume_mm3 = 0;
  Vec3 centroid_mm{};  ///< mean of its voxel centres in patient space (LPS), like the points of the result file
  double max = 0;
  Index3 voxel_of_maximum;
  std::string material;  ///< of that voxel
  int label = 0;
};

struct RiskSummary {
  std::string criterion;
  double p98 = 0, max = 0;            ///< NaN where the map has any
  double volume_percent_above_1 = 0;  ///< of the evaluation set, RF >= 1
  Index3 most_loaded_voxel;           ///< where the maximum is
  std::vector<double> thresholds, volume_percent_above;
  std::vector<RiskOfMaterial> by_material;  ///< of the evaluation set, those that occur
  double cluster_threshold = 0;
  std::int64_t cluster_count = 0;     ///< all of them
  double clustered_volume_mm3 = 0;    ///< likewise
  double largest_cluster_mm3 = 0;     ///< likewise
  std::vector<std::string> notes;     ///< of check_criteria
  std::vector<RiskCluster> clusters;  ///< the most dangerous: highest RF first
};
/// Over the elements of materials in the evaluation set; all zero when there are none.
RiskSummary summarise_risk(const Criterion& criterion, const std::vector<float>& risk, const ElasticModel& model,
                           const RiskSummarySettings& settings = {});

}  // namespace osteon
