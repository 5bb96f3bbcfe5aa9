// SPDX-License-Identifier: Apache-2.0
// Keys of [risk] and of every failure criterion; the latter follow from the criteria themselves.
#include <fmt/format.h>

#include <deque>

#include "case_key_ranges.hpp"
#include "case_keys.hpp"
#include "osteon/risk/criteria.hpp"

namespace osteon::app {

namespace {

using K = KeyType;

/// Keeps a text for the life of the program, as rows hold bare pointers.
const char* kept(std::string text) {
  static std::deque<std::string> texts;
  return texts.emplace_back(std::move(text)).c_str();
}

/// Shortest text that reads back to the same number, as TOML.
std::string number_text(double value) {
  const std::string text = fmt::format("{}", value);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::vector<CaseKey> all_risk_keys() {
  std::string ids;
  for (const Criterion& criterion : known_criteria()) ids += (ids.empty() ? "" : "|") + criterion.id;
  std::vector<CaseKey> keys = {
      {"risk", "criteria", K::texts, 0, "", k_any, kept(ids), "[\"ees\", \"pstrain\"]",
       "each writes a map RiskFactor_<criterion>; `osteon risk --list` explains them"},
      {"risk", "thresholds", K::numbers, 0, "", k_positive, "", "[0.5, 0.8, 1.0]",
       "risk factors whose shares of bone are reported"},
      {"risk", "cluster_threshold", K::number, 0, "", k_positive, "", "1.0",
       "face-connected voxels with at least this risk factor are a cluster"},
      {"risk", "clusters", K::integer, 0, "", within(0, 10000), "", "10", "most that are listed, highest first"},
      {"risk.pistoia", "critical_strain", K::number, 0, "", k_positive, "", "0.007",
       "Pistoia et al. 2002, Bone 30:842"},
      {"risk.pistoia", "critical_volume_percent", K::number, 0, "%", {0, 100, true, true}, "", "2.0", ""},
      {"risk.pistoia", "method", K::text, 0, "", k_any, "n88|interpolated", "\"n88\"",
       "ranked element, or linear percentile"},
  };
  for (const Criterion& criterion : known_criteria())
    for (const Criterion::Parameter& p : criterion.parameters)
      keys.push_back({kept("risk." + criterion.id), kept(p.name), K::number, 0, kept(p.unit),
                      KeyRange{p.low, p.high, p.low_open, false}, "", kept(number_text(p.value)), kept(p.doc)});
  return keys;
}

}  // namespace

const std::vector<CaseKey>& risk_keys() {
  static const std::vector<CaseKey> k_keys = all_risk_keys();
  return k_keys;
}

}  // namespace osteon::app
