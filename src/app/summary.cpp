// SPDX-License-Identifier: Apache-2.0
#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "bone_run.hpp"
#include "falls_run.hpp"
#include "kernels/element/voigt.hpp"
#include "osteon/core/version.hpp"
#include "probability_run.hpp"
#include "risk_report.hpp"
#include "scores_run.hpp"
#include "strength_run.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

Json fields_json(const LoadCaseResult& result) {
  Json fields = Json::object();
  for (const auto& [name, s] : result.statistics) {
    fields[name] = {{"unit", s.unit}, {"mean", s.mean}, {"sd", s.sd}, {"p95", s.p95}, {"p98", s.p98}, {"max", s.max}};
    if (name == "Displacement") fields[name]["of"] = "magnitude";
  }
  return fields;
}

Json pistoia_json(const PistoiaResult& p, const MaterialField& material) {
  Json json = {{"critical_strain", p.settings.critical_strain},
               {"critical_volume_percent", p.settings.critical_volume_percent},
               {"ees_at_critical_volume", p.ees_at_critical_volume},
               {"factor", p.factor},
               {"failure_load_n", p.failure_load_n},
               {"definition", p.definition}};
  json["factor_table"] = {{"critical_volume_percent", {1, 2, 3, 4, 5, 6, 7}},
                          {"critical_strain", {0.005, 0.006, 0.007, 0.008, 0.009}},
                          {"factor", p.factor_table}};
  Json share = Json::object();
  for (std::size_t i = 0; i < p.failed_percent_by_material.size() && i < material.materials.size(); ++i)
    share[material.materials[i].name] = p.failed_percent_by_material[i];
  json["failed_percent_by_material"] = std::move(share);
  return json;
}

Json load_case_json(const LoadCaseResult& result) {
  const ReactionReport& r = result.reactions;
  return {{"name", result.load_case.spec.name},
          {"frame", "image axes"},
          {"reaction_force_n", r.reaction_force_n},
          {"reaction_moment_nmm", r.reaction_moment_nmm},
          {"applied_displacement_mm", r.applied_displacement_mm},
          {"stiffness_n_per_mm", r.stiffness_n_per_mm},
          {"applied_angle_rad", r.applied_angle_rad},
          {"rotational_stiffness_nmm_per_rad", r.rotational_stiffness_nmm_per_rad},
          {"apparent_modulus_mpa", r.apparent_modulus_mpa},
          {"strain_energy_mj", r.strain_energy_mj},
          {"force_balance_error", result.check.force_balance_error},
          {"energy_error", result.check.energy_error},
          {"independent_residual", result.check.relative_residual},
          {"iterations", result.solve.iterations},
          {"solved_together", result.solve.solved_together},
          {"relative_residual", result.solve.relative_residual},
          {"converged", result.solve.converged}};
}

Json solver_json(const Case& wanted, const Analysis& analysis) {
  Json json;
  int iterations = 0;
  std::int64_t applications = 0;
  double residual = 0;
  for (const auto& result : analysis.results) {
    if (!result) continue;
    applications += result->solve.fine_operator_applications;
    json["method"] = result->solve.method;
    iterations += result->solve.iterations;
    residual = std::isfinite(result->solve.relative_residual) ? std::max(residual, result->solve.relative_residual)
                                                              : result->solve.relative_residual;
    json["levels"] = result->solve.level_dof;
  }
  json["iterations"] = iterations;
  json["fine_operator_applications"] = applications;
  json["relative_residual"] = residual;
  json["tolerance"] = wanted.solver.tolerance;
  json["converged"] = !analysis.results.empty() && all_converged(analysis);
  return json;
}

Json model_json(const BoneModel& model) {
  const VoxelMesh& mesh = *model.elastic.mesh;
  return {{"elements", mesh.element_count()},
          {"nodes", mesh.node_count()},
          {"dof", 3 * std::int64_t{mesh.node_count()}},
          {"size", {mesh.size().x, mesh.size().y, mesh.size().z}},
          {"spacing_mm", mesh.spacing_mm()},
          {"bone_volume_mm3", model.bone_volume_mm3},
          {"volume_fraction", model.volume_fraction},
          {"removed_elements", model.removed_voxels},
          {"removed_components", model.removed_components}};
}

Json homogenised_json(const HomogenisedStiffness& h) {
  Json rows = Json::array();
  for (int i = 0; i < 6; ++i) {
    Json row = Json::array();
    for (int j = 0; j < 6; ++j) row.push_back(h.stiffness_mpa[6 * i + j]);
    rows.push_back(std::move(row));
  }
  const auto& nu = h.poisson_ratio;
  return {
      {"stiffness_mpa", std::move(rows)},
      {"order", k_voigt_order},
      {"asymmetry", h.asymmetry},
      {"youngs_modulus_mpa", h.youngs_modulus_mpa},
      {"shear_modulus_mpa", h.shear_modulus_mpa},
      {"poisson_ratio", {{"xy", nu[0]}, {"xz", nu[1]}, {"yx", nu[2]}, {"yz", nu[3]}, {"zx", nu[4]}, {"zy", nu[5]}}}};
}

}  // namespace

std::string summary_json(const Case& wanted, const RunRecord& record, const BoneModel* model,
                         const Analysis& analysis) {
  Json json;
  json["schema"] = "osteon-summary/1";
  json["state"] = record.state;
  json["osteon"] = {
      {"version", version()},      {"git", git_revision()},
      {"backend", record.backend}, {"device", record.device},
      {"threads", record.threads}, {"precision", wanted.solver.precision == CyclePrecision::fp32 ? "mixed" : "double"}};
  json["input"] = Json::array();
  for (const InputFile& file : record.inputs) json["input"].push_back({{"path", file.path}, {"sha256", file.sha256}});
  if (model != nullptr && model->elastic.mesh) json["model"] = model_json(*model);
  if (model != nullptr && model->setup) json["bone"] = bone_json(*model->setup);
  json["solver"] = solver_json(wanted, analysis);
  const StageTimes& t = record.times;
  json["time_s"] = {{"read", t.read}, {"model", t.model}, {"setup", t.setup},       {"solve", t.solve},
                    {"post", t.post}, {"write", t.write}, {"total", record.total_s}};
  json["memory_bytes"] = {{"peak_host", record.peak_host_bytes}, {"peak_device", record.peak_device_bytes}};
  json["load_cases"] = Json::array();
  const bool several = wanted.load_cases.size() > 1;
  for (const auto& result : analysis.results) {
    if (!result) continue;
    Json load_case = load_case_json(*result);
    Json& home = several ? load_case : json;  // one load case: at the top; several: inside each
    Json parts = {{"fields", fields_json(*result)}};
    if (result->pistoia) parts["pistoia"] = pistoia_json(*result->pistoia, model->elastic.material);
    parts["risk"] = risk_json(wanted.criteria, result->risk);
    if (!several) json["load_cases"].push_back(load_case);
    for (auto& [key, value] : parts.items()) home[key] = std::move(value);
    if (several) json["load_cases"].push_back(std::move(load_case));
  }
  if (analysis.homogenised) json["homogenised"] = homogenised_json(*analysis.homogenised);
  if (!analysis.probability.empty()) json["probability"] = probability_json(wanted, analysis.probability);
  if (analysis.scores) json["scores"] = scores_json(*analysis.scores);
  if (analysis.falls) json["falls"] = falls_json(wanted, *analysis.falls);
  if (analysis.strength) json["strength"] = strength_json(wanted, *analysis.strength, model->elastic.material);
  json["warnings"] = record.warnings;
  return json.dump(2) + "\n";
}

}  // namespace osteon::app
