// SPDX-License-Identifier: Apache-2.0
// Absolute risk of fracture in a fall, ARF0: the share of random falls whose force is above the strength of the bone in
// the direction of the impact. After Bhattacharya et al. 2019, Biomech Model Mechanobiol 18:301 (PMC6418062).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "osteon/risk/scores.hpp"

namespace osteon {

/// A number drawn uniformly.
struct UniformRange {
  double low = 0, high = 0;
};

/// A fall sideways as an inverted pendulum that turns about the feet from theta_i to theta_f (0 = upright), its mass at
/// c H. Ranges, c and dt: table 2 of the paper. What it does to the force was not at hand, so
///   v^2 = v_i^2 + 2 g c H (cos theta_i - cos theta_f) + a_i c H (theta_f - theta_i)
///       (gravity, and an initial acceleration that fades linearly along the path; the last term is an assumption)
///   F = (1 - eta_I) (1 - eta_P) m v / dt       (force that rises to its peak within dt and falls likewise; assumption)
/// and 71 N per mm of trochanteric soft tissue are taken off (Robinovitch et al. 1991; recalled, check).
struct PendulumFall {
  UniformRange initial_angle_deg = {0, 30};
  UniformRange final_angle_deg = {60, 120};
  UniformRange initial_speed_m_per_s = {0, 1.40};
  UniformRange initial_acceleration_m_per_s2 = {0, 5.10};
  UniformRange postural_attenuation = {0.5, 0.8};    ///< eta_P
  UniformRange impact_attenuation = {-2.55, 0.914};  ///< eta_I: floor, hip protector, muscles; below 0 they add force
  double centre_of_mass = 0.554;                     ///< c, of the height
  double impact_time_s = 0.09;                       ///< dt
};

/// What one fall draws of PendulumFall.
struct Fall {
  double initial_angle_deg, final_angle_deg, initial_speed_m_per_s, initial_acceleration_m_per_s2;
  double postural_attenuation, impact_attenuation;
};

/// Force on the bone, N, >= 0. Throws UsageError that names what is missing of the patient.
double fall_force_n(const PendulumFall& model, const Fall& fall, const Patient& patient);

enum class FallModel { pendulum, lognormal };

struct FallSettings {
  FallModel model = FallModel::pendulum;
  PendulumFall pendulum;
  Patient patient;                 ///< pendulum: mass and height
  double force_median_n = 0;       ///< lognormal
  double force_log_deviation = 0;  ///< likewise
  /// Log-standard deviation of the strength about its computed value; 0 = it is taken as known.
  double strength_log_deviation = 0;
  std::int64_t falls = 100000;
  std::uint64_t seed = 1;
};

struct FallRisk {
  double arf0 = 0;            ///< share of falls with force > strength
  double standard_error = 0;  ///< of sampling alone
  double low = 0, high = 0;   ///< 95 % interval of sampling alone (Wilson 1927)
  double force_median_n = 0, force_p95_n = 0;
  std::vector<double> arf0_of_direction;  ///< share of the falls in each direction
};

/// Must stand beside every ARF0 that is shown.
extern const char* const k_fall_risk_limits;

/// Every fall hits one of the directions, each with the same probability (assumption). `strength_n` by direction, > 0;
/// an infinite one never breaks. The same bits for any number of threads and any standard library's distributions:
/// random numbers come from a counter (splitmix64; Steele, Lea, Flood 2014), so a fall does not depend on others.
FallRisk fall_risk(const std::vector<double>& strength_n, const FallSettings& settings);

}  // namespace osteon
