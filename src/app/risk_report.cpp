// SPDX-License-Identifier: Apache-2.0
#include "risk_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "osteon/core/error.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_clusters_printed = 3;

Json voxel_json(const Index3& p) { return {p.x, p.y, p.z}; }

Json cluster_json(const std::string& criterion, const RiskCluster& c) {
  return {{"voxels", c.voxels},
          {"volume_mm3", c.volume_mm3},
          {"centroid_mm", c.centroid_mm},
          {"max", c.max},
          {"voxel_of_maximum", voxel_json(c.voxel_of_maximum)},
          {"criterion", criterion},
          {"material", c.material},
          {"label", c.label}};
}

Json summary_json_of(const Criterion& criterion, const RiskSummary& risk) {
  Json parameters = Json::object();
  for (const Criterion::Parameter& parameter : criterion.parameters) parameters[parameter.name] = parameter.value;
  Json json = {{"p98", risk.p98},
               {"max", risk.max},
               {"volume_percent_above_1", risk.volume_percent_above_1},
               {"most_loaded_voxel", voxel_json(risk.most_loaded_voxel)},
               {"parameters", std::move(parameters)},
               {"formula", criterion.formula},
               {"source", criterion.source},
               {"thresholds", risk.thresholds},
               {"volume_percent_above", risk.volume_percent_above},
               {"by_material", Json::object()}};
  for (const RiskOfMaterial& part : risk.by_material)
    json["by_material"][part.name] = {{"label", part.label},
                                      {"elements", part.elements},
                                      {"p98", part.p98},
                                      {"max", part.max},
                                      {"volume_percent_above", part.volume_percent_above}};
  json["cluster_threshold"] = risk.cluster_threshold;
  json["cluster_count"] = risk.cluster_count;
  json["clustered_volume_mm3"] = risk.clustered_volume_mm3;
  json["largest_cluster_mm3"] = risk.largest_cluster_mm3;
  json["clusters"] = Json::array();
  for (const RiskCluster& cluster : risk.clusters) json["clusters"].push_back(cluster_json(risk.criterion, cluster));
  if (!risk.notes.empty()) json["notes"] = risk.notes;
  return json;
}

std::string cluster_line(const RiskCluster& c, std::size_t number) {
  return fmt::format(
      "    cluster {}: highest {:.4g} at voxel {} {} {}, {} voxels, {:.4g} mm3, centre {:.2f} {:.2f} {:.2f} mm, {} "
      "(label {})\n",
      number, c.max, c.voxel_of_maximum.x, c.voxel_of_maximum.y, c.voxel_of_maximum.z, c.voxels, c.volume_mm3,
      c.centroid_mm[0], c.centroid_mm[1], c.centroid_mm[2], c.material, c.label);
}

/// Materials and clusters of one criterion.
std::string details(const Criterion& criterion, const RiskSummary& risk) {
  const Index3& p = risk.most_loaded_voxel;
  std::string text = fmt::format("  RiskFactor_{}: highest {:.4g} at voxel {} {} {}; {}\n", criterion.id, risk.max, p.x,
                                 p.y, p.z, parameters_text(criterion));
  if (risk.by_material.size() > 1)
    for (const RiskOfMaterial& part : risk.by_material)
      text += fmt::format("    {} (label {}): highest {:.4g}, p98 {:.4g}, {:.4g} % of it at or above {:g}\n", part.name,
                          part.label, part.max, part.p98,
                          part.volume_percent_above.empty() ? 0 : part.volume_percent_above.back(),
                          risk.thresholds.empty() ? 0 : risk.thresholds.back());
  const std::size_t printed = std::min(risk.clusters.size(), k_clusters_printed);
  for (std::size_t i = 0; i < printed; ++i) text += cluster_line(risk.clusters[i], i + 1);
  return text;
}

/// The object that holds the risk of an update, null when the summary has no such load case or day.
Json* home_of(Json& summary, const RiskUpdate& update) {
  if (update.day >= 0) {
    if (!summary.contains("regeneration")) return nullptr;
    for (Json& step : summary["regeneration"]["steps"])
      if (step.contains("day") && std::abs(step["day"].get<double>() - update.day) < 1e-9) return &step;
    return nullptr;
  }
  if (update.suffix.empty()) return &summary;
  for (Json& load_case : summary["load_cases"])
    if (load_case.contains("name") && "_" + load_case["name"].get<std::string>() == update.suffix) return &load_case;
  return nullptr;
}

/// Adds or replaces the criteria of one update in its home.
void put(Json& home, const RiskUpdate& update, std::vector<std::string>& notes) {
  Json fresh = risk_json(update.criteria, update.summaries);
  for (auto& [id, entry] : fresh.items()) {
    if (update.day >= 0)  // the history holds two numbers per criterion
      entry = {{"p98", entry["p98"]}, {"volume_percent_above_1", entry["volume_percent_above_1"]}};
    const Json& before = home["risk"][id];
    if (before.contains("parameters") && entry.contains("parameters") && before["parameters"] != entry["parameters"])
      notes.push_back(
          fmt::format("{}{} in summary.json replaces the one with {}", id, update.suffix, before["parameters"].dump()));
    home["risk"][id] = std::move(entry);
  }
}

void replace_file(const fs::path& path, const std::string& text) {
  const fs::path staged = path.parent_path() / fmt::format(".{}.partial-{}", path.filename().string(), getpid());
  std::ofstream stream(staged, std::ios::binary);
  stream << text;
  stream.close();
  std::error_code error;
  if (stream) fs::rename(staged, path, error);
  if (stream && !error) return;
  std::error_code ignored;
  fs::remove(staged, ignored);
  throw InputError(fmt::format("cannot write {}; is the disk full, or the folder read-only?", path.string()));
}

}  // namespace

std::string parameters_text(const Criterion& criterion) {
  std::string text;
  for (const Criterion::Parameter& p : criterion.parameters)
    text +=
        fmt::format("{}{} = {:g}{}{}", text.empty() ? "" : ", ", p.name, p.value, p.unit.empty() ? "" : " ", p.unit);
  return text;
}

nlohmann::ordered_json risk_json(const std::vector<Criterion>& criteria, const std::vector<RiskSummary>& summaries) {
  Json json = Json::object();
  for (std::size_t i = 0; i < summaries.size(); ++i)
    json[criteria.at(i).id] = summary_json_of(criteria[i], summaries[i]);
  return json;
}

std::string risk_table(const std::vector<Criterion>& criteria, const std::vector<RiskSummary>& summaries) {
  if (summaries.empty()) return {};
  std::string text = fmt::format("  {:<16} {:>9} {:>9}", "criterion", "max", "p98");
  for (const double threshold : summaries.front().thresholds)
    text += fmt::format(" {:>9}", fmt::format(">={:g} %", threshold));
  text += fmt::format(" {:>9} {:>12}\n", "clusters", "largest mm3");
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const RiskSummary& risk = summaries[i];
    text += fmt::format("  {:<16} {:>9.4g} {:>9.4g}", criteria[i].id, risk.max, risk.p98);
    for (const double percent : risk.volume_percent_above) text += fmt::format(" {:>9.4g}", percent);
    text += fmt::format(" {:>9} {:>12.4g}\n", risk.cluster_count, risk.largest_cluster_mm3);
  }
  for (std::size_t i = 0; i < summaries.size(); ++i) text += details(criteria[i], summaries[i]);
  return text;
}

std::string criteria_text() {
  std::string text;
  for (const Criterion& criterion : known_criteria()) {
    text += fmt::format("{}\n  {}\n  {}\n", criterion.id, criterion.formula, criterion.source);
    for (const Criterion::Parameter& p : criterion.parameters)
      text += fmt::format("    risk.{}.{} = {:g}{}{}{}{}\n", criterion.id, p.name, p.value, p.unit.empty() ? "" : " ",
                          p.unit, p.doc.empty() ? "" : ": ", p.doc);
  }
  return text;
}

std::vector<std::string> refresh_summary(const fs::path& path, const std::vector<RiskUpdate>& updates) {
  std::ifstream stream(path, std::ios::binary);
  Json summary = Json::parse(stream, nullptr, false);
  if (!summary.is_object() || !summary.contains("schema") || summary["schema"] != "osteon-summary/1")
    return {fmt::format("{} is not a summary of Osteon and stays as it is", path.string())};
  std::vector<std::string> notes;
  for (const RiskUpdate& update : updates) {
    if (Json* home = home_of(summary, update))
      put(*home, update, notes);
    else
      notes.push_back(fmt::format("{} has no load case or day for RiskFactor_*{}; its risk stays as it is",
                                  path.string(), update.suffix));
  }
  replace_file(path, summary.dump(2) + "\n");
  notes.push_back(fmt::format("risk in {} is of these maps now", path.string()));
  return notes;
}

}  // namespace osteon::app
