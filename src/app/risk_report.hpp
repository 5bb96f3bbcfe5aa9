// SPDX-License-Identifier: Apache-2.0
// Risk summaries as JSON and as a table, shared by `solve` and `risk`.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "osteon/risk/criteria.hpp"

namespace osteon::app {

/// One object per criterion, under its id: the `risk` part of summary.json.
nlohmann::ordered_json risk_json(const std::vector<Criterion>& criteria, const std::vector<RiskSummary>& summaries);

/// A row per criterion, then materials (where there are several) and the most dangerous clusters of each.
std::string risk_table(const std::vector<Criterion>& criteria, const std::vector<RiskSummary>& summaries);

/// Every criterion with its formula, parameters and source.
std::string criteria_text();

/// "critical_strain = 0.007"; several with commas.
std::string parameters_text(const Criterion& criterion);

/// `risk` of one load case (its suffix in field names, "" for a single one) or of one day of a series.
struct RiskUpdate {
  std::string suffix;
  double day = -1;  ///< of a series, else below zero
  std::vector<Criterion> criteria;
  std::vector<RiskSummary> summaries;
};

/// Puts the criteria into the `risk` part of a run's summary.json; everything else stays as it is. The file is replaced
/// as a whole or not at all. Returns sentences for the user: that it was done, what had other parameters before, or
/// why nothing was written. Throws InputError when the file cannot be written.
std::vector<std::string> refresh_summary(const std::filesystem::path& summary, const std::vector<RiskUpdate>& updates);

}  // namespace osteon::app
