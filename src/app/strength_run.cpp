// SPDX-License-Identifier: Apache-2.0
#include "strength_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "osteon/core/error.hpp"
#include "run_text.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

Json event_json(const TissueEvent& event) {
  return {{"load_factor", event.load_factor},
          {"voxel", {event.voxel.x, event.voxel.y, event.voxel.z}},
          {"material", event.material}};
}

Json mark_json(const CurveMark& mark) {
  return {{"displacement", mark.displacement}, {"force", mark.force}, {"work_mj", mark.work_mj}};
}

void add_field(const char* name, const std::vector<float>& values, Analysis& analysis) {
  OutputField field;
  field.name = name;
  field.unit = "1";
  field.values = values;
  analysis.fields.push_back(std::move(field));
}

const LoadCaseResult* find_load_case(const StrengthCase& strength, const Analysis& analysis) {
  for (const auto& result : analysis.results)
    if (result && (strength.load_case.empty() || result->load_case.spec.name == strength.load_case)) return &*result;
  return nullptr;
}

}  // namespace

void run_strength_part(const Case& wanted, const BoneModel& model, Device& device, StageTimes& times, Monitor& monitor,
                       Analysis& analysis) {
  if (!wanted.strength) return;
  const LoadCaseResult* linear = find_load_case(*wanted.strength, analysis);
  OSTEON_ASSERT(linear != nullptr);  // the case was checked
  StrengthResult& result = analysis.strength.emplace();
  result.load_case = linear->load_case.spec.name;
  if (!linear->solve.converged) {
    result.solver.failure = "the linear solve did not converge";
    monitor.warn("strength was left out: the linear solve of its load case did not converge");
    return;
  }
  Stopwatch watch;
  run_strength(device, model.elastic, linear->load_case, wanted.strength->settings, result, monitor);
  times.solve += watch.lap();
  for (const std::string& note : result.notes) monitor.note("strength: " + note);
  if (!result.solver.completed)
    monitor.warn(fmt::format("strength: {}; the curve up to there is written", result.solver.failure));
  add_field("PlasticStrain", result.plastic_strain, analysis);
  add_field("Failed", result.failed, analysis);
  if (wanted.strength->settings.damage_limit > 0) add_field("Damage", result.damage, analysis);
  monitor.note("strength\n" + strength_lines(result));
}

bool strength_completed(const Case& wanted, const Analysis& analysis) {
  return !wanted.strength || (analysis.strength && analysis.strength->solver.completed);
}

Json strength_json(const Case& wanted, const StrengthResult& r, const MaterialField& material) {
  const StrengthSettings& s = wanted.strength->settings;
  const bool mises = s.law == YieldLaw::von_mises;
  Json json = {{"load_case", r.load_case}, {"law", mises ? "von_mises" : "asymmetric"}};
  Json& parameters = json["parameters"];
  if (mises) {
    parameters["yield_strain"] = s.yield_strain;
  } else {
    parameters = {{"tensile_yield_strain", s.tensile_yield_strain},
                  {"compressive_yield_strain", s.compressive_yield_strain},
                  {"shape", s.shape}};
  }
  parameters["post_yield_ratio"] = s.post_yield_ratio;
  parameters["damage_limit"] = s.damage_limit;
  parameters["damage_rate"] = s.damage_rate;
  parameters["failed_plastic_strain"] = s.failed_plastic_strain;
  parameters["offset_strain"] = s.offset_strain;
  json["completed"] = r.solver.completed;
  if (!r.solver.failure.empty()) json["failure"] = r.solver.failure;
  json["units"] = {{"displacement", r.displacement_unit}, {"force", r.force_unit}};
  json["initial_stiffness"] = r.initial_stiffness;
  json["offset_yield"] = r.offset_yield ? mark_json(*r.offset_yield) : Json();
  json["ultimate"] = mark_json(r.ultimate);
  json["ultimate"]["is_peak"] = r.ultimate_is_peak;
  json["first_yield"] = r.first_yield ? event_json(*r.first_yield) : Json();
  json["first_failed"] = r.first_failed ? event_json(*r.first_failed) : Json();
  Json& materials = json["materials"] = Json::object();
  for (std::size_t m = 0; m < r.first_yield_factor.size(); ++m)
    materials[material.materials[m].name] = {
        {"first_yield_load_factor", r.first_yield_factor[m] ? Json(*r.first_yield_factor[m]) : Json()},
        {"yielded_percent", r.curve.empty() ? 0 : r.curve.back().yielded_percent[m]}};
  json["energy_balance_error"] = r.energy_balance_error;
  json["solver"] = {{"method", r.solver.method},
                    {"steps", r.solver.steps},
                    {"cut_steps", r.solver.cut_steps},
                    {"newton_iterations", r.solver.newton_iterations},
                    {"linear_iterations", r.solver.linear_iterations},
                    {"seconds", r.solver.seconds}};
  Json& curve = json["curve"] = Json::object();
  for (const StrengthPoint& p : r.curve) {
    curve["load_factor"].push_back(p.load_factor);
    curve["displacement"].push_back(p.displacement);
    curve["force"].push_back(p.force);
    curve["work_mj"].push_back(p.work_mj);
  }
  return json;
}

std::string strength_lines(const StrengthResult& r) {
  const std::string indent(14, ' ');
  std::string text = fmt::format("  {:<12}{} steps, {} Newton and {} linear iterations{}\n", "strength", r.solver.steps,
                                 r.solver.newton_iterations, r.solver.linear_iterations,
                                 r.solver.completed ? "" : "  NOT COMPLETED: " + r.solver.failure);
  const auto line = [&](const char* name, const CurveMark& mark, const char* more) {
    text += fmt::format("{}{} {:.6g} {} at {:.6g} {}, work {:.5g} mJ{}\n", indent, name, mark.force, r.force_unit,
                        mark.displacement, r.displacement_unit, mark.work_mj, more);
  };
  if (r.offset_yield) line("offset yield", *r.offset_yield, "");
  line("ultimate", r.ultimate, r.ultimate_is_peak ? "" : " (still rising where the load ends)");
  const auto event = [&](const char* what, const std::optional<TissueEvent>& e) {
    if (e)
      text += fmt::format("{}first to {}: {} at voxel {} {} {}, load factor {:.4g}\n", indent, what, e->material,
                          e->voxel.x, e->voxel.y, e->voxel.z, e->load_factor);
  };
  event("yield", r.first_yield);
  event("fail", r.first_failed);
  text.pop_back();
  return text;
}

}  // namespace osteon::app
