// SPDX-License-Identifier: Apache-2.0
// `osteon risk`: risk maps from the fields of a stored result, without a new solve.
#include <fmt/format.h>

#include <algorithm>

#include "case.hpp"
#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/io/time_series.hpp"
#include "result_exports.hpp"
#include "risk_report.hpp"
#include "stored_fields.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

/// The stored case with --set on top, with defaults.
CaseDocument case_with_settings(const RiskOptions& options, const StoredResult& stored, const fs::path& path) {
  CaseDocument document = parse_case_text(stored.case_toml, "case.toml stored in " + path.string(), "/");
  for (const std::string& setting : options.settings) {
    if (setting.compare(0, 5, "risk.") != 0)
      throw UsageError(fmt::format("--set {}: osteon risk takes keys of [risk] only", setting));
    apply_setting(document, setting);
  }
  fill_defaults(document);
  return document;
}

/// Criteria of the command line, or of the case, with their parameters.
std::vector<Criterion> wanted_criteria(const RiskOptions& options, const CaseDocument& document) {
  std::vector<std::string> ids = options.criteria;
  if (ids == std::vector<std::string>{"all"}) {
    ids.clear();
    for (const Criterion& criterion : known_criteria()) ids.push_back(criterion.id);
  }
  if (ids.empty()) ids = document.sections.at("risk").find("criteria")->texts;
  std::vector<Criterion> criteria;
  for (const std::string& id : ids) criteria.push_back(criterion_with_parameters(id, document));
  return criteria;
}

void require_moduli(const std::vector<Criterion>& criteria, const StoredModel& model, const fs::path& path) {
  if (!model.elastic.material.modulus_mpa.empty()) return;
  for (const Criterion& criterion : criteria)
    if (reads_modulus(criterion))
      throw InputError(fmt::format(
          "{} has no YoungsModulus, from which criterion {} takes {}, and its materials do not tell it; solve again "
          "with YoungsModulus in output.fields",
          path.string(), criterion.id, criterion.id == "de" ? "the density" : "the strength of a voxel"));
}

/// Maps of one result or of one step of a series, and what is to be said about them.
struct Maps {
  std::vector<OutputField> fields;
  std::vector<RiskUpdate> updates;  ///< one per load case
  std::vector<std::string> notes;
};

Maps risk_maps(const RiskOptions& options, const StoredResult& stored, const fs::path& path, bool with_clusters) {
  const CaseDocument document = case_with_settings(options, stored, path);
  const std::vector<Criterion> criteria = wanted_criteria(options, document);
  const StoredModel model = stored_model(stored, document);
  require_moduli(criteria, model, path);
  RiskSummarySettings settings = risk_summary_settings(document);
  if (!with_clusters) settings.clusters = 0;
  std::vector<std::string> suffixes = load_case_suffixes(stored.fields);
  if (suffixes.empty()) suffixes.emplace_back();
  Maps maps;
  maps.notes = check_criteria(criteria, model.elastic.material);
  for (const std::string& suffix : suffixes) {
    const ElementFields fields = stored_strains(stored, model, criteria, suffix, path, maps.notes);
    std::vector<std::vector<float>> risk = risk_factors(criteria, fields, model.elastic.material);
    RiskUpdate update;
    update.suffix = suffix;
    update.criteria = criteria;
    for (std::size_t i = 0; i < risk.size(); ++i) {
      update.summaries.push_back(summarise_risk(criteria[i], risk[i], model.elastic, settings));
      OutputField map;
      map.name = "RiskFactor_" + criteria[i].id + suffix;
      map.unit = "1";
      map.values = std::move(risk[i]);
      maps.fields.push_back(std::move(map));
    }
    maps.updates.push_back(std::move(update));
  }
  return maps;
}

void print_maps(const Maps& maps) {
  for (const std::string& note : maps.notes) fmt::print("{}\n", note);
  for (const RiskUpdate& update : maps.updates) {
    if (!update.suffix.empty()) fmt::print("load case {}\n", update.suffix.substr(1));
    fmt::print("{}", risk_table(update.criteria, update.summaries));
  }
}

std::vector<RiskUpdate> append_to_series(const RiskOptions& options, const fs::path& path,
                                         const std::vector<std::string>& names, int steps) {
  std::vector<RiskUpdate> updates;
  fmt::print("{} steps; of the last:\n", steps);
  append_series_fields(path, [&](int step) {
    const StoredResult stored = read_result(path, names, step);
    Maps maps = risk_maps(options, stored, path, step == steps - 1);
    if (step == steps - 1) print_maps(maps);
    for (RiskUpdate& update : maps.updates) {
      update.day = stored.day;
      updates.push_back(std::move(update));
    }
    return std::move(maps.fields);
  });
  return updates;
}

}  // namespace

int run_risk(const RiskOptions& options) {
  if (options.list) {
    fmt::print("{}", criteria_text());
    return 0;
  }
  if (!options.against.empty()) return run_risk_change(options);
  if (options.result.empty()) throw UsageError("name a result: osteon risk DIR, or osteon risk --list");
  const fs::path path = result_path(options.result);
  std::vector<std::string> names;
  for (const OutputField& field : list_result_fields(path))
    if (is_risk_input(field.name)) names.push_back(field.name);
  const int steps = static_cast<int>(read_series_history(path).days.size());
  std::vector<RiskUpdate> updates;
  if (steps == 0) {
    Maps maps = risk_maps(options, read_result(path, names), path, true);
    append_fields(path, maps.fields);
    print_maps(maps);
    updates = std::move(maps.updates);
  } else {
    updates = append_to_series(options, path, names, steps);
  }
  fmt::print("written to {}\n", path.string());
  const fs::path summary = path.parent_path() / "summary.json";
  if (path.filename() == "result.vtkhdf" && fs::exists(summary))
    for (const std::string& note : refresh_summary(summary, updates)) fmt::print("{}\n", note);
  return 0;
}

}  // namespace osteon::app
