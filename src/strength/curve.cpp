// SPDX-License-Identifier: Apache-2.0
// What is read from a force-displacement curve, and the curve as a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "osteon/strength/strength.hpp"

namespace osteon {

namespace {

/// Steps before the load turns round for the first time.
std::size_t first_pass(const std::vector<StrengthPoint>& curve) {
  std::size_t count = 1;
  while (count < curve.size() && std::fabs(curve[count].load_factor) > std::fabs(curve[count - 1].load_factor) &&
         curve[count].load_factor * curve[0].load_factor > 0)
    ++count;
  return count;
}

CurveMark mark_between(const StrengthPoint& a, const StrengthPoint& b, double t) {
  return {a.displacement + t * (b.displacement - a.displacement), a.force + t * (b.force - a.force),
          a.work_mj + t * (b.work_mj - a.work_mj)};
}

}  // namespace

void read_curve(double offset_strain, double length_mm, StrengthResult& result) {
  const std::vector<StrengthPoint>& curve = result.curve;
  if (curve.empty()) return;
  const std::size_t count = first_pass(curve);
  if (curve[0].displacement != 0) result.initial_stiffness = curve[0].force / curve[0].displacement;
  result.offset_yield.reset();
  const double offset = offset_strain * length_mm;
  // Force above the moved line; it starts positive and turns negative where they meet.
  const auto above = [&](const StrengthPoint& p) {
    return p.force - result.initial_stiffness * (p.displacement - offset);
  };
  for (std::size_t i = 1; i < count && offset > 0 && !result.offset_yield; ++i)
    if (above(curve[i - 1]) > 0 && above(curve[i]) <= 0)
      result.offset_yield =
          mark_between(curve[i - 1], curve[i], above(curve[i - 1]) / (above(curve[i - 1]) - above(curve[i])));
  const auto end = curve.begin() + static_cast<std::ptrdiff_t>(count);
  const auto peak = std::max_element(curve.begin(), end,
                                     [](const StrengthPoint& a, const StrengthPoint& b) { return a.force < b.force; });
  result.ultimate = {peak->displacement, peak->force, peak->work_mj};
  result.ultimate_is_peak = peak + 1 != end;
}

std::string curve_csv(const StrengthResult& result, const MaterialField& material) {
  std::string text = fmt::format(
      "load_factor,displacement [{}],force [{}],work [mJ],stored [mJ],dissipated [mJ],newton_iterations,"
      "linear_iterations",
      result.displacement_unit, result.force_unit);
  for (const Material& m : material.materials) text += fmt::format(",yielded_{} [%]", m.name);
  text += "\n";
  for (const StrengthPoint& p : result.curve) {
    fmt::format_to(std::back_inserter(text), "{},{},{},{},{},{},{},{}", p.load_factor, p.displacement, p.force,
                   p.work_mj, p.stored_mj, p.dissipated_mj, p.newton_iterations, p.linear_iterations);
    for (const double share : p.yielded_percent) fmt::format_to(std::back_inserter(text), ",{}", share);
    text += "\n";
  }
  return text;
}

}  // namespace osteon
