// SPDX-License-Identifier: Apache-2.0
#include "scores_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;

const LoadCaseResult& result_of(const Analysis& analysis, const std::string& name) {
  for (const auto& result : analysis.results)
    if (result && result->load_case.spec.name == name) return *result;
  throw InternalError("scores of a load case that was not solved");
}

double length_of(const ScoresCase& scores, const LoadCaseResult& result) {
  if (scores.length_mm > 0) return scores.length_mm;
  return result.load_case.length_mm;
}

/// 0 and a warning where the analysis has no such strength.
double strength_of(const ScoresCase& scores, const Analysis& analysis, Monitor& monitor, std::string& from) {
  const LoadCaseResult& result = result_of(analysis, scores.load_case);
  const double stiffness = result.reactions.stiffness_n_per_mm, length = length_of(scores, result);
  if (scores.strength == "crawford") {
    from = fmt::format("0.0068 K H, K = {:.6g} N/mm, H = {:.4g} mm (Crawford et al. 2003)", stiffness, length);
    return crawford_strength_n(stiffness, length);
  }
  if (scores.strength == "fixed_deformation") {
    from = fmt::format("linear force at {:g} % of {:.4g} mm", 100 * scores.deformation, length);
    return fixed_deformation_strength_n(stiffness, length, scores.deformation);
  }
  if (scores.strength == "ultimate") {
    from = "largest force of the non-linear curve";
    if (analysis.strength && !analysis.strength->ultimate_is_peak)
      monitor.warn("scores: the force still rose where the curve ends; the bone carries more than the strength used");
    return analysis.strength ? std::fabs(analysis.strength->ultimate.force) : 0;
  }
  from = "Pistoia failure load";
  return result.pistoia ? result.pistoia->failure_load_n : 0;
}

std::optional<ScoredBone> scored_bone(const ScoresCase& wanted, Monitor& monitor, const Analysis& analysis) {
  ScoredBone bone;
  bone.load_case = wanted.load_case;
  const double strength_n = strength_of(wanted, analysis, monitor, bone.strength_from);
  if (!(strength_n > 0)) {
    monitor.warn(
        fmt::format("scores: load case '{}' gives no strength by '{}', so there are none; scores.strength "
                    "names another way",
                    wanted.load_case, wanted.strength));
    return {};
  }
  bone.scores = bone_scores(strength_n, wanted.request);
  for (const std::string& note : bone.scores.notes) monitor.note("scores: " + note);
  for (const std::string& warning : bone.scores.warnings) monitor.warn("scores: " + warning);
  return bone;
}

}  // namespace

void run_score_part(const Case& wanted, Monitor& monitor, Analysis& analysis) {
  if (wanted.scores) analysis.scores = scored_bone(*wanted.scores, monitor, analysis);
}

Json scores_json(const ScoredBone& bone) {
  const BoneScores& scores = bone.scores;
  Json json = {{"load_case", bone.load_case},
               {"strength_n", scores.strength_n},
               {"strength_from", bone.strength_from},
               {"limits", k_strength_class_limits},
               {"load_to_strength", Json::array()}};
  if (scores.strength_class) {
    json["strength_class"] = strength_class_name(*scores.strength_class);
    json["strength_class_source"] = "Keaveny et al. 2020, Osteoporos Int 31:1025, table 1";
  }
  for (const BoneScores::Ratio& r : scores.ratios)
    json["load_to_strength"].push_back({{"model", r.model},
                                        {"formula", r.formula},
                                        {"source", r.source},
                                        {"load_n", r.load_n},
                                        {"ratio", r.ratio.ratio},
                                        {"verdict", r.ratio.verdict}});
  if (scores.impact_speed_m_per_s) json["impact_speed_m_per_s"] = *scores.impact_speed_m_per_s;
  if (scores.z_score) json["z_score"] = *scores.z_score;
  return json;
}

std::string score_lines(const Analysis& analysis) {
  if (!analysis.scores) return {};
  const BoneScores& s = analysis.scores->scores;
  constexpr double k_round_n = 10;  // strength is reported to 10 N (Keaveny 2020)
  std::string text =
      fmt::format("scores      strength {:.0f} N{} ({})\n", k_round_n * std::round(s.strength_n / k_round_n),
                  s.strength_class ? std::string(": ") + strength_class_name(*s.strength_class) : "",
                  analysis.scores->strength_from);
  for (const BoneScores::Ratio& r : s.ratios)
    text += fmt::format("            load {:.0f} N ({}), load to strength {:.2f}: {}\n", r.load_n, r.model,
                        r.ratio.ratio, r.ratio.verdict);
  if (s.z_score) text += fmt::format("            z-score {:+.2f}\n", *s.z_score);
  return text + fmt::format("            {}\n", k_strength_class_limits);
}

}  // namespace osteon::app
