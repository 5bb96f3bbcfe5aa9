// SPDX-License-Identifier: Apache-2.0
// Whole-bone scores from a strength: classes, load models, load-to-strength ratio, estimates from a linear solve,
// z-scores. Every number names its source; "(recalled, check)" stays on what was not read in the paper.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace osteon {

enum class Sex { female, male };
enum class BoneSite { hip, spine };

/// What the load models and classes need of a person; 0 = not known.
struct Patient {
  std::optional<Sex> sex;
  double mass_kg = 0;
  double height_m = 0;
  double age_years = 0;
  double trochanteric_soft_tissue_mm = 0;
};

// --- strength classes ------------------------------------------------------------------------------------------------

enum class StrengthClass { fragile, low, normal };
const char* strength_class_name(StrengthClass strength_class);

/// Must stand beside every class that is shown.
extern const char* const k_strength_class_limits;

/// Keaveny et al. 2020, Osteoporos Int 31:1025, table 1. Throws UsageError unless the strength is positive.
StrengthClass classify_strength(BoneSite site, Sex sex, double strength_n);

// --- load models -----------------------------------------------------------------------------------------------------

/// Force of a sideways fall from standing on the hip.
struct FallLoad {
  std::string model, formula, source;
  double peak_n = 0;        ///< at the soft tissue
  double attenuated_n = 0;  ///< behind it; the peak where the model knows no soft tissue
};

/// Names that fall_load takes.
const std::vector<std::string>& fall_models();
/// Throws UsageError that names what is missing of the patient, or the known models.
FallLoad fall_load(const std::string& model, const Patient& patient);

/// v = sqrt(2 g 0.51 h), m/s: from the height of the centre of gravity (van den Kroonenberg 1996; recalled, check).
double impact_speed_m_per_s(const Patient& patient);

// --- load to strength ------------------------------------------------------------------------------------------------

/// Phi = load / strength. Above 1 a fracture is predicted; from 0.8 to 1.2 is a zone of transition (Keaveny and
/// Bouxsein 2008, J Bone Miner Res 23:1541).
struct LoadToStrength {
  double ratio = 0;
  std::string verdict;  ///< "below the transition zone", "within the transition zone (0.8 to 1.2)", "above ..."
};
LoadToStrength load_to_strength(double load_n, double strength_n);

/// A load in life that grows with the body: newton_per_kg * mass + newton. The numbers are the user's; none are known
/// here.
struct ActivityLoad {
  std::string activity;
  double newton_per_kg = 0, newton = 0;
};
/// Throws UsageError, naming the activity, when mass is needed and not known, or there is no load.
double activity_load_n(const ActivityLoad& activity, const Patient& patient);

// --- strength estimated from a linear solve --------------------------------------------------------------------------

/// Vertebra: 0.0068 K H (Crawford et al. 2003, Bone 33:744). Stiffness in N/mm, height of the body in mm.
double crawford_strength_n(double stiffness_n_per_mm, double height_mm);
/// Force of a linear bone at a given deformation of its length; hip, sideways fall: 0.04 of head to trochanter.
double fixed_deformation_strength_n(double stiffness_n_per_mm, double length_mm, double deformation);

// --- normative placement ---------------------------------------------------------------------------------------------

/// One row of a table by age: y is distributed so that ((y / M)^L - 1) / (L S) is standard normal (Cole and Green 1992,
/// Stat Med 11:1305).
struct LmsRow {
  double age_years = 0, l = 1, m = 0, s = 0;
};
/// Linear between the ages of the table, which ascend; throws UsageError outside them, or for values that cannot be.
double lms_z_score(const std::vector<LmsRow>& table, double age_years, double value);

// --- all of them together --------------------------------------------------------------------------------------------

/// What scores are made from, beside a strength.
struct ScoreRequest {
  BoneSite site = BoneSite::hip;
  Patient patient;
  double load_n = 0;  ///< a load that is given; 0: that of sideways falls, on the hip
  std::vector<ActivityLoad> activities;
  std::vector<LmsRow> lms;  ///< empty: no z-score
};

struct BoneScores {
  double strength_n = 0;
  std::optional<StrengthClass> strength_class;  ///< empty where the sex is not known
  struct Ratio {
    std::string model, formula, source;
    double load_n = 0;
    LoadToStrength ratio;
  };
  std::vector<Ratio> ratios;
  std::optional<double> impact_speed_m_per_s, z_score;
  std::vector<std::string> notes;     ///< what there is not for want of an input
  std::vector<std::string> warnings;  ///< what cannot be
};

/// Throws as the functions above; what a patient's missing mass or height leaves out is a note.
BoneScores bone_scores(double strength_n, const ScoreRequest& request);

}  // namespace osteon
