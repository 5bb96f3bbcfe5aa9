// SPDX-License-Identifier: Apache-2.0
// A case ready to run: the document turned into the types of the rooms below.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "case_document.hpp"
#include "osteon/anatomy/hip.hpp"
#include "osteon/anatomy/spine.hpp"
#include "osteon/image/prepare.hpp"
#include "osteon/image/read.hpp"
#include "osteon/model/load_case.hpp"
#include "osteon/model/materials.hpp"
#include "osteon/regenerate/regeneration.hpp"
#include "osteon/risk/criteria.hpp"
#include "osteon/risk/falls.hpp"
#include "osteon/risk/load_directions.hpp"
#include "osteon/risk/pistoia.hpp"
#include "osteon/risk/probability.hpp"
#include "osteon/risk/scores.hpp"
#include "osteon/solve/linear_solver.hpp"
#include "osteon/strength/strength.hpp"

namespace osteon::app {

/// What `osteon regenerate` needs beside the rest of a case.
struct RegenerateCase {
  RegenerationSettings settings;  ///< regions in the order of Case::materials
  std::optional<std::array<double, 6>> gap_box_mm;
  int write_every = 1;
};

/// Non-linear strength of one load case.
struct StrengthCase {
  StrengthSettings settings;
  std::string load_case;     ///< its name
  std::vector<double> days;  ///< of osteon regenerate; empty: the last
};

/// From risk factors to probabilities.
struct ProbabilityCase {
  std::string criterion;  ///< one of Case::criteria
  RiskUncertainty uncertainty;
  double load_direction_deg = 0;  ///< > 0: replaces uncertainty.load_direction
  WeakestLink link;
};

/// Whole-bone scores of one load case.
struct ScoresCase {
  ScoreRequest request;
  std::string load_case;
  std::string strength;  ///< where it comes from
  double length_mm = 0;  ///< 0: the image along the load's axis
  double deformation = 0;
};

/// A model of a whole bone.
struct BoneCase {
  std::string model;
  std::optional<std::filesystem::path> reference;
  SpineSettings spine;  ///< of the spine model
  HipSettings hip;      ///< of the hip models
};

/// Falls from many directions on one node set.
struct FallsCase {
  std::string load_case;
  std::string node_set;           ///< empty: the only one that is loaded
  std::string where;              ///< in the case file
  std::optional<Vec3> direction;  ///< none: of the set's force
  std::array<std::optional<Axis>, 2> axes;
  std::vector<double> angle_1_deg, angle_2_deg;
  Criterion criterion;
  double critical_volume_percent = 0;
  FallSettings settings;
};

struct Case {
  std::filesystem::path image;
  std::optional<std::filesystem::path> mask;
  std::optional<std::filesystem::path> modulus;
  std::optional<std::filesystem::path> callus_mask;
  ReadOptions read;
  PrepareSteps prepare;
  std::vector<Material> materials;              ///< label 0 stands for every label that no other material names
  std::vector<LoadCaseSpec> load_cases;         ///< `homogenise` expanded to its six
  std::optional<std::size_t> homogenise_first;  ///< index of the first of the six
  double homogenise_strain = 0;
  SolverSettings solver;
  std::optional<BoneCase> bone;                ///< when [bone] names a model
  std::optional<RegenerateCase> regenerate;    ///< when the case has a [regenerate] section
  std::optional<StrengthCase> strength;        ///< when [strength] names a law
  std::optional<ProbabilityCase> probability;  ///< when [risk.probability] names a criterion
  std::optional<ScoresCase> scores;            ///< when [scores] names a site
  std::optional<FallsCase> falls;              ///< when the case has a [falls] section
  std::string backend = "auto";
  int threads = 0;
  std::vector<Criterion> criteria;
  RiskSummarySettings risk_summary;
  PistoiaSettings pistoia;
  std::vector<std::string> fields;   ///< contract names, without risk maps
  std::vector<std::string> formats;  ///< beside vtkhdf
  int gzip_level = 1;

  bool wants_field(const std::string& name) const;
};

/// `document` with its defaults filled in. Throws UsageError with the place of the key at fault.
Case build_case(const CaseDocument& document);

/// The [regenerate] and [[therapy]] parts.
RegenerateCase build_regenerate_case(const CaseDocument& document, const SolverSettings& solver);

/// Materials of the case; `has_modulus_image` when none needs a stiffness of its own. `document` with defaults.
std::vector<Material> case_materials(const CaseDocument& document, bool has_modulus_image);
/// The [[load_case]] tables, `homogenise` expanded, into `result`.
void add_load_cases(const CaseDocument& document, Case& result);
/// The [bone] part of a case whose load cases are known; checks that they fit.
std::optional<BoneCase> build_bone_case(const CaseDocument& document, const Case& wanted);
/// The one that `load_case` of a section names, or the first.
const LoadCaseSpec& chosen_load_case(const CaseTable& table, const std::string& section,
                                     const std::vector<LoadCaseSpec>& load_cases);
/// Thresholds and clusters of [risk], likewise.
RiskSummarySettings risk_summary_settings(const CaseDocument& document);
/// The [strength] part; none when it is absent or its law is none.
std::optional<StrengthCase> build_strength_case(const CaseDocument& document,
                                                const std::vector<LoadCaseSpec>& load_cases,
                                                const SolverSettings& solver, const RegenerateCase* regenerate);

std::optional<ProbabilityCase> build_probability_case(const CaseDocument& document,
                                                      const std::vector<LoadCaseSpec>& load_cases);
std::optional<ScoresCase> build_scores_case(const CaseDocument& document, const std::vector<LoadCaseSpec>& load_cases,
                                            bool has_strength);

std::optional<FallsCase> build_falls_case(const CaseDocument& document, const std::vector<LoadCaseSpec>& load_cases);
/// Directions about the load case's force; throws UsageError where it cannot be turned.
DirectionGrid falls_grid(const FallsCase& falls, const LoadCaseSpec& load_case);
/// The [patient] part; what is not given is not known.
Patient build_patient(const CaseDocument& document);

/// A criterion with the parameters of its [risk.ID], likewise.
Criterion criterion_with_parameters(const std::string& id, const CaseDocument& document);

}  // namespace osteon::app
