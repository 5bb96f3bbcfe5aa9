// SPDX-License-Identifier: Apache-2.0
#include "falls_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

Json finite_or_null(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json range_json(const UniformRange& range) { return {range.low, range.high}; }

std::size_t weakest(const FallsResult& falls) {
  return static_cast<std::size_t>(std::min_element(falls.strength_n.begin(), falls.strength_n.end()) -
                                  falls.strength_n.begin());
}

/// Empty, or why there can be no ARF0.
std::string missing_for_risk(const FallsCase& wanted, const FallsResult& falls) {
  const auto is_positive = [](double strength) { return strength > 0; };
  if (!std::all_of(falls.strength_n.begin(), falls.strength_n.end(), is_positive)) return "a direction has no strength";
  const FallSettings& s = wanted.settings;
  if (s.model == FallModel::pendulum && !(s.patient.mass_kg > 0 && s.patient.height_m > 0))
    return "the force of a fall needs patient.mass_kg and patient.height_cm";
  return {};
}

Json model_json(const FallSettings& s) {
  if (s.model == FallModel::lognormal)
    return {{"model", "lognormal"},
            {"force_median_n", s.force_median_n},
            {"force_log_deviation", s.force_log_deviation},
            {"source", "case file"}};
  const PendulumFall& p = s.pendulum;
  return {{"model", "pendulum"},
          {"formula",
           "(1 - eta_I) (1 - eta_P) m v / dt - 71 N/mm soft tissue, v^2 = v_i^2 + 2 g c H (cos theta_i - cos "
           "theta_f) + a_i c H (theta_f - theta_i)"},
          {"source",
           "ranges, c, dt: Bhattacharya et al. 2019, table 2 (PMC6418062), unless the case file changes them; "
           "form of the pulse, role of a_i: assumptions; soft tissue: Robinovitch et al. 1991 (recalled, "
           "check)"},
          {"initial_angle_deg", range_json(p.initial_angle_deg)},
          {"final_angle_deg", range_json(p.final_angle_deg)},
          {"initial_speed_m_per_s", range_json(p.initial_speed_m_per_s)},
          {"initial_acceleration_m_per_s2", range_json(p.initial_acceleration_m_per_s2)},
          {"postural_attenuation", range_json(p.postural_attenuation)},
          {"impact_attenuation", range_json(p.impact_attenuation)},
          {"centre_of_mass", p.centre_of_mass},
          {"impact_time_s", p.impact_time_s},
          {"mass_kg", s.patient.mass_kg},
          {"height_m", s.patient.height_m},
          {"soft_tissue_mm", s.patient.trochanteric_soft_tissue_mm}};
}

Json direction_json(const FallsResult& falls, std::size_t i) {
  const LoadDirection& d = falls.directions[i];
  Json json = {{"angle_1_deg", d.angle_1_deg},
               {"angle_2_deg", d.angle_2_deg},
               {"direction", d.direction},
               {"strength_n", finite_or_null(falls.strength_n[i])}};
  if (falls.risk) json["arf0"] = falls.risk->arf0_of_direction[i];
  return json;
}

}  // namespace

void run_falls_part(const Case& wanted, const BoneModel& model, UnitLoadCache& unit_loads, StageTimes& times,
                    Monitor& monitor, Analysis& analysis) {
  if (!wanted.falls) return;
  const FallsCase& asked = *wanted.falls;
  FallsResult& falls = analysis.falls.emplace();
  falls.no_risk_because = "the run was interrupted";
  const auto linear = std::find_if(analysis.results.begin(), analysis.results.end(), [&](const auto& result) {
    return result && result->load_case.spec.name == asked.load_case;
  });
  OSTEON_ASSERT(linear != analysis.results.end());
  const ResolvedLoadCase& load_case = (*linear)->load_case;
  const std::size_t node_set = turnable_node_set(load_case.spec, asked.node_set, asked.where);
  falls.node_set = load_case.spec.node_sets[node_set].name;
  falls.grid = falls_grid(asked, load_case.spec);
  const std::vector<LoadDirection> directions = load_directions(falls.grid);
  const UnitLoads& unit = unit_loads.of(load_case, node_set, monitor);
  falls.converged = unit.converged;
  falls.iterations = unit.iterations;
  falls.relative_residual = unit.relative_residual;
  falls.independent_residual = unit.independent_residual;
  if (!unit.converged) {
    falls.no_risk_because = "a unit force did not converge";
    monitor.warn(fmt::format("falls were left out: a unit force did not converge: {}", unit.failure));
    return;
  }
  Stopwatch watch;
  for (const LoadDirection& direction : directions) {
    monitor.check_interrupt();
    monitor.progress("falls", static_cast<double>(falls.directions.size()) / static_cast<double>(directions.size()),
                     fmt::format("{} directions", directions.size()));
    falls.strength_n.push_back(strength_along(model.elastic, unit.displacement_mm, direction.direction, asked.criterion,
                                              asked.critical_volume_percent));
    falls.directions.push_back(direction);
  }
  falls.no_risk_because = missing_for_risk(asked, falls);
  if (falls.no_risk_because.empty()) falls.risk = fall_risk(falls.strength_n, asked.settings);
  const double seconds = watch.lap();
  times.post += seconds;
  monitor.note(fmt::format("falls: {} directions in {:.3f} s\n{}", directions.size(), seconds, falls_lines(analysis)));
}

bool falls_completed(const Case& wanted, const Analysis& analysis) {
  return !wanted.falls || (analysis.falls && analysis.falls->converged);
}

Json falls_json(const Case& wanted, const FallsResult& falls) {
  const FallsCase& asked = *wanted.falls;
  Json json = {{"load_case", asked.load_case},
               {"node_set", falls.node_set},
               {"nominal_direction", load_directions({falls.grid.nominal}).front().direction},
               {"angle_1_axis", axis_name(falls.grid.axis_1)},
               {"angle_2_axis", axis_name(falls.grid.axis_2)},
               {"frame", "image axes"},
               {"criterion", asked.criterion.id},
               {"critical_volume_percent", asked.critical_volume_percent},
               {"converged", falls.converged},
               {"iterations", falls.iterations},
               {"relative_residual", falls.relative_residual},
               {"independent_residual", falls.independent_residual},
               {"directions", Json::array()}};
  for (std::size_t i = 0; i < falls.directions.size(); ++i) json["directions"].push_back(direction_json(falls, i));
  if (!falls.directions.empty()) json["weakest"] = direction_json(falls, weakest(falls));
  json["fall_model"] = model_json(asked.settings);
  json["falls"] = asked.settings.falls;
  json["seed"] = asked.settings.seed;
  json["strength_log_deviation"] = asked.settings.strength_log_deviation;
  if (falls.risk) {
    json["force_median_n"] = falls.risk->force_median_n;
    json["force_p95_n"] = falls.risk->force_p95_n;
    json["arf0"] = falls.risk->arf0;
    json["standard_error"] = falls.risk->standard_error;
    json["interval_95"] = {falls.risk->low, falls.risk->high};
  } else {
    json["arf0"] = nullptr;
    json["no_arf0_because"] = falls.no_risk_because;
  }
  json["limits"] = k_fall_risk_limits;
  return json;
}

std::string falls_csv(const FallsResult& falls) {
  std::string text = "angle_1_deg,angle_2_deg,direction_x,direction_y,direction_z,strength_n,arf0\n";
  for (std::size_t i = 0; i < falls.directions.size(); ++i) {
    const LoadDirection& d = falls.directions[i];
    text += fmt::format("{},{},{},{},{},{},{}\n", d.angle_1_deg, d.angle_2_deg, d.direction[0], d.direction[1],
                        d.direction[2], falls.strength_n[i],
                        falls.risk ? fmt::format("{}", falls.risk->arf0_of_direction[i]) : "");
  }
  return text;
}

std::string falls_lines(const Analysis& analysis) {
  if (!analysis.falls || analysis.falls->directions.empty()) return {};
  const FallsResult& falls = *analysis.falls;
  const std::size_t least = weakest(falls);
  std::string text =
      fmt::format("falls       {} directions, strength {:.4g} to {:.4g} N, least at angles {:g} and {:g} degrees\n",
                  falls.directions.size(), falls.strength_n[least],
                  *std::max_element(falls.strength_n.begin(), falls.strength_n.end()),
                  falls.directions[least].angle_1_deg, falls.directions[least].angle_2_deg);
  if (falls.risk)
    text += fmt::format(
        "            ARF0 {:.2f} % (sampling: {:.2f} to {:.2f} %); force of a fall {:.0f} N median, {:.0f} N at 95 %\n",
        100 * falls.risk->arf0, 100 * falls.risk->low, 100 * falls.risk->high, falls.risk->force_median_n,
        falls.risk->force_p95_n);
  else
    text += fmt::format("            no ARF0: {}\n", falls.no_risk_because);
  return text + fmt::format("            {}\n", k_fall_risk_limits);
}

}  // namespace osteon::app
