// SPDX-License-Identifier: Apache-2.0
// CaseDocument to TOML, bare or with the table's comments.
#include <fmt/format.h>

#include <cmath>

#include "case_document.hpp"

namespace osteon::app {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

/// Bare TOML key where that is allowed.
std::string key_text(const std::string& name) {
  const bool bare =
      !name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
  return bare ? name : quoted(name);
}

/// Shortest text that reads back to the same number.
std::string number_text(double number, bool whole) {
  if (whole) return fmt::format("{}", static_cast<long long>(number));
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string value_text(const CaseKey& key, const CaseValue& value) {
  if (key.type == KeyType::boolean) return value.flag ? "true" : "false";
  const bool whole = key.type == KeyType::integer || key.type == KeyType::integers;
  std::vector<std::string> items;
  for (const double number : value.numbers) items.push_back(number_text(number, whole));
  for (const std::string& text : value.texts) items.push_back(quoted(text));
  const bool scalar = key.type == KeyType::text || key.type == KeyType::path || key.type == KeyType::integer ||
                      key.type == KeyType::number;
  return scalar ? items.at(0) : fmt::format("[{}]", fmt::join(items, ", "));
}

/// Type, unit, range and choices in brackets, for a comment.
std::string hint(const CaseKey& key) {
  std::vector<std::string> parts;
  if (*key.unit != 0) parts.emplace_back(key.unit);
  const std::string range = range_text(key.range);
  if (!range.empty()) parts.push_back(range);
  if (*key.choices != 0) parts.push_back(fmt::format("{}", fmt::join(choices_of(key), " | ")));
  return parts.empty() ? "" : fmt::format("[{}]", fmt::join(parts, "; "));
}

/// An example value for a commented-out key without default.
std::string placeholder(const CaseKey& key) {
  if (*key.default_value != 0) return key.default_value;
  switch (key.type) {
    case KeyType::boolean:
      return "false";
    case KeyType::integer:
      return "0";
    case KeyType::number:
      return "0.0";
    case KeyType::text:
    case KeyType::path:
      return "\"\"";
    default:
      return "[]";
  }
}

std::string comment_of(const CaseKey& key) {
  return std::string(key.doc) + (*key.doc != 0 && !hint(key).empty() ? " " : "") + hint(key);
}

class CaseWriter {
 public:
  explicit CaseWriter(bool commented) : commented_(commented) {}

  void heading(const std::string& text) {
    std::size_t begin = 0;
    while (begin < text.size()) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      out_ += "# " + text.substr(begin, end - begin) + "\n";
      begin = end + 1;
    }
  }

  void table(const std::string& title, const std::string& section, const CaseTable& table) {
    if (!commented_ && table.values.empty() && section != "load_case") return;
    out_ += fmt::format("\n{}\n", title);
    for (const CaseKey& key : case_keys()) {
      if (section != key.section) continue;
      const CaseValue* value = table.find(key.name);
      if (value == nullptr && !commented_) continue;
      std::string line = value != nullptr ? fmt::format("{} = {}", key.name, value_text(key, *value))
                                          : fmt::format("# {} = {}", key.name, placeholder(key));
      const std::string comment = comment_of(key);
      if (commented_ && !comment.empty()) line = fmt::format("{:<36} # {}", line, comment);
      out_ += line + "\n";
    }
  }

  /// A table cannot be half there: all of its lines are comments.
  void node_set_example() {
    out_ +=
        "\n# [[load_case.node_set]]               # adds supports or forces to the load case above; can be repeated\n";
    for (const CaseKey& key : case_keys())
      if (key.section == std::string("load_case.node_set"))
        out_ += fmt::format("{:<36} # {}\n", fmt::format("# {} = {}", key.name, placeholder(key)), comment_of(key));
  }

  std::string take() { return std::move(out_); }

 private:
  bool commented_;
  std::string out_;
};

std::string write(const CaseDocument& document, const std::string& heading, bool commented) {
  CaseWriter writer(commented);
  writer.heading(heading);
  bool materials_written = false, load_cases_written = false;
  for (const std::string& section : case_sections()) {
    if (section == "materials.*") {
      if (materials_written) continue;
      materials_written = true;
      for (const CaseTable& material : document.materials)
        writer.table(fmt::format("[materials.{}]", key_text(material.name)), section, material);
    } else if (section.compare(0, 9, "load_case") == 0) {
      if (load_cases_written) continue;
      load_cases_written = true;
      for (const CaseTable& load_case : document.load_cases) {
        writer.table("[[load_case]]", "load_case", load_case);
        for (const CaseTable& set : load_case.node_sets)
          writer.table("[[load_case.node_set]]", "load_case.node_set", set);
      }
      if (commented) writer.node_set_example();
    } else if (section == "therapy") {
      for (const CaseTable& therapy : document.therapies) writer.table("[[therapy]]", section, therapy);
    } else {
      const auto found = document.sections.find(section);
      if (section == "regenerate" && found == document.sections.end()) continue;
      writer.table(fmt::format("[{}]", section), section,
                   found == document.sections.end() ? CaseTable{} : found->second);
    }
  }
  return writer.take();
}

}  // namespace

std::string write_case(const CaseDocument& document, const std::string& heading) {
  return write(document, heading, false);
}

std::string write_commented_case(const CaseDocument& document, const std::string& heading) {
  return write(document, heading, true);
}

}  // namespace osteon::app
