// SPDX-License-Identifier: Apache-2.0
#include "osteon/risk/random_direction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/blocked_sum.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr double k_radians_per_degree = 3.14159265358979323846 / 180;
constexpr double k_least_risk = 1e-3;  // of what enters the logarithm

// The rule over two normal angles, in deviations: points of a square grid within a circle. 137 directions.
constexpr double k_spacing = 0.6;
constexpr int k_steps = 6;
constexpr double k_radius = 4.0;

Vec3 cross(const Vec3& a, const Vec3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

Vec3 unit_vector(Vec3 v) {
  const double length = std::hypot(v[0], v[1], v[2]);
  for (double& x : v) x /= length;
  return v;
}

double square(double x) { return x * x; }

double other_deviation(RiskUncertainty uncertainty) {
  uncertainty.load_direction = 0;
  return uncertainty.total();
}

}  // namespace

std::vector<WeightedDirection> tilted_directions(const Vec3& nominal, double deviation_deg) {
  if (!(deviation_deg > 0 && deviation_deg <= 20))
    throw UsageError(
        fmt::format("the deviation of the load's direction must lie between 0 and 20 degrees, not {}", deviation_deg));
  if (!(std::hypot(nominal[0], nominal[1], nominal[2]) > 0))
    throw UsageError("a load that is tilted needs a direction, and its force is 0");
  const Vec3 n = unit_vector(nominal);
  Vec3 axis = {0, 0, 0};  // the one that lies most across
  axis[static_cast<std::size_t>(
      std::min_element(n.begin(), n.end(), [](double a, double b) { return std::fabs(a) < std::fabs(b); }) -
      n.begin())] = 1;
  const Vec3 second = unit_vector(cross(n, axis)), first = cross(second, n);
  const double radians = deviation_deg * k_radians_per_degree;
  std::vector<WeightedDirection> directions;
  double all = 0;
  for (int i = -k_steps; i <= k_steps; ++i)
    for (int j = -k_steps; j <= k_steps; ++j) {
      const double a = k_spacing * i, b = k_spacing * j;
      if (a * a + b * b > k_radius * k_radius) continue;
      const double alpha = a * radians, beta = b * radians;
      WeightedDirection d;
      for (std::size_t c = 0; c < 3; ++c)
        d.direction[c] = std::cos(alpha) * std::sin(beta) * first[c] - std::sin(alpha) * second[c] +
                         std::cos(alpha) * std::cos(beta) * n[c];
      all += d.weight = std::exp(-(a * a + b * b) / 2);
      directions.push_back(d);
    }
  for (WeightedDirection& d : directions) d.weight /= all;
  return directions;
}

TiltedRisk tilted_risk(const ElasticModel& model, const UnitSolutions& unit, const Vec3& force_n,
                       const Criterion& criterion, double deviation_deg, const RiskUncertainty& uncertainty,
                       Monitor& monitor) {
  const double force = std::hypot(force_n[0], force_n[1], force_n[2]), zeta = other_deviation(uncertainty);
  const std::size_t n = model.mesh->element_count();
  std::vector<double> probability(n, 0), mean(n, 0), mean_square(n, 0);
  FieldRequest request;
  request.tensors = request.principal = request.von_mises = false;
  request = with_fields_for({criterion}, request);
  for (const WeightedDirection& d : tilted_directions(force_n, deviation_deg)) {
    monitor.check_interrupt();
    const Vec3 turned = {force * d.direction[0], force * d.direction[1], force * d.direction[2]};
    const ElementFields fields = compute_fields(model, displacement_under(unit, turned), request);
    const std::vector<float> risk = risk_factors({criterion}, fields, model.material).front();
#pragma omp parallel for schedule(static)
    for (std::size_t e = 0; e < n; ++e) {
      const double rf = static_cast<double>(risk[e]);
      const double log_risk = std::log(rf < k_least_risk ? k_least_risk : rf);  // NaN stays
      probability[e] += d.weight * failure_probability(rf, zeta);
      mean[e] += d.weight * log_risk;
      mean_square[e] += d.weight * square(log_risk);
    }
  }
  TiltedRisk result;
  result.failure_probability.resize(n);
  result.log_deviation.resize(n);
#pragma omp parallel for schedule(static)
  for (std::size_t e = 0; e < n; ++e) {
    result.failure_probability[e] = static_cast<float>(probability[e]);
    const double variance = mean_square[e] - square(mean[e]);
    result.log_deviation[e] = static_cast<float>(variance < 0 ? 0 : std::sqrt(variance));
  }
  return result;
}

VarianceShares mean_variance_shares(const std::vector<float>& log_deviation, const MaterialField& material,
                                    const RiskUncertainty& uncertainty) {
  const auto n = static_cast<std::int64_t>(log_deviation.size());
  const auto is_counted = [&](std::int64_t e) {
    return material.materials[material.material_index[static_cast<std::size_t>(e)]].in_evaluation_set;
  };
  // The three other shares of a voxel are their squares over one and the same sum.
  const double others = square(other_deviation(uncertainty));
  const double inverse = blocked_sum<double>(n, [&](std::int64_t e) {
    const double whole = others + square(static_cast<double>(log_deviation[static_cast<std::size_t>(e)]));
    return is_counted(e) && whole > 0 ? 1 / whole : 0.0;
  });
  const double direction = blocked_sum<double>(n, [&](std::int64_t e) {
    const double mine = square(static_cast<double>(log_deviation[static_cast<std::size_t>(e)]));
    return is_counted(e) && others + mine > 0 ? mine / (others + mine) : 0.0;
  });
  const double count = blocked_sum<double>(n, [&](std::int64_t e) { return is_counted(e) ? 1.0 : 0.0; });
  if (!(count > 0)) return {};
  return {square(uncertainty.yield_strain) * inverse / count, square(uncertainty.material_law) * inverse / count,
          square(uncertainty.load_size) * inverse / count, direction / count};
}

}  // namespace osteon
