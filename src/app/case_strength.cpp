// SPDX-License-Identifier: Apache-2.0
// [strength] to StrengthCase.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "case.hpp"
#include "case_values.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

/// Days on which the bone is solved, as strength.days names them.
std::vector<double> strength_days(const CaseTable& table, const RegenerateCase* regenerate) {
  const CaseValue* days = table.find("days");
  if (days == nullptr) return {};
  if (regenerate == nullptr) fail(days->where, "strength.days belongs to a case with [regenerate]");
  const RegenerationSettings& s = regenerate->settings;
  if (days->numbers.empty()) fail(days->where, "strength.days is empty; leave it out for the last day");
  for (const double day : days->numbers) {
    const double steps = day / s.step_days;
    if (std::fabs(steps - std::round(steps)) > 1e-6 || day > s.days + 1e-9)
      fail(days->where, fmt::format("strength.days names day {:g}, on which the bone is not solved; it is every {:g} "
                                    "days, from 0 to {:g}",
                                    day, s.step_days, s.days));
  }
  return days->numbers;
}

}  // namespace

std::optional<StrengthCase> build_strength_case(const CaseDocument& document,
                                                const std::vector<LoadCaseSpec>& load_cases,
                                                const SolverSettings& solver, const RegenerateCase* regenerate) {
  const auto section = document.sections.find("strength");
  if (section == document.sections.end() || section->second.text("law").value_or("none") == "none") return {};
  const CaseTable& table = section->second;
  StrengthCase strength;
  const LoadCaseSpec& load_case = chosen_load_case(table, "strength", load_cases);
  strength.load_case = load_case.name;
  if (load_case.type == LoadType::strain)
    fail(table.find("law")->where,
         fmt::format("strength needs a load case with a force over a displacement; '{}' prescribes a uniform strain. "
                     "Name another with strength.load_case",
                     load_case.name));
  strength.days = strength_days(table, regenerate);
  StrengthSettings& s = strength.settings;
  const auto number = [&](const char* key) { return table.number(key).value(); };
  s.law = table.text("law") == "von_mises" ? YieldLaw::von_mises : YieldLaw::asymmetric;
  const CaseValue* yield_strain = table.find("yield_strain");
  if (s.law == YieldLaw::von_mises && yield_strain == nullptr)
    throw UsageError(table.find("law")->where + ": strength.law = \"von_mises\" needs strength.yield_strain");
  if (s.law == YieldLaw::asymmetric && yield_strain != nullptr)
    throw UsageError(yield_strain->where +
                     ": strength.yield_strain belongs to the law von_mises; asymmetric has tensile_yield_strain and "
                     "compressive_yield_strain");
  s.yield_strain = table.number("yield_strain").value_or(0);
  s.tensile_yield_strain = number("tensile_yield_strain");
  s.compressive_yield_strain = number("compressive_yield_strain");
  if (s.law == YieldLaw::asymmetric && s.tensile_yield_strain > s.compressive_yield_strain)
    throw UsageError(table.find("tensile_yield_strain")->where +
                     ": strength.tensile_yield_strain must not be above compressive_yield_strain");
  s.post_yield_ratio = number("post_yield_ratio");
  s.shape = number("shape");
  s.damage_limit = number("damage_limit");
  s.damage_rate = number("damage_rate");
  s.load_factors = table.find("load_factors")->numbers;
  if (s.load_factors.empty() || s.load_factors.front() == 0)
    throw UsageError(table.find("load_factors")->where + ": strength.load_factors must begin with one that is not 0");
  if (std::adjacent_find(s.load_factors.begin(), s.load_factors.end()) != s.load_factors.end())
    throw UsageError(table.find("load_factors")->where + ": two strength.load_factors in a row are equal");
  s.failed_plastic_strain = number("failed_plastic_strain");
  s.offset_strain = number("offset_strain");
  s.stop_after_drop = number("stop_after_drop");
  s.solver.linear = solver;
  s.solver.tolerance = number("tolerance");
  s.solver.most_newton = static_cast<int>(number("max_newton"));
  s.solver.largest_step = number("largest_step");
  s.solver.smallest_step = std::min(number("smallest_step"), s.solver.largest_step);
  return strength;
}

}  // namespace osteon::app
