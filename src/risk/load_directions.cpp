// SPDX-License-Identifier: Apache-2.0
#include "osteon/risk/load_directions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "osteon/core/error.hpp"
#include "osteon/mechanics/order_statistics.hpp"

namespace osteon {

namespace {

constexpr double k_radians_per_degree = 3.14159265358979323846 / 180;

Vec3 turned(const Vec3& v, Axis about, double angle_deg) {
  const auto a = static_cast<std::size_t>(about), b = (a + 1) % 3, c = (a + 2) % 3;
  const double cosine = std::cos(angle_deg * k_radians_per_degree), sine = std::sin(angle_deg * k_radians_per_degree);
  Vec3 result = v;
  result[b] = cosine * v[b] - sine * v[c];
  result[c] = sine * v[b] + cosine * v[c];
  return result;
}

}  // namespace

std::vector<LoadDirection> load_directions(const DirectionGrid& grid) {
  const double length = std::hypot(grid.nominal[0], grid.nominal[1], grid.nominal[2]);
  if (!(length > 0) || !std::isfinite(length)) throw UsageError("load directions: the nominal direction has no length");
  if (grid.axis_1 == grid.axis_2)
    throw UsageError(
        fmt::format("load directions: both angles turn about {}; they need two axes", axis_name(grid.axis_1)));
  if (grid.angle_1_deg.empty() || grid.angle_2_deg.empty())
    throw UsageError("load directions: each of the two angles needs a value");
  const Vec3 nominal = {grid.nominal[0] / length, grid.nominal[1] / length, grid.nominal[2] / length};
  std::vector<LoadDirection> directions;
  for (const double first : grid.angle_1_deg)
    for (const double second : grid.angle_2_deg)
      directions.push_back({first, second, turned(turned(nominal, grid.axis_1, first), grid.axis_2, second)});
  return directions;
}

std::vector<double> displacement_under(const UnitSolutions& unit, const Vec3& force_n) {
  const std::size_t n = unit[0].size();
  OSTEON_ASSERT(unit[1].size() == n && unit[2].size() == n);
  std::vector<double> u(n);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < n; ++i)
    u[i] = force_n[0] * unit[0][i] + force_n[1] * unit[1][i] + force_n[2] * unit[2][i];
  return u;
}

double risk_at_volume(const std::vector<float>& risk_factor, const MaterialField& material, double volume_percent) {
  OSTEON_ASSERT(material.material_index.size() == risk_factor.size());
  if (!(volume_percent > 0 && volume_percent < 100))
    throw UsageError(
        fmt::format("the critical volume is {} %, but it must lie between 0 and 100 (2 is usual)", volume_percent));
  std::vector<double> values;
  values.reserve(risk_factor.size());
  for (std::size_t e = 0; e < risk_factor.size(); ++e)
    if (material.materials[material.material_index[e]].in_evaluation_set)
      values.push_back(static_cast<double>(risk_factor[e]));
  if (values.empty())
    throw InputError(
        "no element is left to evaluate: every material of the model has evaluate = false; set it for the bone");
  const auto rank = static_cast<std::uint64_t>(static_cast<double>(values.size()) * (100 - volume_percent) / 100);
  return order_statistics(values, {std::min<std::uint64_t>(rank, values.size() - 1)}).front();
}

double strength_along(const ElasticModel& model, const UnitSolutions& unit, const Vec3& direction,
                      const Criterion& criterion, double volume_percent) {
  FieldRequest request;
  request.tensors = request.principal = request.von_mises = false;
  const ElementFields fields =
      compute_fields(model, displacement_under(unit, direction), with_fields_for({criterion}, request));
  const double risk =
      risk_at_volume(risk_factors({criterion}, fields, model.material).front(), model.material, volume_percent);
  return risk > 0 ? 1 / risk : risk == 0 ? std::numeric_limits<double>::infinity() : std::nan("");
}

}  // namespace osteon
