// SPDX-License-Identifier: Apache-2.0
#include "probability_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "osteon/risk/random_direction.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

double highest_of(const std::vector<float>& values, const MaterialField& material) {
  double highest = 0;
  for (std::size_t e = 0; e < values.size(); ++e)
    if (material.materials[material.material_index[e]].in_evaluation_set)
      highest = std::max(highest, static_cast<double>(values[e]));
  return highest;
}

OutputField cell_field(std::string name, std::vector<float> values) {
  OutputField field;
  field.name = std::move(name);
  field.unit = "1";
  field.values = std::move(values);
  return field;
}

const Criterion& criterion_of(const Case& wanted) {
  return *std::find_if(wanted.criteria.begin(), wanted.criteria.end(),
                       [&](const Criterion& c) { return c.id == wanted.probability->criterion; });
}

/// Probability with a random direction of the load; false when its unit forces could not be solved.
bool add_direction(const Case& wanted, const BoneModel& model, UnitLoadCache& unit_loads,
                   const ResolvedLoadCase& load_case, Monitor& monitor, StructureRisk& found, TiltedRisk& risk) {
  const std::size_t set = turnable_node_set(load_case.spec, "", "");
  const UnitLoads& unit = unit_loads.of(load_case, set, monitor);
  if (!unit.converged) {
    monitor.warn(fmt::format("load case '{}': no failure probability: a unit force did not converge: {}",
                             load_case.spec.name, unit.failure));
    return false;
  }
  monitor.progress("probability", -1, "directions of the load");
  const ProbabilityCase& p = *wanted.probability;
  risk = tilted_risk(model.elastic, unit.displacement_mm, load_case.spec.node_sets[set].force_n, criterion_of(wanted),
                     p.load_direction_deg, p.uncertainty, monitor);
  found.mean_shares = mean_variance_shares(risk.log_deviation, model.elastic.material, p.uncertainty);
  return true;
}

Json shares_json(const VarianceShares& shares) {
  return {{"yield_strain", shares.yield_strain},
          {"material_law", shares.material_law},
          {"load_size", shares.load_size},
          {"load_direction", shares.load_direction}};
}

}  // namespace

void run_probability_part(const Case& wanted, const BoneModel& model, UnitLoadCache& unit_loads, Monitor& monitor,
                          Analysis& analysis) {
  if (!wanted.probability) return;
  const ProbabilityCase& asked = *wanted.probability;
  const MaterialField& material = model.elastic.material;
  const Vec3& h = model.elastic.mesh->spacing_mm();
  for (const auto& result : analysis.results) {
    if (!result) continue;
    const LoadCaseSpec& load_case = result->load_case.spec;
    const std::string suffix = analysis.results.size() > 1 ? "_" + load_case.name : "";
    const auto map = std::find_if(analysis.fields.begin(), analysis.fields.end(), [&](const OutputField& f) {
      return f.name == "RiskFactor_" + asked.criterion + suffix;
    });
    if (map == analysis.fields.end()) continue;
    StructureRisk found{load_case.name, asked.criterion, 0, 0, {}};
    found.structure_probability = structure_probability(map->values, material, h[0] * h[1] * h[2], asked.link);
    TiltedRisk risk;
    if (asked.load_direction_deg == 0)
      risk.failure_probability = failure_probability(map->values, asked.uncertainty);
    else if (!add_direction(wanted, model, unit_loads, result->load_case, monitor, found, risk))
      continue;
    found.highest = highest_of(risk.failure_probability, material);
    analysis.probability.push_back(std::move(found));
    analysis.fields.push_back(cell_field("FailureProbability" + suffix, std::move(risk.failure_probability)));
    if (!risk.log_deviation.empty())
      analysis.fields.push_back(cell_field("LoadDirectionLogDeviation" + suffix, std::move(risk.log_deviation)));
  }
}

bool probability_completed(const Case& wanted, const Analysis& analysis) {
  return !wanted.probability || wanted.probability->load_direction_deg == 0 ||
         analysis.probability.size() == analysis.results.size();
}

Json probability_json(const Case& wanted, const std::vector<StructureRisk>& probability) {
  const ProbabilityCase& p = *wanted.probability;
  RiskUncertainty uncertainty = p.uncertainty;
  const bool turns = p.load_direction_deg > 0;
  if (turns) uncertainty.load_direction = 0;
  Json json = {{"criterion", p.criterion}, {"log_deviation", uncertainty.total()}};
  if (turns) {
    json["load_direction_deg"] = p.load_direction_deg;
    json["log_deviation_without"] = "load_direction, which differs from voxel to voxel: LoadDirectionLogDeviation";
  } else {
    json["variance_shares"] = shares_json(variance_shares(uncertainty));
  }
  json["weibull_modulus"] = p.link.modulus;
  json["reference_volume_mm3"] = p.link.reference_volume_mm3;
  json["limits"] = k_weakest_link_limits;
  json["load_cases"] = Json::object();
  for (const StructureRisk& one : probability) {
    Json& home = json["load_cases"][one.load_case];
    home = {{"structure_probability", one.structure_probability}, {"highest_local_probability", one.highest}};
    if (one.mean_shares) home["mean_variance_shares"] = shares_json(*one.mean_shares);
  }
  return json;
}

std::string probability_lines(const Analysis& analysis) {
  std::string text;
  for (const StructureRisk& p : analysis.probability) {
    text += fmt::format(
        "probability {}: structure {:.4g} (weakest link), highest of a voxel {:.4g}, from {}\n            {}\n",
        p.load_case, p.structure_probability, p.highest, p.criterion, k_weakest_link_limits);
    if (p.mean_shares)
      text += fmt::format(
          "            mean share of variance: yield strain {:.2f}, material law {:.2f}, load size {:.2f}, direction "
          "{:.2f}\n",
          p.mean_shares->yield_strain, p.mean_shares->material_law, p.mean_shares->load_size,
          p.mean_shares->load_direction);
  }
  return text;
}

}  // namespace osteon::app
