// SPDX-License-Identifier: Apache-2.0
// [falls] to FallsCase.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "case.hpp"
#include "case_values.hpp"
#include "unit_loads.hpp"

namespace osteon::app {

namespace {

UniformRange range_of(const CaseTable& table, const char* key) {
  const CaseValue& value = *table.find(key);
  if (value.numbers.at(0) > value.numbers.at(1))
    fail(value.where, fmt::format("falls.{} must ascend, not {:g} and {:g}", key, value.numbers[0], value.numbers[1]));
  return {value.numbers[0], value.numbers[1]};
}

PendulumFall pendulum_of(const CaseTable& table) {
  PendulumFall fall;
  fall.initial_angle_deg = range_of(table, "initial_angle_deg");
  fall.final_angle_deg = range_of(table, "final_angle_deg");
  fall.initial_speed_m_per_s = range_of(table, "initial_speed_m_per_s");
  fall.initial_acceleration_m_per_s2 = range_of(table, "initial_acceleration_m_per_s2");
  fall.postural_attenuation = range_of(table, "postural_attenuation");
  fall.impact_attenuation = range_of(table, "impact_attenuation");
  fall.centre_of_mass = *table.number("centre_of_mass");
  fall.impact_time_s = *table.number("impact_time_s");
  if (fall.initial_angle_deg.high > fall.final_angle_deg.low)
    fail(table.find("initial_angle_deg")->where,
         "falls.initial_angle_deg must end where final_angle_deg begins, or before");
  return fall;
}

FallSettings fall_settings(const CaseTable& table, const Patient& patient) {
  FallSettings s;
  s.model = table.text("model") == "lognormal" ? FallModel::lognormal : FallModel::pendulum;
  s.pendulum = pendulum_of(table);
  s.patient = patient;
  for (const char* key : {"force_median_n", "force_log_deviation"}) {
    const CaseValue* value = table.find(key);
    const bool is_needed = s.model == FallModel::lognormal;
    if (is_needed && value == nullptr)
      fail(table.find("model")->where, fmt::format("falls.model = \"lognormal\" needs falls.{}", key));
    if (!is_needed && value != nullptr)
      fail(value->where, fmt::format("falls.{} belongs to falls.model = \"lognormal\"", key));
  }
  s.force_median_n = table.number("force_median_n").value_or(0);
  s.force_log_deviation = table.number("force_log_deviation").value_or(0);
  s.strength_log_deviation = *table.number("strength_log_deviation");
  s.falls = static_cast<std::int64_t>(*table.number("draws"));
  s.seed = static_cast<std::uint64_t>(*table.number("seed"));
  return s;
}

/// The two axes that are named, the rest those that lie most across the direction, in the order x, y, z.
std::array<Axis, 2> axes_of(const FallsCase& falls, const Vec3& direction) {
  std::vector<int> across = {0, 1, 2};
  std::stable_sort(across.begin(), across.end(), [&](int a, int b) {
    return std::fabs(direction[static_cast<std::size_t>(a)]) < std::fabs(direction[static_cast<std::size_t>(b)]);
  });
  std::sort(across.begin(), across.begin() + 2);
  const std::array<Axis, 2> axes = {falls.axes[0].value_or(static_cast<Axis>(across[0])),
                                    falls.axes[1].value_or(static_cast<Axis>(across[1]))};
  if (axes[0] == axes[1])
    fail(falls.where, fmt::format("falls turns about two axes, and both are {}; name another with angle_1_axis or "
                                  "angle_2_axis",
                                  axis_name(axes[0])));
  return axes;
}

}  // namespace

DirectionGrid falls_grid(const FallsCase& falls, const LoadCaseSpec& load_case) {
  const std::size_t node_set = turnable_node_set(load_case, falls.node_set, falls.where + ": falls");
  DirectionGrid grid;
  grid.nominal = falls.direction.value_or(load_case.node_sets[node_set].force_n);
  const auto axes = axes_of(falls, grid.nominal);
  grid.axis_1 = axes[0];
  grid.axis_2 = axes[1];
  grid.angle_1_deg = falls.angle_1_deg;
  grid.angle_2_deg = falls.angle_2_deg;
  return grid;
}

std::optional<FallsCase> build_falls_case(const CaseDocument& document, const std::vector<LoadCaseSpec>& load_cases) {
  const auto section = document.sections.find("falls");
  if (section == document.sections.end() || section->second.find("criterion") == nullptr) return {};
  const CaseTable& table = section->second;
  FallsCase falls;
  const LoadCaseSpec& load_case = chosen_load_case(table, "falls", load_cases);
  falls.load_case = load_case.name;
  falls.node_set = table.text("node_set").value_or("");
  const auto given = std::find_if(table.values.begin(), table.values.end(),
                                  [](const auto& entry) { return entry.second.where != "default"; });
  falls.where = given != table.values.end() ? given->second.where : "default";
  if (const CaseValue* direction = table.find("direction")) {
    falls.direction = three(*direction);
    if (*falls.direction == Vec3{0, 0, 0}) fail(direction->where, "falls.direction must not be 0, 0, 0");
  }
  const char* axis_keys[2] = {"angle_1_axis", "angle_2_axis"};
  for (std::size_t i = 0; i < 2; ++i)
    if (const auto axis = table.text(axis_keys[i])) falls.axes[i] = static_cast<Axis>(axis->at(0) - 'x');
  falls.angle_1_deg = table.find("angle_1_deg")->numbers;
  falls.angle_2_deg = table.find("angle_2_deg")->numbers;
  for (const char* key : {"angle_1_deg", "angle_2_deg"})
    if (table.find(key)->numbers.empty()) fail(table.find(key)->where, fmt::format("falls.{} has no angle", key));
  if (load_case.bone_model.empty()) falls_grid(falls, load_case);  // else once the model is there
  falls.criterion = criterion_with_parameters(*table.text("criterion"), document);
  falls.critical_volume_percent = *table.number("critical_volume_percent");
  falls.settings = fall_settings(table, build_patient(document));
  return falls;
}

}  // namespace osteon::app
