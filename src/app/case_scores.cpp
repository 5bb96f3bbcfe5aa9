// SPDX-License-Identifier: Apache-2.0
// [patient], [scores] and [risk.probability] to their part of a Case.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "case.hpp"
#include "osteon/core/error.hpp"
#include "unit_loads.hpp"

namespace osteon::app {

namespace {

const CaseTable* section(const CaseDocument& document, const char* name) {
  const auto found = document.sections.find(name);
  return found == document.sections.end() ? nullptr : &found->second;
}

std::vector<LmsRow> read_lms(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file)
    throw InputError(fmt::format("{}: cannot be read; scores.lms_file is a CSV with age_years,l,m,s", path.string()));
  std::vector<LmsRow> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (number == 1 || line.empty()) continue;  // names
    LmsRow row;
    char comma[3] = {};
    std::istringstream cells(line);
    if (!(cells >> row.age_years >> comma[0] >> row.l >> comma[1] >> row.m >> comma[2] >> row.s) || comma[0] != ',' ||
        comma[1] != ',' || comma[2] != ',' || !(row.m > 0) || !(row.s > 0) ||
        (!rows.empty() && row.age_years <= rows.back().age_years))
      throw InputError(
          fmt::format("{}:{}: expected age_years,l,m,s with m and s positive and ages that ascend, not '{}'",
                      path.string(), number, line));
    rows.push_back(row);
  }
  if (rows.empty()) throw InputError(fmt::format("{}: holds no row age_years,l,m,s", path.string()));
  return rows;
}

/// "name,number,number" of `line`; empty when it is not of that form.
std::optional<ActivityLoad> activity_of(const std::string& line) {
  const std::size_t first = line.find(',');
  if (first == 0 || first == std::string::npos) return {};
  ActivityLoad load;
  load.activity = line.substr(0, first);
  char comma = 0;
  std::string more;
  std::istringstream cells(line.substr(first + 1));
  if (!(cells >> load.newton_per_kg >> comma >> load.newton) || comma != ',' || cells >> more) return {};
  return load;
}

std::vector<ActivityLoad> read_activities(const std::filesystem::path& path) {
  constexpr const char* k_names = "activity,newton_per_kg,newton";
  std::ifstream file(path);
  if (!file)
    throw InputError(
        fmt::format("{}: cannot be read; scores.activities_file is a CSV with {}", path.string(), k_names));
  std::vector<ActivityLoad> loads;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (number == 1 && line != k_names)
      throw InputError(fmt::format("{}:1: expected {}, not '{}'", path.string(), k_names, line));
    if (number == 1 || line.empty()) continue;
    const auto load = activity_of(line);
    if (!load || !(load->newton_per_kg >= 0) || !(load->newton >= 0) || load->newton_per_kg + load->newton == 0)
      throw InputError(fmt::format("{}:{}: expected {} with numbers that are not negative and not both 0, not '{}'",
                                   path.string(), number, k_names, line));
    for (const ActivityLoad& earlier : loads)
      if (earlier.activity == load->activity)
        throw InputError(fmt::format("{}:{}: '{}' is there twice", path.string(), number, load->activity));
    loads.push_back(*load);
  }
  if (loads.empty()) throw InputError(fmt::format("{}: holds no row {}", path.string(), k_names));
  return loads;
}

}  // namespace

Patient build_patient(const CaseDocument& document) {
  Patient patient;
  const CaseTable* table = section(document, "patient");
  if (table == nullptr) return patient;
  constexpr double k_cm_per_m = 100;
  if (const auto sex = table->text("sex")) patient.sex = *sex == "male" ? Sex::male : Sex::female;
  patient.mass_kg = table->number("mass_kg").value_or(0);
  patient.height_m = table->number("height_cm").value_or(0) / k_cm_per_m;
  patient.age_years = table->number("age_years").value_or(-1);
  patient.trochanteric_soft_tissue_mm = table->number("soft_tissue_mm").value_or(0);
  return patient;
}

std::optional<ProbabilityCase> build_probability_case(const CaseDocument& document,
                                                      const std::vector<LoadCaseSpec>& load_cases) {
  const CaseTable* table = section(document, "risk.probability");
  if (table == nullptr || !table->text("criterion")) return {};
  ProbabilityCase probability;
  probability.criterion = *table->text("criterion");
  const std::vector<std::string>& criteria = document.sections.at("risk").find("criteria")->texts;
  if (std::find(criteria.begin(), criteria.end(), probability.criterion) == criteria.end())
    throw UsageError(fmt::format("{}: risk.probability.criterion = \"{}\" is none of risk.criteria: {}",
                                 table->find("criterion")->where, probability.criterion, fmt::join(criteria, ", ")));
  RiskUncertainty& u = probability.uncertainty;
  u.yield_strain = *table->number("yield_strain");
  u.material_law = *table->number("material_law");
  u.load_size = *table->number("load_size");
  u.load_direction = *table->number("load_direction");
  if (const CaseValue* deviation = table->find("load_direction_deg")) {
    probability.load_direction_deg = deviation->numbers.at(0);
    for (const LoadCaseSpec& load_case : load_cases)
      if (load_case.bone_model.empty())  // else once the model is there
        turnable_node_set(load_case, "", deviation->where + ": risk.probability.load_direction_deg");
  }
  probability.link.modulus = *table->number("weibull_modulus");
  probability.link.reference_volume_mm3 = *table->number("reference_volume_mm3");
  return probability;
}

std::optional<ScoresCase> build_scores_case(const CaseDocument& document, const std::vector<LoadCaseSpec>& load_cases,
                                            bool has_strength) {
  const CaseTable* table = section(document, "scores");
  if (table == nullptr || !table->text("site")) return {};
  ScoresCase scores;
  const std::string& where = table->find("site")->where;
  scores.request.site = *table->text("site") == "hip" ? BoneSite::hip : BoneSite::spine;
  scores.request.patient = build_patient(document);
  scores.load_case = chosen_load_case(*table, "scores", load_cases).name;
  scores.strength = *table->text("strength");
  if (scores.strength == "ultimate" && !has_strength)
    throw UsageError(where + ": scores.strength = \"ultimate\" needs a [strength] section with a law");
  scores.length_mm = table->number("length_mm").value_or(0);
  scores.deformation = *table->number("deformation");
  scores.request.load_n = table->number("load_n").value_or(0);
  if (const auto file = table->text("activities_file")) {
    scores.request.activities = read_activities(*file);
    for (const ActivityLoad& activity : scores.request.activities)
      activity_load_n(activity, scores.request.patient);  // what it needs of the patient is asked for before the solve
  }
  if (const auto file = table->text("lms_file")) {
    scores.request.lms = read_lms(*file);
    if (scores.request.patient.age_years < 0) throw UsageError(where + ": scores.lms_file needs patient.age_years");
  }
  return scores;
}

}  // namespace osteon::app
