// SPDX-License-Identifier: Apache-2.0
// The one table of case-file keys: it drives parsing, messages, `osteon init` and the manual.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace osteon::app {

/// What a key may hold. `spacing` is one number or three.
enum class KeyType { text, path, boolean, integer, number, spacing, integers, numbers, texts };

/// Bounds of every number a key holds.
struct KeyRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   ///< `low` itself is not allowed
  bool high_open = false;  ///< `high` itself is not allowed
};

struct CaseKey {
  const char* section;  ///< "solver"; "materials.*" and "load_case" repeat
  const char* name;     ///< "tolerance"
  KeyType type;
  int count;         ///< length of an array; 0 = any
  const char* unit;  ///< "" = none
  KeyRange range;
  const char* choices;        ///< "a|b|c"; "" = anything
  const char* default_value;  ///< as TOML; "" = absent unless given
  const char* doc;
};

const std::vector<CaseKey>& case_keys();
/// The part of it that belongs to `osteon regenerate`: sections regenerate and therapy.
const std::vector<CaseKey>& regenerate_keys();
/// Sections risk and risk.*: a criterion has its keys from its own table of parameters.
const std::vector<CaseKey>& risk_keys();
/// Sections risk.probability, patient and scores.
const std::vector<CaseKey>& score_keys();
/// Section falls.
const std::vector<CaseKey>& fall_keys();
/// Section strength.
const std::vector<CaseKey>& strength_keys();
/// Section bone.
const std::vector<CaseKey>& bone_keys();
/// Null when there is no such key.
const CaseKey* find_key(const std::string& section, const std::string& name);
/// Sections in reading order, as in CaseKey::section.
std::vector<std::string> case_sections();
std::vector<std::string> keys_of(const std::string& section);
std::vector<std::string> choices_of(const CaseKey& key);

/// "number", "array of 3 numbers", "text"
std::string type_text(const CaseKey& key);
/// "> 0", "> -1 and < 0.5"; empty when every number is allowed.
std::string range_text(const KeyRange& range);
bool in_range(const KeyRange& range, double value);

/// The candidate with the smallest edit distance; empty when none is near.
std::string nearest_name(const std::string& name, const std::vector<std::string>& candidates);

/// The whole table as Markdown, for the manual.
std::string key_manual();

}  // namespace osteon::app
