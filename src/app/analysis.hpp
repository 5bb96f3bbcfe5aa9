// SPDX-License-Identifier: Apache-2.0
// One run from scan to risk map, as steps that `osteon solve` calls in order.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "case.hpp"
#include "osteon/core/device.hpp"
#include "osteon/io/result_file.hpp"
#include "osteon/mechanics/fields.hpp"
#include "osteon/mechanics/homogenise.hpp"
#include "osteon/model/elastic_model.hpp"
#include "osteon/strength/strength.hpp"

namespace osteon::app {

/// Wall-clock seconds of the stages (design 3.2).
struct StageTimes {
  double read = 0, model = 0, setup = 0, solve = 0, post = 0, write = 0;
};

struct BoneModel {
  ElasticModel elastic;
  std::vector<ResolvedLoadCase> load_cases;  ///< force cases for 1 % strain, scaled after the solve
  std::vector<float> density;                ///< per element; only when asked for
  double bone_volume_mm3 = 0, volume_fraction = 0;
  std::int64_t removed_voxels = 0, removed_components = 0;
  std::optional<BoneSetup> setup;  ///< of a whole bone, without its images
  std::string figure_svg;          ///< of it
};

struct LoadCaseResult {
  ResolvedLoadCase load_case;
  SolveReport solve;
  ReactionReport reactions;
  IndependentCheck check;
  std::vector<std::pair<std::string, FieldStatistics>> statistics;
  std::optional<PistoiaResult> pistoia;
  std::vector<RiskSummary> risk;
};

/// FailureProbability of one load case.
struct StructureRisk {
  std::string load_case, criterion;
  double structure_probability = 0;           ///< weakest link
  double highest = 0;                         ///< of the map, over the evaluation set
  std::optional<VarianceShares> mean_shares;  ///< with a random direction of the load: means of each voxel's
};

/// Whole-bone scores of a load case, and where their strength is from.
struct ScoredBone {
  std::string load_case, strength_from;
  BoneScores scores;
};

/// Strength by direction and the risk of falls; directions that an interrupt left out are missing.
struct FallsResult {
  std::string node_set;
  DirectionGrid grid;
  bool converged = false;
  int iterations = 0;
  double relative_residual = 0, independent_residual = 0;
  std::vector<LoadDirection> directions;
  std::vector<double> strength_n;  ///< by direction
  std::optional<FallRisk> risk;
  std::string no_risk_because;
};

/// Reads, prepares, meshes, assigns materials, resolves load cases and checks that every part is held.
BoneModel build_model(const Case& wanted, StageTimes& times, Monitor& monitor);

/// What solving leaves: results in load-case order and the fields for the file.
struct Analysis {
  std::vector<std::optional<LoadCaseResult>> results;  ///< empty where an interrupt came first
  std::vector<OutputField> fields;
  std::vector<std::vector<double>> residual_histories;
  std::optional<HomogenisedStiffness> homogenised;
  std::optional<StrengthResult> strength;
  std::vector<StructureRisk> probability;
  std::optional<ScoredBone> scores;
  std::optional<FallsResult> falls;
};

/// Solves every load case, those with the same supports together (SolverSettings::block_columns) or at least one after
/// the other, so that they share the set-up. Fills `analysis` as it goes, so that an interrupt leaves what is known.
void run_load_cases(const Case& wanted, BoneModel& model, Device& device, StageTimes& times, Monitor& monitor,
                    Analysis& analysis);

/// Most load cases of the model that would be solved together in the memory that is free now.
int solved_together(const Case& wanted, const BoneModel& model, const Device& device);

bool all_converged(const Analysis& analysis);

/// Views into the model.
ElasticProblem elastic_problem(const BoneModel& model);

}  // namespace osteon::app
