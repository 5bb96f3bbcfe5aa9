// SPDX-License-Identifier: Apache-2.0
// The course of a simulation in numbers: what every step adds to the file, the summary and the text at the end.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "analysis.hpp"
#include "osteon/regenerate/regeneration.hpp"
#include "regenerate_strength.hpp"
#include "summary.hpp"

namespace osteon::app {

/// Fields and strength of one day.
struct DayResults {
  std::vector<OutputField> fields;
  double failure_load_n = 0;  ///< of the whole bone, NaN when there is none
  std::vector<RiskSummary> risk;
  std::optional<DayStrength> strength;  ///< on the days that ask for it
};

/// Strain, risk and failure load under the day's load, and the fields the case asks for.
DayResults evaluate_day(const Case& wanted, const ElasticModel& model, const Regeneration& simulation,
                        const RegenerationStep& step, Monitor& monitor);

std::vector<std::pair<std::string, double>> history_scalars(const RegenerationStep& step, const DayResults& results);
/// One line of JSON: everything known of the step.
std::string history_json(const RegenerationStep& step, const DayResults& results);
const char* set_up_text(SetUp setup);

/// Lines of all steps so far, those before a resume included. A checkpoint carries it as text.
class RegenerationHistory {
 public:
  void add(const RegenerationStep& step, const DayResults& results, bool written);
  /// Steps that are in the result file.
  int written_steps() const { return written_; }
  const std::vector<std::string>& lines() const { return lines_; }
  /// False when a day's strength could not be followed to its end.
  bool strength_completed() const;
  /// The end of a run, for people.
  std::string text(const std::filesystem::path& folder) const;

  /// With the identity of the case.
  std::string save(const std::string& identity) const;
  /// Returns the identity. Throws InputError when the text is not of this kind.
  std::string restore(const std::string& saved);

 private:
  std::vector<std::string> lines_;
  int written_ = 0;
};

std::string regeneration_summary(const Case& wanted, const RunRecord& record, const BoneModel& model,
                                 const RegenerationHistory& history);

}  // namespace osteon::app
