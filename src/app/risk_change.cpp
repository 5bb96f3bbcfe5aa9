// SPDX-License-Identifier: Apache-2.0
// `osteon risk RUN --against UNTREATED`: the course of one `osteon regenerate` run against another's.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "case_document.hpp"
#include "commands.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double k_none = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t k_rows_printed = 12, k_differences_printed = 12;

/// The numbers of a step by column name, and the run they are of.
struct Course {
  fs::path folder;
  std::map<std::int64_t, std::map<std::string, double>> steps;  ///< by day in millionths
  std::vector<std::string> criteria;                            ///< of the first step
  std::int64_t elements = 0;
  CaseDocument document;
};

double number_of(const Json& json, const char* key) {
  return json.contains(key) && json.at(key).is_number() ? json.at(key).get<double>() : k_none;
}

std::map<std::string, double> numbers_of(const Json& step) {
  std::map<std::string, double> numbers;
  for (const char* key : {"failure_load_n", "bone_stiffness_n_per_mm", "yield_load_n", "ultimate_load_n"})
    numbers[key] = number_of(step, key);
  if (step.contains("risk"))
    for (const auto& [id, risk] : step.at("risk").items()) {
      numbers["p98_" + id] = number_of(risk, "p98");
      numbers["percent_above_1_" + id] = number_of(risk, "volume_percent_above_1");
    }
  return numbers;
}

Course read_course(const fs::path& named) {
  Course course;
  course.folder = fs::is_directory(named) ? named : named.parent_path();
  const fs::path path = course.folder / "summary.json";
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw InputError(fmt::format("{}: there is no summary.json; name the folder of a run", named.string()));
  const Json summary = Json::parse(stream, nullptr, false);
  if (!summary.is_object() || !summary.contains("regeneration"))
    throw InputError(
        fmt::format("{} has no course: --against compares two runs of `osteon regenerate`", path.string()));
  course.elements = summary.value("model", Json::object()).value("elements", std::int64_t{0});
  for (const Json& step : summary.at("regeneration").value("steps", Json::array())) {
    course.steps[std::llround(1e6 * step.at("day").get<double>())] = numbers_of(step);
    if (course.criteria.empty() && step.contains("risk"))
      for (const auto& entry : step.at("risk").items()) course.criteria.push_back(entry.key());
  }
  if (course.steps.empty()) throw InputError(fmt::format("{} has no day yet", path.string()));
  course.document = parse_case_file(course.folder / "case.toml");
  return course;
}

/// Keys that the two cases set differently, beside therapies, output, and what concerns the machine.
std::vector<std::string> differences(const CaseDocument& a, const CaseDocument& b) {
  std::vector<std::string> names;
  const auto compare = [&](const std::string& section, const CaseTable& one, const CaseTable& other) {
    std::set<std::string> keys;
    for (const CaseTable* table : {&one, &other})
      for (const auto& entry : table->values) keys.insert(entry.first);
    for (const std::string& key : keys) {
      const CaseValue *x = one.find(key), *y = other.find(key);
      if ((x == nullptr) != (y == nullptr) || (x != nullptr && !(*x == *y))) names.push_back(section + "." + key);
    }
  };
  std::set<std::string> sections;
  for (const CaseDocument* document : {&a, &b})
    for (const auto& entry : document->sections) sections.insert(entry.first);
  for (const char* ignored : {"output", "solver"}) sections.erase(ignored);
  const CaseTable none;
  for (const std::string& section : sections) {
    const auto x = a.sections.find(section), y = b.sections.find(section);
    compare(section, x != a.sections.end() ? x->second : none, y != b.sections.end() ? y->second : none);
  }
  const auto compare_lists = [&](const std::string& what, const std::vector<CaseTable>& one,
                                 const std::vector<CaseTable>& other) {
    if (one.size() != other.size()) return names.push_back("number of " + what);
    for (std::size_t i = 0; i < one.size(); ++i) {
      compare(what + "." + one[i].name, one[i], other[i]);
      if (one[i].node_sets.size() != other[i].node_sets.size()) names.push_back(what + ".node_set");
      for (std::size_t k = 0; k < std::min(one[i].node_sets.size(), other[i].node_sets.size()); ++k)
        compare(what + ".node_set", one[i].node_sets[k], other[i].node_sets[k]);
    }
  };
  compare_lists("materials", a.materials, b.materials);
  compare_lists("load_case", a.load_cases, b.load_cases);
  return names;
}

bool is_share(const std::string& column) { return column.compare(0, 15, "percent_above_1") == 0; }

/// Of shares, which are often 0, in percentage points; else in percent of the untreated.
double change(const std::string& column, double treated, double untreated) {
  if (is_share(column)) return treated - untreated;
  return untreated != 0 ? 100 * (treated - untreated) / std::fabs(untreated) : k_none;
}

std::string cell(double value) { return std::isfinite(value) ? fmt::format("{}", value) : std::string(); }

/// Days, columns and values that both courses have.
class Comparison {
 public:
  Comparison(const Course& treated, const Course& untreated) : treated_(treated), untreated_(untreated) {
    for (const auto& entry : treated.steps)
      if (untreated.steps.count(entry.first) > 0) days_.push_back(entry.first);
    if (days_.empty())
      throw InputError(
          fmt::format("{} and {} have no day in common", treated.folder.string(), untreated.folder.string()));
    for (const char* column : {"failure_load_n", "bone_stiffness_n_per_mm", "yield_load_n", "ultimate_load_n"})
      add(column);
    for (const std::string& id : treated.criteria) {
      add("p98_" + id);
      add("percent_above_1_" + id);
    }
  }

  std::string csv() const {
    std::string text = "day";
    for (const std::string& c : columns_)
      text += fmt::format(",{},{}_untreated,{}_change_{}", c, c, c, is_share(c) ? "points" : "percent");
    for (const std::int64_t day : days_) {
      text += fmt::format("\n{}", static_cast<double>(day) / 1e6);
      for (const std::string& c : columns_)
        text += fmt::format(",{},{},{}", cell(treated(day, c)), cell(untreated(day, c)), cell(difference(day, c)));
    }
    return text + "\n";
  }

  std::string table() const {
    std::string text = days_text() + "change against the untreated run, in % (shares: percentage points)\n";
    text += fmt::format("{:>8}", "day");
    for (const std::string& c : columns_) text += fmt::format(" {:>24}", c);
    const std::size_t stride = std::max<std::size_t>(1, days_.size() / k_rows_printed);
    for (std::size_t i = 0; i < days_.size(); ++i) {
      if (i % stride != 0 && i + 1 != days_.size()) continue;
      text += fmt::format("\n{:>8g}", static_cast<double>(days_[i]) / 1e6);
      for (const std::string& c : columns_) {
        const double value = difference(days_[i], c);
        text += fmt::format(" {:>24}", std::isfinite(value) ? fmt::format("{:+.4g}", value) : "-");
      }
    }
    text += fmt::format("\nday {:g}: with treatment, without\n", static_cast<double>(days_.back()) / 1e6);
    for (const std::string& c : columns_)
      if (std::isfinite(treated(days_.back(), c)) && std::isfinite(untreated(days_.back(), c)))
        text += fmt::format("  {:<28} {:>12.6g} {:>12.6g}\n", c, treated(days_.back(), c), untreated(days_.back(), c));
    return text;
  }

  /// Criteria that only one of the two has.
  std::string left_out() const {
    std::set<std::string> ids;
    const auto has = [](const Course& course, const std::string& id) {
      return std::find(course.criteria.begin(), course.criteria.end(), id) != course.criteria.end();
    };
    for (const Course* course : {&treated_, &untreated_})
      for (const std::string& id : course->criteria)
        if (has(treated_, id) != has(untreated_, id)) ids.insert(id);
    return ids.empty() ? ""
                       : fmt::format("only one of the two has criterion {}; `osteon risk` adds it to the other\n",
                                     fmt::join(ids, ", "));
  }

 private:
  static double value(const Course& course, std::int64_t day, const std::string& column) {
    const auto& numbers = course.steps.at(day);
    const auto found = numbers.find(column);
    return found != numbers.end() ? found->second : k_none;
  }
  double treated(std::int64_t day, const std::string& column) const { return value(treated_, day, column); }
  double untreated(std::int64_t day, const std::string& column) const { return value(untreated_, day, column); }
  double difference(std::int64_t day, const std::string& column) const {
    return change(column, treated(day, column), untreated(day, column));
  }
  /// Only what both have on some day.
  void add(const std::string& column) {
    if (std::any_of(days_.begin(), days_.end(), [&](std::int64_t day) {
          return std::isfinite(treated(day, column)) && std::isfinite(untreated(day, column));
        }))
      columns_.push_back(column);
  }
  std::string days_text() const {
    const std::size_t mine = treated_.steps.size() - days_.size(), others = untreated_.steps.size() - days_.size();
    std::string text = fmt::format("{} days in common", days_.size());
    if (mine > 0) text += fmt::format(", {} only in {}", mine, treated_.folder.string());
    if (others > 0) text += fmt::format(", {} only in {}", others, untreated_.folder.string());
    return text + (mine + others > 0 ? "; the others are left out\n" : "\n");
  }

  const Course& treated_;
  const Course& untreated_;
  std::vector<std::int64_t> days_;
  std::vector<std::string> columns_;
};

void write_whole(const fs::path& path, const std::string& text) {
  const fs::path aside = path.string() + ".partial";
  std::ofstream stream(aside, std::ios::binary);
  stream << text;
  stream.close();
  std::error_code error;
  if (stream) fs::rename(aside, path, error);
  if (stream && !error) return;
  fs::remove(aside, error);
  throw InputError(fmt::format("cannot write {}; is the disk full, or the folder read-only?", path.string()));
}

}  // namespace

int run_risk_change(const RiskOptions& options) {
  if (options.result.empty()) throw UsageError("name a run: osteon risk RUN --against UNTREATED_RUN");
  if (!options.criteria.empty() || !options.settings.empty())
    throw UsageError(
        "--against compares what two runs hold; run `osteon risk` with --criterion or --set on each first");
  const Course treated = read_course(options.result), untreated = read_course(options.against);
  const Comparison comparison(treated, untreated);
  fmt::print("{}{}", comparison.table(), comparison.left_out());
  if (treated.elements != untreated.elements)
    fmt::print("the two are not the same bone: {} and {} elements\n", treated.elements, untreated.elements);
  std::vector<std::string> others = differences(treated.document, untreated.document);
  if (!others.empty()) {
    const std::size_t all = others.size();
    others.resize(std::min(all, k_differences_printed));
    fmt::print("beside therapies the cases differ in: {}{}\n", fmt::join(others, ", "),
               all > others.size() ? fmt::format(" and {} more", all - others.size()) : "");
  }
  fmt::print(
      "No failure criterion is calibrated where RiskCalibrated is 0: in healing tissue, which these numbers count "
      "where "
      "its material is evaluated. Hypothesis, not a forecast; research use only.\n");
  const fs::path path = treated.folder / "risk-change.csv";
  write_whole(path, comparison.csv());
  fmt::print("written to {}\n", path.string());
  return 0;
}

}  // namespace osteon::app
