// SPDX-License-Identifier: Apache-2.0
// Look-ups in the key table and the words made from it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "case_keys.hpp"

namespace osteon::app {

const CaseKey* find_key(const std::string& section, const std::string& name) {
  for (const CaseKey& key : case_keys())
    if (section == key.section && name == key.name) return &key;
  return nullptr;
}

std::vector<std::string> case_sections() {
  std::vector<std::string> sections;
  for (const CaseKey& key : case_keys())
    if (sections.empty() || sections.back() != key.section) sections.emplace_back(key.section);
  return sections;
}

std::vector<std::string> keys_of(const std::string& section) {
  std::vector<std::string> names;
  for (const CaseKey& key : case_keys())
    if (section == key.section) names.emplace_back(key.name);
  return names;
}

std::vector<std::string> choices_of(const CaseKey& key) {
  std::vector<std::string> choices;
  const std::string text = key.choices;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('|', begin), text.size());
    choices.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return choices;
}

std::string type_text(const CaseKey& key) {
  const auto array = [&](const char* what) {
    return key.count > 0 ? fmt::format("an array of {} {}", key.count, what) : fmt::format("an array of {}", what);
  };
  switch (key.type) {
    case KeyType::text:
      return "a text";
    case KeyType::path:
      return "a file name";
    case KeyType::boolean:
      return "true or false";
    case KeyType::integer:
      return "a whole number";
    case KeyType::number:
      return "a number";
    case KeyType::spacing:
      return "a number or an array of 3 numbers";
    case KeyType::integers:
      return array("whole numbers");
    case KeyType::numbers:
      return key.count > 0 ? array("numbers") : "a number or an array of numbers";
    case KeyType::texts:
      return array("texts");
  }
  return {};
}

bool in_range(const KeyRange& range, double value) {
  if (!std::isfinite(value)) return false;
  const bool above = range.low_open ? value > range.low : value >= range.low;
  const bool below = range.high_open ? value < range.high : value <= range.high;
  return above && below;
}

std::string range_text(const KeyRange& range) {
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  const std::string below = fmt::format("{} {:g}", range.high_open ? "<" : "<=", range.high);
  const std::string above = fmt::format("{} {:g}", range.low_open ? ">" : ">=", range.low);
  if (low && high) return above + " and " + below;
  if (low) return above;
  return high ? below : std::string{};
}

namespace {

/// Insertions, deletions and replacements that turn one name into the other (Levenshtein 1966).
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 2) + 1;
  for (const std::string& candidate : candidates) {
    std::size_t distance = edit_distance(name, candidate);
    // A beginning of the right name ("tol") is nearer than its length says.
    if (name.size() >= 3 && candidate.compare(0, name.size(), name) == 0) distance = 1;
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string key_manual() {
  std::string text = "| key | type | unit | range or choices | default | meaning |\n|---|---|---|---|---|---|\n";
  for (const CaseKey& key : case_keys()) {
    std::string allowed = range_text(key.range);
    for (const std::string& choice : choices_of(key)) allowed += (allowed.empty() ? "" : ", ") + choice;
    const std::string standard = *key.default_value != 0 ? fmt::format("`{}`", key.default_value) : std::string{};
    text += fmt::format("| `{}.{}` | {} | {} | {} | {} | {} |\n", key.section, key.name, type_text(key), key.unit,
                        allowed, standard, key.doc);
  }
  return text;
}

}  // namespace osteon::app
