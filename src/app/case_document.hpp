// SPDX-License-Identifier: Apache-2.0
// A case as the user wrote it: keys with values and the place each came from. TOML in, TOML out.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "case_keys.hpp"

namespace osteon::app {

/// Value of one key; which member holds it follows from the key's type.
struct CaseValue {
  bool flag = false;
  std::vector<double> numbers;     ///< integer, number: one; whole numbers are exact
  std::vector<std::string> texts;  ///< text, path: one
  std::string where;               ///< "case.toml:3:7", "--set", "profile", "default"

  bool operator==(const CaseValue& o) const { return flag == o.flag && numbers == o.numbers && texts == o.texts; }
};

struct CaseTable {
  std::string name;   ///< of a material; empty elsewhere
  std::string where;  ///< of the heading
  std::map<std::string, CaseValue> values;
  std::vector<CaseTable> node_sets;  ///< of a load case

  const CaseValue* find(const std::string& key) const {
    const auto found = values.find(key);
    return found == values.end() ? nullptr : &found->second;
  }
  std::optional<double> number(const std::string& key) const {
    const CaseValue* value = find(key);
    return value ? std::optional<double>(value->numbers.at(0)) : std::nullopt;
  }
  std::optional<std::string> text(const std::string& key) const {
    const CaseValue* value = find(key);
    return value ? std::optional<std::string>(value->texts.at(0)) : std::nullopt;
  }
};

struct CaseDocument {
  std::map<std::string, CaseTable> sections;  ///< "image", "risk.pistoia", ...
  std::vector<CaseTable> materials;           ///< in file order
  std::vector<CaseTable> load_cases;
  std::vector<CaseTable> therapies;
};

/// Checks every key, type, range and choice; all errors are UsageError "NAME:line:column: ...". Relative paths are
/// taken from `folder` and made absolute.
CaseDocument parse_case_text(const std::string& text, const std::string& name, const std::filesystem::path& folder);
CaseDocument parse_case_file(const std::filesystem::path& path);

/// Applies "section.key=value". `materials.NAME.key`, `load_case.NAME.key` and `therapy.NAME.key` address one table,
/// `materials.key` and so on all of them. Setting one of strain, displacement_mm, force_n, angle_deg drops the other
/// three.
void apply_setting(CaseDocument& document, const std::string& assignment);

/// `over` on top of `base`: single keys one by one, materials, load cases and therapies as a whole where `over` has
/// any.
CaseDocument merge_documents(CaseDocument base, const CaseDocument& over);

/// Gives every key that has a default in the table its value.
void fill_defaults(CaseDocument& document);

/// Keys that are set, in table order, as a runnable case file.
std::string write_case(const CaseDocument& document, const std::string& heading);
/// The same with every comment of the table and all unset keys commented out: what `osteon init` prints.
std::string write_commented_case(const CaseDocument& document, const std::string& heading);

}  // namespace osteon::app
