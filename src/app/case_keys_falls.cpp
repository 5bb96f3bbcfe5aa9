// SPDX-License-Identifier: Apache-2.0
// The rows of the key table for falls from many directions. Sources: osteon/risk/falls.hpp.
#include "case_key_ranges.hpp"
#include "case_keys.hpp"
#include "osteon/risk/criteria.hpp"

namespace osteon::app {

namespace {

using K = KeyType;

const char* criterion_ids() {
  static const std::string k_ids = [] {
    std::string ids;
    for (const Criterion& criterion : known_criteria()) ids += (ids.empty() ? "" : "|") + criterion.id;
    return ids;
  }();
  return k_ids.c_str();
}

}  // namespace

const std::vector<CaseKey>& fall_keys() {
  static const std::vector<CaseKey> k_keys = {
      {"falls", "load_case", K::text, 0, "", k_any, "", "",
       "name of a load case of type free whose force is turned; absent = the first"},
      {"falls", "node_set", K::text, 0, "", k_any, "", "", "its loaded set; absent = the only one that is loaded"},
      {"falls", "direction", K::numbers, 3, "", k_any, "", "",
       "of the force at both angles 0, image axes; absent = that of the set's force_n"},
      {"falls", "angle_1_axis", K::text, 0, "", k_any, "x|y|z", "",
       "image axis of the first turn; absent = the first of the two that lie most across the direction"},
      {"falls", "angle_2_axis", K::text, 0, "", k_any, "x|y|z", "",
       "of the second turn; absent = the other of the two"},
      {"falls", "angle_1_deg", K::numbers, 0, "degree", within(-180, 180), "",
       "[-30.0, -20.0, -10.0, 0.0, 10.0, 20.0, 30.0]",
       "every angle with every angle_2_deg; 28 directions as in the Bologna pipeline (recalled), the grid an "
       "assumption"},
      {"falls", "angle_2_deg", K::numbers, 0, "degree", within(-180, 180), "", "[-30.0, -20.0, -10.0, 0.0]",
       "likewise"},
      {"falls", "criterion", K::text, 0, "", k_any, criterion_ids(), "\"ees\"",
       "of the strength, with the parameters of [risk.<criterion>]"},
      {"falls",
       "critical_volume_percent",
       K::number,
       0,
       "%",
       {0, 100, true, true},
       "",
       "2.0",
       "strength: load at which this share of the evaluated bone reaches a risk factor of 1"},
      {"falls", "draws", K::integer, 0, "", within(1, 1e8), "", "100000", "falls of the Monte Carlo"},
      {"falls", "seed", K::integer, 0, "", within(0, 1e15), "", "1", "same seed, same falls"},
      {"falls", "strength_log_deviation", K::number, 0, "", k_not_negative, "", "0.0",
       "of the strength about what was computed"},
      {"falls", "model", K::text, 0, "", k_any, "pendulum|lognormal", "\"pendulum\"",
       "force of a fall: inverted pendulum of the patient (Bhattacharya et al. 2019, in part an assumption), or yours"},
      {"falls", "force_median_n", K::number, 0, "N", k_positive, "", "", "lognormal"},
      {"falls", "force_log_deviation", K::number, 0, "", k_not_negative, "", "", "lognormal"},
      {"falls", "initial_angle_deg", K::numbers, 2, "degree", within(0, 180), "", "[0.0, 30.0]",
       "pendulum, drawn uniformly: from upright; Bhattacharya et al. 2019, table 2, as all that follow"},
      {"falls", "final_angle_deg", K::numbers, 2, "degree", within(0, 180), "", "[60.0, 120.0]", "at impact"},
      {"falls", "initial_speed_m_per_s", K::numbers, 2, "m/s", k_not_negative, "", "[0.0, 1.4]",
       "of the centre of mass"},
      {"falls", "initial_acceleration_m_per_s2", K::numbers, 2, "m/s2", k_not_negative, "", "[0.0, 5.1]",
       "likewise; fades along the path (assumption)"},
      {"falls", "postural_attenuation", K::numbers, 2, "", within(-10, 1), "", "[0.5, 0.8]", "share of the force"},
      {"falls", "impact_attenuation", K::numbers, 2, "", within(-10, 1), "", "[-2.55, 0.914]",
       "likewise, by floor, protector and muscles; below 0 they add force"},
      {"falls", "centre_of_mass", K::number, 0, "", {0, 1, true, false}, "", "0.554", "height / patient.height_cm"},
      {"falls", "impact_time_s", K::number, 0, "s", k_positive, "", "0.09",
       "F = (1 - eta_I)(1 - eta_P) m v / impact_time (form of the pulse: assumption)"},
  };
  return k_keys;
}

}  // namespace osteon::app
