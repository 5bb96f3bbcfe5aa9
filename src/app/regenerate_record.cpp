// SPDX-License-Identifier: Apache-2.0
#include "regenerate_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "osteon/core/error.hpp"
#include "osteon/core/version.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

OutputField cell_field(const std::string& name, const std::string& unit, std::vector<float> values) {
  OutputField field;
  field.name = name;
  field.unit = unit;
  field.values = std::move(values);
  return field;
}

template <class T>
std::vector<float> floats(const std::vector<T>& values) {
  return std::vector<float>(values.begin(), values.end());
}

Json balance_json(const CohortBalance& b) {
  return {{"name", b.name},
          {"delivered", b.delivered},
          {"not_retained", b.not_retained},
          {"overflow", b.overflow},
          {"placed", b.placed},
          {"divided", b.divided},
          {"died", b.died},
          {"differentiated", b.differentiated},
          {"now", b.now},
          {"engrafted_all", b.engrafted},
          {"balance_error", b.error()}};
}

}  // namespace

const char* set_up_text(SetUp setup) {
  switch (setup) {
    case SetUp::built:
      return "set-up built";
    case SetUp::refreshed:
      return "set-up refreshed";
    case SetUp::kept:
      return "set-up kept";
    case SetUp::recomputed:
      return "set-up computed again";
  }
  return "";
}

DayResults evaluate_day(const Case& wanted, const ElasticModel& model, const Regeneration& simulation,
                        const RegenerationStep& step, Monitor& monitor) {
  FieldRequest request;
  request.tensors = wanted.wants_field("Strain") || wanted.wants_field("Stress");
  request.von_mises = wanted.wants_field("VonMisesStress");
  request.principal = true;
  const std::vector<double>& u = simulation.displacement_mm();
  ElementFields computed = compute_fields(model, u, with_fields_for(wanted.criteria, request));
  DayResults out;
  out.failure_load_n = std::numeric_limits<double>::quiet_NaN();
  try {
    out.failure_load_n =
        pistoia_failure_load(model.material, computed.effective_strain, step.bone_force_n, wanted.pistoia)
            .failure_load_n;
  } catch (const InputError& error) {
    if (step.number == 0) monitor.warn(fmt::format("no failure load: {}", error.what()));
  }
  for (RegenerationField field : simulation.fields())
    out.fields.push_back(cell_field(field.name, field.unit, std::move(field.values)));
  RiskSummarySettings summary_settings = wanted.risk_summary;
  summary_settings.clusters = 0;  // the history has shares only
  std::vector<std::vector<float>> risk = risk_factors(wanted.criteria, computed, model.material);
  for (std::size_t i = 0; i < risk.size(); ++i) {
    out.risk.push_back(summarise_risk(wanted.criteria[i], risk[i], model, summary_settings));
    out.fields.push_back(cell_field("RiskFactor_" + wanted.criteria[i].id, "1", std::move(risk[i])));
  }
  const auto add = [&](const char* name, const char* unit, std::vector<float> values, int components) {
    if (!wanted.wants_field(name)) return;
    OutputField field = cell_field(name, unit, std::move(values));
    field.components = components;
    out.fields.push_back(std::move(field));
  };
  add("YoungsModulus", "MPa", model.material.modulus_mpa, 1);
  add("StrainEnergyDensity", "MPa", floats(computed.energy_density), 1);
  add("EffectiveStrain", "1", floats(computed.effective_strain), 1);
  add("VonMisesStress", "MPa", std::move(computed.von_mises_mpa), 1);
  add("PrincipalStrain", "1", std::move(computed.principal_strain), 3);
  add("Strain", "1", std::move(computed.strain), 6);
  add("Stress", "MPa", std::move(computed.stress), 6);
  if (wanted.wants_field("Displacement")) {
    add("Displacement", "mm", floats(u), 3);
    out.fields.back().location = FieldLocation::point;
  }
  return out;
}

std::vector<std::pair<std::string, double>> history_scalars(const RegenerationStep& step, const DayResults& results) {
  std::vector<std::pair<std::string, double>> scalars = {
      {"movement_mm", step.movement_mm},
      {"bone_stiffness_n_per_mm", step.bone_stiffness_n_per_mm},
      {"bone_force_n", step.bone_force_n},
      {"failure_load_n", results.failure_load_n},
      {"stimulus_median", step.stimulus_median},
      {"callus_bone_fraction", step.callus_bone_fraction},
      {"overstrained_voxels", static_cast<double>(step.overstrained_sites)}};
  if (step.gap_bone_fraction >= 0) scalars.emplace_back("gap_bone_fraction", step.gap_bone_fraction);
  for (const auto& [name, number] : step.cells) scalars.emplace_back("cells_" + name, number);
  if (results.strength) {
    scalars.emplace_back("ultimate_load_n", results.strength->ultimate.force);
    if (results.strength->offset_yield) scalars.emplace_back("yield_load_n", results.strength->offset_yield->force);
  }
  return scalars;
}

std::string history_json(const RegenerationStep& step, const DayResults& results) {
  Json json = {{"step", step.number}, {"day", step.day}};
  for (const auto& [name, value] : history_scalars(step, results)) json[name] = value;
  Json tissues = Json::object();
  double bone = 0;
  for (int t = 0; t < k_tissue_kinds; ++t) {
    tissues[tissue_name(t)] = step.tissue_mm3[static_cast<std::size_t>(t)];
    if (t >= 2) bone += step.tissue_mm3[static_cast<std::size_t>(t)];
  }
  json["tissue_mm3"] = std::move(tissues);
  json["bone_volume_mm3"] = bone;
  json["cohorts"] = Json::array();
  for (const CohortBalance& balance : step.cohorts) json["cohorts"].push_back(balance_json(balance));
  json["host_balance_error"] = step.host_balance_error;
  json["risk"] = Json::object();
  for (const RiskSummary& risk : results.risk)
    json["risk"][risk.criterion] = {{"p98", risk.p98}, {"volume_percent_above_1", risk.volume_percent_above_1}};
  if (results.strength) json["strength"] = day_strength_json(*results.strength);
  json["solver"] = {{"iterations", step.solve.iterations},
                    {"relative_residual", step.solve.relative_residual},
                    {"energy_error", step.solve.energy_error},
                    {"independent_residual", step.check.relative_residual},
                    {"method", step.solve.method},
                    {"levels", step.solve.level_dof},
                    {"setup", set_up_text(step.solve.setup)},
                    {"mechanics_s", step.mechanics_s}};
  return json.dump();
}

void RegenerationHistory::add(const RegenerationStep& step, const DayResults& results, bool written) {
  lines_.push_back(history_json(step, results));
  written_ += written ? 1 : 0;
}

std::string RegenerationHistory::save(const std::string& identity) const {
  return Json({{"case", identity}, {"written", written_}, {"history", lines_}}).dump();
}

std::string RegenerationHistory::restore(const std::string& saved) {
  const Json json = Json::parse(saved, nullptr, false);
  if (json.is_discarded() || !json.contains("history")) throw InputError("the checkpoint has no history");
  lines_ = json.at("history").get<std::vector<std::string>>();
  written_ = json.at("written").get<int>();
  return json.at("case").get<std::string>();
}

bool RegenerationHistory::strength_completed() const {
  return std::all_of(lines_.begin(), lines_.end(), [](const std::string& line) {
    const Json json = Json::parse(line);
    return !json.contains("strength") || json.at("strength").at("completed").get<bool>();
  });
}

std::string RegenerationHistory::text(const std::filesystem::path& folder) const {
  std::string out = fmt::format("{:>7} {:>14} {:>16} {:>16} {:>9}\n", "day", "movement (mm)", "stiffness (N/mm)",
                                "failure load (N)", "bone (%)");
  const std::size_t stride = std::max<std::size_t>(1, lines_.size() / 12);
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (i % stride != 0 && i + 1 != lines_.size()) continue;
    const Json json = Json::parse(lines_[i]);
    const double load = json.at("failure_load_n").is_number() ? json.at("failure_load_n").get<double>() : NAN;
    out += fmt::format("{:>7g} {:>14.4f} {:>16.2f} {:>16.2f} {:>9.1f}\n", json.at("day").get<double>(),
                       json.at("movement_mm").get<double>(), json.at("bone_stiffness_n_per_mm").get<double>(), load,
                       100 * json.at("callus_bone_fraction").get<double>());
  }
  for (const std::string& line : lines_) {
    const Json json = Json::parse(line);
    if (!json.contains("strength")) continue;
    const Json& s = json.at("strength");
    const auto force = [](const Json& mark) {
      return mark.is_null() ? std::string("none") : fmt::format("{:.2f} N", mark.at("force_n").get<double>());
    };
    out += fmt::format("strength on day {:g}: offset yield {}, ultimate {}{}{}\n", json.at("day").get<double>(),
                       force(s.at("offset_yield")), force(s.at("ultimate")),
                       s.at("ultimate").at("is_peak").get<bool>() ? "" : " (still rising where the load ends)",
                       s.at("completed").get<bool>() ? "" : "; NOT COMPLETED: " + s.value("failure", std::string()));
  }
  out +=
      "Hypothesis, not a forecast: parameters marked as assumptions decide the course (log.txt lists them). Research "
      "use only.\n";
  out += fmt::format("{}: result.vtkhdf and result.xdmf (ParaView), summary.json, log.txt\n", folder.string());
  return out;
}

std::string regeneration_summary(const Case& wanted, const RunRecord& record, const BoneModel& model,
                                 const RegenerationHistory& history) {
  Json json = Json::parse(summary_json(wanted, record, &model, Analysis{}));
  Json steps = Json::array();
  int iterations = 0;
  double residual = 0;
  for (const std::string& line : history.lines()) {
    steps.push_back(Json::parse(line));
    iterations += steps.back().at("solver").at("iterations").get<int>();
    residual = std::max(residual, steps.back().at("solver").at("relative_residual").get<double>());
  }
  for (const char* key : {"method", "levels"})
    if (!steps.empty()) json["solver"][key] = steps.back().at("solver").at(key);
  json["solver"]["iterations"] = iterations;
  json["solver"]["relative_residual"] = residual;
  json["solver"]["converged"] = record.state != "failed" && !steps.empty();
  Json parameters = Json::array();
  for (const std::string& line : describe(wanted.regenerate->settings.healing)) parameters.push_back(line);
  json["regeneration"] = {{"parameters", std::move(parameters)},
                          {"claim", "hypothesis under the parameters listed; not a forecast; research use only"},
                          {"callus_risk_calibrated", false},
                          {"steps", std::move(steps)}};
  return json.dump(2) + "\n";
}

}  // namespace osteon::app
