// SPDX-License-Identifier: Apache-2.0
// The rows of the key table for non-linear strength. Sources of the defaults: osteon/strength/strength.hpp.
#include "case_key_ranges.hpp"
#include "case_keys.hpp"

namespace osteon::app {

namespace {

using K = KeyType;
constexpr KeyRange k_positive_fraction = {0, 1, true, false};
constexpr KeyRange k_below_one = {0, 1, false, true};

}  // namespace

const std::vector<CaseKey>& strength_keys() {
  static const std::vector<CaseKey> k_keys = {
      {"strength", "law", K::text, 0, "", k_any, "none|von_mises|asymmetric", "\"none\"",
       "tissue that yields: equally in tension and compression, or earlier in tension; none = linear only"},
      {"strength", "load_case", K::text, 0, "", k_any, "", "", "name of the load case; absent = the first"},
      {"strength", "days", K::numbers, 0, "day", k_not_negative, "", "",
       "osteon regenerate: days on which the strength of the bone is found; absent = the last day only"},
      {"strength", "load_factors", K::numbers, 0, "", k_any, "", "[1.0]",
       "gone through in turn, times the load case: [3.0] loads threefold, [1.0, 0.0] loads and unloads"},
      {"strength", "yield_strain", K::number, 0, "", k_positive, "", "",
       "von_mises: yield stress / Young's modulus of the voxel"},
      {"strength", "tensile_yield_strain", K::number, 0, "", k_positive, "", "0.0041",
       "asymmetric; Bayraktar et al. 2004, J Biomech 37:27, tissue (recalled, check)"},
      {"strength", "compressive_yield_strain", K::number, 0, "", k_positive, "", "0.0083", "likewise"},
      {"strength", "post_yield_ratio", K::number, 0, "", k_below_one, "", "0.05",
       "slope after yield in compression / Young's modulus; Niebur et al. 2000, J Biomech 33:1575 (recalled, check)"},
      {"strength",
       "shape",
       K::number,
       0,
       "",
       {-1, 0.5, true, false},
       "",
       "0.49",
       "of the asymmetric yield surface: 0.5 a cone, below a cone with a round tip"},
      {"strength", "damage_limit", K::number, 0, "", k_below_one, "", "0.0",
       "D = damage_limit (1 - exp(-damage_rate * plastic strain)) takes stiffness away; 0 = none"},
      {"strength", "damage_rate", K::number, 0, "", k_not_negative, "", "10.0", "see damage_limit (assumption)"},
      {"strength", "failed_plastic_strain", K::number, 0, "", k_positive, "", "0.002",
       "mean of a voxel from which on it counts as failed (assumption)"},
      {"strength", "offset_strain", K::number, 0, "", k_positive, "", "0.002", "of the offset yield"},
      {"strength", "stop_after_drop", K::number, 0, "", k_below_one, "", "0.2",
       "ends when the force has fallen by this share of its peak; 0 = never"},
      {"strength", "largest_step", K::number, 0, "", k_positive_fraction, "", "0.05",
       "load step, as a share of the way from one load factor to the next"},
      {"strength", "smallest_step", K::number, 0, "", k_positive_fraction, "", "1e-4",
       "steps that find no equilibrium are cut down to this"},
      {"strength", "tolerance", K::number, 0, "", within(1e-13, 0.1), "", "1e-5",
       "|unbalanced force| / |largest force so far|"},
      {"strength", "max_newton", K::integer, 0, "", within(1, 1000), "", "20", "iterations before a step is cut"},
  };
  return k_keys;
}

}  // namespace osteon::app
