// SPDX-License-Identifier: Apache-2.0
#include "osteon/risk/falls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/mechanics/order_statistics.hpp"

namespace osteon {

namespace {

constexpr double k_pi = 3.14159265358979323846;
constexpr double k_gravity = 9.80665;          // m/s2
constexpr double k_attenuation_n_per_mm = 71;  // of trochanteric soft tissue (recalled, check)

/// Random numbers of one fall, found from its number alone.
class Draws {
 public:
  Draws(std::uint64_t seed, std::int64_t fall)
      : state_(mixed(seed) + static_cast<std::uint64_t>(fall) * k_most_draws * k_step) {}

  /// Uniform in (0, 1): 52 bits and a half, so that neither end is drawn.
  double uniform() {
    state_ += k_step;
    return (static_cast<double>(mixed(state_) >> 12) + 0.5) * 0x1p-52;
  }
  double in(const UniformRange& range) { return range.low + (range.high - range.low) * uniform(); }
  /// Box and Muller 1958.
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * k_pi * uniform());
  }

 private:
  static constexpr std::uint64_t k_step = 0x9e3779b97f4a7c15;
  static constexpr std::uint64_t k_most_draws = 16;  // a fall takes 9 at most: direction, strength 2, force 6

  static std::uint64_t mixed(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

void require_positive(double value, const char* what) {
  if (!(value > 0) || !std::isfinite(value))
    throw UsageError(fmt::format("falls: {} must be positive, not {}", what, value));
}

void require_range(const UniformRange& range, const char* what) {
  if (!(range.low <= range.high) || !std::isfinite(range.low) || !std::isfinite(range.high))
    throw UsageError(
        fmt::format("falls: {} must be two numbers that ascend, not {} and {}", what, range.low, range.high));
}

void check(const std::vector<double>& strength_n, const FallSettings& s) {
  if (strength_n.empty()) throw UsageError("falls: there is no direction");
  for (const double strength : strength_n)
    if (!(strength > 0)) throw UsageError(fmt::format("falls: a strength must be positive, not {}", strength));
  if (s.falls < 1) throw UsageError(fmt::format("falls: at least one must be drawn, not {}", s.falls));
  if (!(s.strength_log_deviation >= 0)) throw UsageError("falls: strength_log_deviation must not be negative");
  if (s.model == FallModel::lognormal) {
    require_positive(s.force_median_n, "force_median_n");
    if (!(s.force_log_deviation >= 0)) throw UsageError("falls: force_log_deviation must not be negative");
    return;
  }
  require_positive(s.patient.mass_kg, "patient.mass_kg");
  require_positive(s.patient.height_m, "patient.height_cm");
  require_positive(s.pendulum.centre_of_mass, "centre_of_mass");
  require_positive(s.pendulum.impact_time_s, "impact_time_s");
  require_range(s.pendulum.initial_angle_deg, "initial_angle_deg");
  require_range(s.pendulum.final_angle_deg, "final_angle_deg");
  require_range(s.pendulum.initial_speed_m_per_s, "initial_speed_m_per_s");
  require_range(s.pendulum.initial_acceleration_m_per_s2, "initial_acceleration_m_per_s2");
  require_range(s.pendulum.postural_attenuation, "postural_attenuation");
  require_range(s.pendulum.impact_attenuation, "impact_attenuation");
  if (s.pendulum.initial_angle_deg.high > s.pendulum.final_angle_deg.low)
    throw UsageError("falls: initial_angle_deg must end where final_angle_deg begins, or before");
}

double draw_force_n(const FallSettings& s, Draws& draws) {
  if (s.model == FallModel::lognormal) return s.force_median_n * std::exp(s.force_log_deviation * draws.normal());
  const PendulumFall& p = s.pendulum;
  Fall fall{};
  fall.initial_angle_deg = draws.in(p.initial_angle_deg);
  fall.final_angle_deg = draws.in(p.final_angle_deg);
  fall.initial_speed_m_per_s = draws.in(p.initial_speed_m_per_s);
  fall.initial_acceleration_m_per_s2 = draws.in(p.initial_acceleration_m_per_s2);
  fall.postural_attenuation = draws.in(p.postural_attenuation);
  fall.impact_attenuation = draws.in(p.impact_attenuation);
  return fall_force_n(p, fall, s.patient);
}

/// Wilson 1927, J Am Stat Assoc 22:209: stays within 0 and 1, and has a width where no fall or every fall breaks.
void set_interval(FallRisk& risk, double n) {
  constexpr double k_z = 1.959963984540054;  // 97.5 % of the normal distribution
  const double p = risk.arf0, z2 = k_z * k_z;
  const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = k_z / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  risk.standard_error = std::sqrt(p * (1 - p) / n);
  risk.low = std::max(0.0, middle - half);
  risk.high = std::min(1.0, middle + half);
}

}  // namespace

const char* const k_fall_risk_limits =
    "the interval is that of random sampling alone; fall model, directions and their probabilities are assumptions; "
    "not "
    "calibrated for this pipeline; research use only";

double fall_force_n(const PendulumFall& model, const Fall& fall, const Patient& patient) {
  require_positive(patient.mass_kg, "patient.mass_kg");
  require_positive(patient.height_m, "patient.height_cm");
  const double first = fall.initial_angle_deg * k_pi / 180, last = fall.final_angle_deg * k_pi / 180;
  const double radius_m = model.centre_of_mass * patient.height_m;
  const double speed2 = fall.initial_speed_m_per_s * fall.initial_speed_m_per_s +
                        2 * k_gravity * radius_m * (std::cos(first) - std::cos(last)) +
                        fall.initial_acceleration_m_per_s2 * radius_m * (last - first);
  const double peak_n = (1 - fall.impact_attenuation) * (1 - fall.postural_attenuation) * patient.mass_kg *
                        std::sqrt(std::max(0.0, speed2)) / model.impact_time_s;
  return std::max(0.0, peak_n - k_attenuation_n_per_mm * patient.trochanteric_soft_tissue_mm);
}

FallRisk fall_risk(const std::vector<double>& strength_n, const FallSettings& settings) {
  check(strength_n, settings);
  const std::size_t directions = strength_n.size();
  std::vector<double> force_n(static_cast<std::size_t>(settings.falls));
  std::vector<std::int64_t> hits(directions, 0), broken(directions, 0);
#pragma omp parallel
  {
    std::vector<std::int64_t> my_hits(directions, 0), my_broken(directions, 0);
#pragma omp for schedule(static) nowait
    for (std::int64_t i = 0; i < settings.falls; ++i) {
      Draws draws(settings.seed, i);
      const auto d =
          std::min(directions - 1, static_cast<std::size_t>(draws.uniform() * static_cast<double>(directions)));
      const double strength = strength_n[d] * std::exp(settings.strength_log_deviation * draws.normal());
      const double force = force_n[static_cast<std::size_t>(i)] = draw_force_n(settings, draws);
      ++my_hits[d];
      my_broken[d] += force > strength ? 1 : 0;
    }
#pragma omp critical(osteon_fall_risk)
    for (std::size_t d = 0; d < directions; ++d) {  // whole numbers: their sum has no order
      hits[d] += my_hits[d];
      broken[d] += my_broken[d];
    }
  }
  FallRisk risk;
  std::int64_t all = 0;
  for (std::size_t d = 0; d < directions; ++d) {
    all += broken[d];
    risk.arf0_of_direction.push_back(hits[d] > 0 ? static_cast<double>(broken[d]) / static_cast<double>(hits[d]) : 0);
  }
  risk.arf0 = static_cast<double>(all) / static_cast<double>(settings.falls);
  set_interval(risk, static_cast<double>(settings.falls));
  const std::vector<double> forces = percentiles(force_n, {50, 95});
  risk.force_median_n = forces[0];
  risk.force_p95_n = forces[1];
  return risk;
}

}  // namespace osteon
