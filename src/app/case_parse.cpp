// SPDX-License-Identifier: Apache-2.0
// TOML to CaseDocument: the only file that sees toml++.
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "case_document.hpp"
#include "case_values.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

/// Where a table stands while it is read: source name for messages, folder for relative paths.
struct Source {
  std::string name;
  fs::path folder;
  bool lines = true;  ///< false for --set, which has none

  std::string place(const toml::source_region& region) const {
    if (!lines || region.begin.line == 0) return name;
    return fmt::format("{}:{}:{}", name, region.begin.line, region.begin.column);
  }
};

std::string did_you_mean(const std::string& section, const std::string& name, const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(name, known);
  if (nearest.empty()) return section.empty() ? "" : fmt::format("; '{}' takes {}", section, fmt::join(known, ", "));
  return fmt::format("; did you mean '{}{}{}'?", section, section.empty() ? "" : ".", nearest);
}

std::string node_kind(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_boolean()) return "true or false";
  if (node.is_number()) return "a number";
  if (node.is_array()) return "an array";
  if (node.is_table()) return "a table";
  return "a date or time";
}

bool is_number_key(KeyType type) {
  return type == KeyType::integer || type == KeyType::number || type == KeyType::spacing || type == KeyType::integers ||
         type == KeyType::numbers;
}

bool takes_array(KeyType type) {
  return type == KeyType::spacing || type == KeyType::integers || type == KeyType::numbers || type == KeyType::texts;
}

/// Reads the values of one key and checks them against its row.
class ValueReader {
 public:
  ValueReader(const CaseKey& key, std::string full_name, const Source& source)
      : key_(key), full_name_(std::move(full_name)), source_(source) {}

  CaseValue read(const toml::node& node) const {
    CaseValue value;
    value.where = source_.place(node.source());
    if (const toml::array* array = node.as_array()) {
      if (!takes_array(key_.type)) fail_type(node);
      for (const toml::node& item : *array) {
        // Points may be written as [[x, y, z], ...]; they are kept as one list.
        const toml::array* inner = key_.type == KeyType::numbers && key_.count == 0 ? item.as_array() : nullptr;
        if (inner == nullptr)
          add(item, value);
        else
          for (const toml::node& number : *inner) add(number, value);
      }
      if (key_.count > 0 && array->size() != static_cast<std::size_t>(key_.count)) {
        fail(value.where, fmt::format("{} must be {}, not of {}", full_name_, type_text(key_), array->size()));
      }
    } else {
      const bool scalar_allowed = !takes_array(key_.type) || key_.type == KeyType::spacing || key_.count == 0;
      if (!scalar_allowed) fail_type(node);
      add(node, value);
      if (key_.type == KeyType::spacing) value.numbers.resize(3, value.numbers.at(0));
    }
    return value;
  }

 private:
  void add(const toml::node& item, CaseValue& value) const {
    if (key_.type == KeyType::boolean) {
      if (!item.is_boolean()) fail_type(item);
      value.flag = *item.value<bool>();
    } else if (is_number_key(key_.type)) {
      value.numbers.push_back(number(item));
    } else {
      if (!item.is_string()) fail_type(item);
      value.texts.push_back(text(item));
    }
  }

  double number(const toml::node& item) const {
    if (!item.is_number()) fail_type(item);
    const double number = *item.value<double>();
    const bool whole = key_.type == KeyType::integer || key_.type == KeyType::integers;
    if (whole && number != std::floor(number)) fail_type(item);
    if (!in_range(key_.range, number)) {
      const std::string allowed = range_text(key_.range);
      fail(source_.place(item.source()),
           fmt::format("{} = {} must be {}{}", full_name_, number, allowed.empty() ? "a finite number" : allowed,
                       *key_.unit != 0 ? fmt::format(" ({})", key_.unit) : ""));
    }
    return number;
  }

  std::string text(const toml::node& item) const {
    std::string text = *item.value<std::string>();
    const std::vector<std::string> choices = choices_of(key_);
    if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
      fail(source_.place(item.source()), fmt::format("{} = \"{}\" must be one of {}{}", full_name_, text,
                                                     fmt::join(choices, ", "), did_you_mean("", text, choices)));
    }
    if (key_.type == KeyType::path) {
      if (text.empty()) fail(source_.place(item.source()), fmt::format("{} must not be empty", full_name_));
      text = (source_.folder / text).lexically_normal().string();
    }
    return text;
  }

  [[noreturn]] void fail_type(const toml::node& node) const {
    fail(source_.place(node.source()),
         fmt::format("{} must be {}, not {}", full_name_, type_text(key_), node_kind(node)));
  }

  const CaseKey& key_;
  std::string full_name_;
  Source source_;
};

/// Walks one document. Sections are matched by their name in the key table.
class DocumentReader {
 public:
  explicit DocumentReader(Source source) : source_(std::move(source)) {}

  CaseDocument read(const toml::table& root) {
    for (const auto& [name, node] : root) read_top(std::string(name.str()), name, node);
    const auto by_place = [](const Placed& a, const Placed& b) { return a.first < b.first; };
    std::stable_sort(materials_.begin(), materials_.end(), by_place);
    for (Placed& placed : materials_) document_.materials.push_back(std::move(placed.second));
    return std::move(document_);
  }

 private:
  using Placed = std::pair<std::pair<unsigned, unsigned>, CaseTable>;

  void read_top(const std::string& name, const toml::key& key, const toml::node& node) {
    std::vector<std::string> known;
    for (const std::string& section : case_sections()) {
      const std::string top = section.substr(0, section.find('.'));
      if (known.empty() || known.back() != top) known.push_back(top);
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail(source_.place(key.source()),
           fmt::format("unknown {} '{}'{}", node.is_table() || node.is_array_of_tables() ? "section" : "key", name,
                       did_you_mean("", name, known)));
    }
    if (name == "load_case") return read_list(name, node, document_.load_cases);
    if (name == "therapy") return read_list(name, node, document_.therapies);
    const toml::table* table = node.as_table();
    if (table == nullptr) fail(source_.place(node.source()), fmt::format("{0} must be a section: [{0}]", name));
    if (name == "materials") return read_materials(*table);
    document_.sections[name] = read_table(*table, name, name);
  }

  void read_materials(const toml::table& table) {
    for (const auto& [name, node] : table) {
      const std::string full_name = fmt::format("materials.{}", name.str());
      const toml::table* material = node.as_table();
      if (material == nullptr) {
        fail(source_.place(name.source()),
             fmt::format("{} must be a section: [materials.NAME] holds the keys of one material", full_name));
      }
      CaseTable read = read_table(*material, "materials.*", full_name);
      read.name = std::string(name.str());
      materials_.push_back({{name.source().begin.line, name.source().begin.column}, std::move(read)});
    }
  }

  void read_list(const std::string& name, const toml::node& node, std::vector<CaseTable>& tables) {
    const toml::array* array = node.as_array();
    if (array == nullptr || !node.is_array_of_tables()) {
      fail(source_.place(node.source()), fmt::format("{0} must be a list of sections: [[{0}]]", name));
    }
    for (const toml::node& item : *array) tables.push_back(read_table(*item.as_table(), name, name));
  }

  /// `section` as in the key table, `full_name` as the user sees it.
  CaseTable read_table(const toml::table& table, const std::string& section, const std::string& full_name) {
    CaseTable result;
    result.where = source_.place(table.source());
    for (const auto& [name, node] : table) {
      const std::string key_name(name.str());
      if (section == "load_case" && key_name == "node_set" && node.is_array_of_tables()) {
        for (const toml::node& item : *node.as_array())
          result.node_sets.push_back(read_table(*item.as_table(), "load_case.node_set", "load_case.node_set"));
      } else if (section == "risk" && node.is_table()) {
        read_risk_part(key_name, name, *node.as_table());
      } else {
        result.values[key_name] = read_key(section, full_name, key_name, name, node);
      }
    }
    return result;
  }

  void read_risk_part(const std::string& name, const toml::key& key, const toml::table& table) {
    std::vector<std::string> known;
    for (const std::string& section : case_sections())
      if (section.compare(0, 5, "risk.") == 0) known.push_back(section.substr(5));
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail(source_.place(key.source()),
           fmt::format("unknown section 'risk.{}'{}", name, did_you_mean("risk", name, known)));
    }
    document_.sections["risk." + name] = read_table(table, "risk." + name, "risk." + name);
  }

  CaseValue read_key(const std::string& section, const std::string& full_name, const std::string& key_name,
                     const toml::key& key, const toml::node& node) {
    const CaseKey* row = find_key(section, key_name);
    if (row == nullptr) {
      fail(source_.place(key.source()), fmt::format("unknown key '{}.{}'{}", full_name, key_name,
                                                    did_you_mean(full_name, key_name, keys_of(section))));
    }
    return ValueReader(*row, full_name + "." + key_name, source_).read(node);
  }

  Source source_;
  CaseDocument document_;
  std::vector<Placed> materials_;
};

toml::table parse_toml(const std::string& text, const std::string& name) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    const auto& begin = error.source().begin;
    fail(fmt::format("{}:{}:{}", name, begin.line, begin.column), std::string(error.description()));
  }
}

/// The right-hand side of --set: TOML, or for keys that hold text the bare words.
CaseValue parse_setting(const CaseKey& key, const std::string& full_name, const std::string& text) {
  const bool texts = key.type == KeyType::text || key.type == KeyType::path || key.type == KeyType::texts;
  const bool quoted = !text.empty() && (text.front() == '"' || text.front() == '\'' || text.front() == '[');
  const Source source{"--set " + full_name, fs::current_path(), false};
  toml::table table;
  if (texts && !quoted) {
    toml::array words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
    if (key.type == KeyType::texts) {
      table.insert("value", words);
    } else {
      table.insert("value", text);
    }
  } else {
    try {
      table = toml::parse("value = " + text);
    } catch (const toml::parse_error&) {
      fail(source.name, fmt::format("'{}' must be {}", text, type_text(key)));
    }
  }
  CaseValue value = ValueReader(key, full_name, source).read(*table.get("value"));
  value.where = source.name;
  return value;
}

void set_value(CaseTable& table, const std::string& key, const CaseValue& value) {
  const std::vector<std::string> exclusive = {"strain", "displacement_mm", "force_n", "angle_deg"};
  if (std::find(exclusive.begin(), exclusive.end(), key) != exclusive.end())
    for (const std::string& other : exclusive) table.values.erase(other);
  // The source given for the old number does not vouch for the new one.
  const bool is_stiffness = key == "youngs_modulus_mpa" || key == "poisson_ratio" || key == "law";
  if (is_stiffness && table.find("source") != nullptr) table.values["source"].texts = {"set on the command line"};
  table.values[key] = value;
}

/// Settings of a list of named tables: "materials.key" sets all, "materials.NAME.key" one.
void set_in_list(std::vector<CaseTable>& tables, const std::string& section, const std::string& list_name,
                 const std::string& path, const std::string& text) {
  const std::size_t dot = path.rfind('.');
  const std::string key_name = dot == std::string::npos ? path : path.substr(dot + 1);
  const std::string wanted = dot == std::string::npos ? "" : path.substr(0, dot);
  const std::string full_name = list_name + "." + path;
  const CaseKey* key = find_key(section, key_name);
  if (key == nullptr) {
    fail("--set " + full_name, fmt::format("unknown key{}", did_you_mean(list_name, key_name, keys_of(section))));
  }
  const CaseValue value = parse_setting(*key, full_name, text);
  std::vector<std::string> names;
  bool found = false;
  for (CaseTable& table : tables) {
    const std::string name =
        list_name == "materials"
            ? table.name
            : table.text("name").value_or(table.text("type").value_or(list_name == "therapy" ? "cells" : "axial"));
    names.push_back(name);
    if (!wanted.empty() && wanted != name) continue;
    set_value(table, key_name, value);
    found = true;
  }
  if (found) return;
  if (list_name == "materials" && !wanted.empty() && nearest_name(wanted, names).empty()) {
    CaseTable fresh;
    fresh.name = wanted;
    fresh.where = "--set " + full_name;
    set_value(fresh, key_name, value);
    tables.push_back(std::move(fresh));
    return;
  }
  fail("--set " + full_name,
       wanted.empty() ? fmt::format("the case has no {} to set", list_name)
                      : fmt::format("no {} is called '{}'{}", list_name, wanted, did_you_mean("", wanted, names)));
}

}  // namespace

CaseDocument parse_case_text(const std::string& text, const std::string& name, const fs::path& folder) {
  return DocumentReader(Source{name, folder}).read(parse_toml(text, name));
}

CaseDocument parse_case_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (fs::is_directory(path)) throw UsageError(fmt::format("{}: this is a folder, not a case file", path.string()));
  if (!file) {
    throw UsageError(fmt::format("{}: cannot read the case file; is the name right?", path.string()));
  }
  std::ostringstream text;
  text << file.rdbuf();
  return parse_case_text(text.str(), path.string(), fs::absolute(path).parent_path());
}

void apply_setting(CaseDocument& document, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string path = assignment.substr(0, equals);
  const std::size_t dot = path.rfind('.');
  if (equals == std::string::npos || dot == std::string::npos) {
    throw UsageError(
        fmt::format("--set {}: must read section.key=value, for example solver.tolerance=1e-8", assignment));
  }
  const std::string text = assignment.substr(equals + 1);
  if (path.compare(0, 10, "materials.") == 0) {
    return set_in_list(document.materials, "materials.*", "materials", path.substr(10), text);
  }
  if (path.compare(0, 10, "load_case.") == 0) {
    return set_in_list(document.load_cases, "load_case", "load_case", path.substr(10), text);
  }
  if (path.compare(0, 8, "therapy.") == 0) {
    return set_in_list(document.therapies, "therapy", "therapy", path.substr(8), text);
  }
  const std::string section = path.substr(0, dot), key_name = path.substr(dot + 1);
  const CaseKey* key = find_key(section, key_name);
  if (key == nullptr) {
    std::vector<std::string> all;
    for (const CaseKey& row : case_keys()) all.push_back(std::string(row.section) + "." + row.name);
    const std::vector<std::string> own = keys_of(section);
    fail("--set " + path, own.empty() ? "unknown key" + did_you_mean("", path, all)
                                      : "unknown key" + did_you_mean(section, key_name, own));
  }
  document.sections[section].values[key_name] = parse_setting(*key, path, text);
}

void fill_defaults(CaseDocument& document) {
  const auto fill = [](CaseTable& table, const std::string& section) {
    for (const CaseKey& key : case_keys()) {
      if (section != key.section || *key.default_value == 0 || table.find(key.name) != nullptr) continue;
      const toml::table value = toml::parse(std::string("value = ") + key.default_value);
      const std::string full_name = section + "." + key.name;
      table.values[key.name] = ValueReader(key, full_name, Source{"default", {}, false}).read(*value.get("value"));
      table.values[key.name].where = "default";
    }
  };
  const std::vector<std::string> k_on_request = {"bone", "strength", "patient", "scores", "risk.probability", "falls"};
  for (const std::string& section : case_sections()) {
    // Sections that ask for a part of the program only where they are there, and all but [regenerate] not empty.
    const auto found = document.sections.find(section);
    if (section == "regenerate" && found == document.sections.end()) continue;
    const bool is_asked_for = found != document.sections.end() && !found->second.values.empty();
    if (!is_asked_for && std::find(k_on_request.begin(), k_on_request.end(), section) != k_on_request.end()) continue;
    if (section != "materials.*" && section != "therapy" && section.compare(0, 9, "load_case") != 0)
      fill(document.sections[section], section);
  }
  for (CaseTable& material : document.materials) fill(material, "materials.*");
  for (CaseTable& therapy : document.therapies) fill(therapy, "therapy");
  for (CaseTable& load_case : document.load_cases) {
    fill(load_case, "load_case");
    // What the type implies or does not use must not be written into the resolved case.
    const std::string type = load_case.values.at("type").texts.at(0);
    const auto drop_default = [&](const char* key) {
      if (load_case.values.at(key).where == "default") load_case.values.erase(key);
    };
    if (type.compare(0, 6, "shear_") == 0 || type == "homogenise") drop_default("axis");
    if (type != "bending") drop_default("direction");
  }
}

CaseDocument merge_documents(CaseDocument base, const CaseDocument& over) {
  for (const auto& [section, table] : over.sections)
    for (const auto& [key, value] : table.values) base.sections[section].values[key] = value;
  if (!over.materials.empty()) base.materials = over.materials;
  if (!over.load_cases.empty()) base.load_cases = over.load_cases;
  if (!over.therapies.empty()) base.therapies = over.therapies;
  return base;
}

}  // namespace osteon::app
