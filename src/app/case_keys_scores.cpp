// SPDX-License-Identifier: Apache-2.0
// The rows of the key table for probability and whole-bone scores. Sources: osteon/risk/probability.hpp, scores.hpp.
#include "case_key_ranges.hpp"
#include "case_keys.hpp"

namespace osteon::app {

namespace {

using K = KeyType;

}  // namespace

const std::vector<CaseKey>& score_keys() {
  static const std::vector<CaseKey> k_keys = {
      {"risk.probability", "criterion", K::text, 0, "", k_any, "", "",
       "of risk.criteria, whose map becomes FailureProbability; absent = none"},
      {"risk.probability", "yield_strain", K::number, 0, "", k_not_negative, "", "0.15",
       "log-standard deviation of the resistance (placeholder)"},
      {"risk.probability", "material_law", K::number, 0, "", k_not_negative, "", "0.20",
       "of the demand through density and modulus (placeholder; most of the variance in Wille et al. 2016)"},
      {"risk.probability", "load_size", K::number, 0, "", k_not_negative, "", "0.10", "of the demand (placeholder)"},
      {"risk.probability", "load_direction", K::number, 0, "", k_not_negative, "", "0.11",
       "of the demand (placeholder)"},
      {"risk.probability",
       "load_direction_deg",
       K::number,
       0,
       "degree",
       {0, 20, true, false},
       "",
       "",
       "standard deviation of the load's tilt about each of its normals; replaces load_direction, voxel by voxel; "
       "needs "
       "load cases of type free with one node set that carries a force"},
      {"risk.probability", "weibull_modulus", K::number, 0, "", k_positive, "", "10.0",
       "m of the weakest link (assumption)"},
      {"risk.probability", "reference_volume_mm3", K::number, 0, "mm3", k_positive, "", "1.0",
       "V0 of the weakest link (assumption)"},

      {"patient", "sex", K::text, 0, "", k_any, "female|male", "", "for strength classes"},
      {"patient", "age_years", K::number, 0, "year", k_not_negative, "", "", "for z-scores"},
      {"patient", "mass_kg", K::number, 0, "kg", k_positive, "", "", "for the load of a fall"},
      {"patient", "height_cm", K::number, 0, "cm", k_positive, "", "", "likewise"},
      {"patient", "soft_tissue_mm", K::number, 0, "mm", k_not_negative, "", "0.0", "over the trochanter"},

      {"scores", "site", K::text, 0, "", k_any, "hip|spine", "", "of the bone; absent = no scores"},
      {"scores", "load_case", K::text, 0, "", k_any, "", "", "name of the load case; absent = the first"},
      {"scores", "strength", K::text, 0, "", k_any, "pistoia|crawford|fixed_deformation|ultimate", "\"pistoia\"",
       "pistoia; crawford: 0.0068 K H, vertebra; fixed_deformation of the length; ultimate of [strength]"},
      {"scores", "length_mm", K::number, 0, "mm", k_positive, "", "",
       "crawford, fixed_deformation: height of the body, head to trochanter; absent = of the bone model, or the image "
       "along the load's axis"},
      {"scores", "deformation", K::number, 0, "", k_positive, "", "0.04", "fixed_deformation: of length_mm"},
      {"scores", "load_n", K::number, 0, "N", k_positive, "", "",
       "load in life for the load-to-strength ratio; absent = falls on the hip from patient.mass_kg, height_cm"},
      {"scores", "activities_file", K::path, 0, "", k_any, "", "",
       "CSV activity,newton_per_kg,newton: load to strength of each, load = newton_per_kg * patient.mass_kg + newton"},
      {"scores", "lms_file", K::path, 0, "", k_any, "", "",
       "CSV of the strength's reference values: age_years,l,m,s and a row for each age"},
  };
  return k_keys;
}

}  // namespace osteon::app
