// SPDX-License-Identifier: Apache-2.0
#include "osteon/risk/scores.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr double k_gravity = 9.80665;          // m/s2
constexpr double k_centre_of_gravity = 0.51;   // of body height (recalled, check)
constexpr double k_hip_n_per_m = 71000;        // stiffness of the falling body (recalled, check)
constexpr double k_effective_mass = 0.5;       // of the body (recalled, check)
constexpr double k_attenuation_n_per_mm = 71;  // of trochanteric soft tissue (recalled, check)

void require_positive(double value, const char* what) {
  if (!(value > 0) || !std::isfinite(value)) throw UsageError(fmt::format("{} must be positive, not {}", what, value));
}

double centre_height_m(const Patient& p) {
  require_positive(p.height_m, "patient.height_cm");
  return k_centre_of_gravity * p.height_m;
}

FallLoad carpenter(const Patient& p) {
  require_positive(p.mass_kg, "patient.mass_kg");
  require_positive(p.height_m, "patient.height_cm");
  FallLoad load{"carpenter", "8.25 m g sqrt(height / 1.70 m)", "Carpenter et al. (recalled, check)", 0, 0};
  constexpr double k_factor = 8.25, k_reference_m = 1.70;
  load.peak_n = load.attenuated_n = k_factor * p.mass_kg * k_gravity * std::sqrt(p.height_m / k_reference_m);
  return load;
}

FallLoad bouxsein(const Patient& p) {
  require_positive(p.mass_kg, "patient.mass_kg");
  FallLoad load{"bouxsein", "sqrt(2 g 0.51 height 71 kN/m m / 2) - 71 N/mm soft tissue",
                "Bouxsein et al. 2007, J Bone Miner Res 22:825; Robinovitch et al. 1991 (recalled, check)", 0, 0};
  load.peak_n = std::sqrt(2 * k_gravity * centre_height_m(p) * k_hip_n_per_m * k_effective_mass * p.mass_kg);
  load.attenuated_n = std::max(0.0, load.peak_n - k_attenuation_n_per_mm * p.trochanteric_soft_tissue_mm);
  return load;
}

void add_ratio(BoneScores& scores, const std::string& model, const std::string& formula, const std::string& source,
               double load_n) {
  scores.ratios.push_back({model, formula, source, load_n, load_to_strength(load_n, scores.strength_n)});
}

void add_falls(const Patient& patient, BoneScores& scores) {
  if (!(patient.mass_kg > 0 && patient.height_m > 0)) {
    scores.notes.emplace_back("no load of a fall without patient.mass_kg and patient.height_cm");
    return;
  }
  scores.impact_speed_m_per_s = impact_speed_m_per_s(patient);
  for (const std::string& model : fall_models()) {
    const FallLoad load = fall_load(model, patient);
    if (load.attenuated_n > 0)
      add_ratio(scores, model, load.formula, load.source, load.attenuated_n);
    else
      scores.warnings.push_back(fmt::format("no force of the fall '{}' reaches the bone", model));
  }
}

}  // namespace

const char* const k_strength_class_limits =
    "the cut-offs were developed for one commercial product; they are not calibrated for this pipeline, which must be "
    "calibrated before they are applied; research use only";

const char* strength_class_name(StrengthClass strength_class) {
  constexpr const char* k_names[] = {"fragile", "low", "normal"};
  return k_names[static_cast<int>(strength_class)];
}

StrengthClass classify_strength(BoneSite site, Sex sex, double strength_n) {
  require_positive(strength_n, "the strength");
  struct Limits {
    double fragile_n, normal_n;  ///< fragile up to and with, normal from and with
  };
  constexpr Limits k_limits[2][2] = {{{3000, 4000}, {3500, 5000}}, {{4500, 6000}, {6500, 8500}}};
  const Limits& limits = k_limits[static_cast<int>(site)][static_cast<int>(sex)];
  if (strength_n <= limits.fragile_n) return StrengthClass::fragile;
  return strength_n < limits.normal_n ? StrengthClass::low : StrengthClass::normal;
}

const std::vector<std::string>& fall_models() {
  static const std::vector<std::string> k_models = {"carpenter", "bouxsein"};
  return k_models;
}

FallLoad fall_load(const std::string& model, const Patient& patient) {
  if (model == "carpenter") return carpenter(patient);
  if (model == "bouxsein") return bouxsein(patient);
  throw UsageError(fmt::format("no fall model is called '{}'; known: carpenter, bouxsein", model));
}

double impact_speed_m_per_s(const Patient& patient) { return std::sqrt(2 * k_gravity * centre_height_m(patient)); }

LoadToStrength load_to_strength(double load_n, double strength_n) {
  require_positive(load_n, "the load");
  require_positive(strength_n, "the strength");
  constexpr double k_low = 0.8, k_high = 1.2;
  LoadToStrength result{load_n / strength_n, ""};
  result.verdict = result.ratio < k_low    ? "below the transition zone (0.8 to 1.2)"
                   : result.ratio > k_high ? "above the transition zone (0.8 to 1.2)"
                                           : "within the transition zone (0.8 to 1.2)";
  return result;
}

double activity_load_n(const ActivityLoad& activity, const Patient& patient) {
  const std::string what = fmt::format("activity '{}': ", activity.activity);
  if (activity.newton_per_kg != 0 && !(patient.mass_kg > 0))
    throw UsageError(what + "its load grows with the body and needs patient.mass_kg");
  const double load_n = activity.newton_per_kg * patient.mass_kg + activity.newton;
  if (!(load_n > 0) || !std::isfinite(load_n))
    throw UsageError(what + fmt::format("its load must be positive, not {} N", load_n));
  return load_n;
}

double crawford_strength_n(double stiffness_n_per_mm, double height_mm) {
  constexpr double k_factor = 0.0068;
  return k_factor * stiffness_n_per_mm * height_mm;
}

double fixed_deformation_strength_n(double stiffness_n_per_mm, double length_mm, double deformation) {
  return stiffness_n_per_mm * length_mm * deformation;
}

double lms_z_score(const std::vector<LmsRow>& table, double age_years, double value) {
  require_positive(value, "the value of a z-score");
  if (table.empty() || age_years < table.front().age_years || age_years > table.back().age_years || !(age_years >= 0))
    throw UsageError(fmt::format("the LMS table does not cover an age of {} years", age_years));
  const auto after = std::lower_bound(table.begin(), table.end(), age_years,
                                      [](const LmsRow& row, double age) { return row.age_years < age; });
  LmsRow at = *after;
  if (after != table.begin() && after->age_years > age_years) {
    const LmsRow& before = *(after - 1);
    const double t = (age_years - before.age_years) / (after->age_years - before.age_years);
    at.l = before.l + t * (after->l - before.l);
    at.m = before.m + t * (after->m - before.m);
    at.s = before.s + t * (after->s - before.s);
  }
  require_positive(at.m, "M of an LMS table");
  require_positive(at.s, "S of an LMS table");
  const double log_ratio = std::log(value / at.m);
  return at.l == 0 ? log_ratio / at.s : std::expm1(at.l * log_ratio) / (at.l * at.s);
}

BoneScores bone_scores(double strength_n, const ScoreRequest& request) {
  BoneScores scores;
  scores.strength_n = strength_n;
  if (request.patient.sex)
    scores.strength_class = classify_strength(request.site, *request.patient.sex, strength_n);
  else
    scores.notes.push_back("no strength class without patient.sex");
  if (request.load_n > 0)
    add_ratio(scores, "given", "scores.load_n", "case file", request.load_n);
  else if (request.site == BoneSite::hip)
    add_falls(request.patient, scores);
  for (const ActivityLoad& a : request.activities)
    add_ratio(scores, a.activity, fmt::format("{:g} N/kg m + {:g} N", a.newton_per_kg, a.newton),
              "scores.activities_file", activity_load_n(a, request.patient));
  if (!request.lms.empty()) scores.z_score = lms_z_score(request.lms, request.patient.age_years, strength_n);
  return scores;
}

}  // namespace osteon
