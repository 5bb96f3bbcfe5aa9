// SPDX-License-Identifier: Apache-2.0
// `osteon risk`: risk maps from the strains of a stored result, without a new solve.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "case.hpp"
#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/io/time_series.hpp"
#include "osteon/mechanics/fields.hpp"
#include "result_exports.hpp"

namespace osteon::app {

namespace {

namespace fs = std::filesystem;

/// Criteria of the command line with their parameters from the stored case, then from --set.
std::vector<Criterion> wanted_criteria(const RiskOptions& options, CaseDocument document) {
  for (const std::string& setting : options.settings) {
    if (setting.compare(0, 5, "risk.") != 0)
      throw UsageError(fmt::format("--set {}: osteon risk takes keys of [risk] only", setting));
    apply_setting(document, setting);
  }
  std::vector<std::string> ids = options.criteria;
  fill_defaults(document);
  if (ids.empty()) ids = document.sections.at("risk").find("criteria")->texts;
  std::vector<Criterion> criteria;
  for (const std::string& id : ids) criteria.push_back(criterion_with_parameters(id, document));
  return criteria;
}

const OutputField* find_field(const std::vector<OutputField>& fields, const std::string& name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const OutputField& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

/// What follows the field names of each load case: "" for a single one.
std::vector<std::string> load_case_suffixes(const std::vector<OutputField>& fields) {
  std::vector<std::string> suffixes;
  for (const OutputField& field : fields)
    for (const std::string base : {"EffectiveStrain", "PrincipalStrain", "Strain"}) {
      if (field.name.compare(0, base.size(), base) != 0) continue;
      const std::string suffix = field.name.substr(base.size());
      if (!suffix.empty() && suffix.front() != '_') continue;
      if (std::find(suffixes.begin(), suffixes.end(), suffix) == suffixes.end()) suffixes.push_back(suffix);
    }
  return suffixes;
}

template <class T>
std::vector<T> values_of(const OutputField& field) {
  if (!field.values_f64.empty()) return std::vector<T>(field.values_f64.begin(), field.values_f64.end());
  return std::vector<T>(field.values.begin(), field.values.end());
}

std::vector<float> principal_from(OutputField strain) {
  make_internal_order(strain);
  const std::vector<double> values = values_of<double>(strain);
  std::vector<float> principal(values.size() / 2);
  for (std::size_t e = 0; e < values.size() / 6; ++e) {
    const std::array<double, 3> sorted = principal_values(&values[6 * e], true);
    for (std::size_t i = 0; i < 3; ++i) principal[3 * e + i] = static_cast<float>(sorted[i]);
  }
  return principal;
}

/// The stored strains a criterion reads; throws InputError that says what is missing and how to get it.
ElementFields stored_strains(const StoredResult& stored, const Criterion& criterion, const std::string& suffix,
                             const fs::path& path) {
  ElementFields fields;
  fields.energy_density.resize(stored.element_positions.size());
  if (criterion.id == "ees") {
    const OutputField* effective = find_field(stored.fields, "EffectiveStrain" + suffix);
    if (effective != nullptr) {
      fields.effective_strain = values_of<double>(*effective);
      return fields;
    }
  } else {
    const OutputField* principal = find_field(stored.fields, "PrincipalStrain" + suffix);
    const OutputField* strain = find_field(stored.fields, "Strain" + suffix);
    if (principal != nullptr)
      fields.principal_strain = values_of<float>(*principal);
    else if (strain != nullptr)
      fields.principal_strain = principal_from(*strain);
    if (!fields.principal_strain.empty()) return fields;
  }
  const char* needed = criterion.id == "ees" ? "EffectiveStrain" : "PrincipalStrain";
  throw InputError(
      fmt::format("{} has no {}{}, which criterion {} reads; solve again with {} in output.fields, for example "
                  "--set output.fields=Displacement,EffectiveStrain,{}",
                  path.string(), needed, suffix, criterion.id, needed, criterion.id == "ees" ? "MaterialID" : needed));
}

/// Mesh and evaluation set as far as the file tells: enough to summarise a map.
ElasticModel stored_model(const StoredResult& stored, const CaseDocument& document) {
  std::vector<std::uint8_t> active(static_cast<std::size_t>(stored.size.volume()), 0);
  for (const Index3& p : stored.element_positions)
    active[(static_cast<std::size_t>(p.z) * stored.size.y + p.y) * stored.size.x + p.x] = 1;
  ElasticModel model;
  model.geometry = stored.geometry;
  model.mesh = std::make_shared<VoxelMesh>(stored.size, stored.geometry.spacing_mm, active);
  if (model.mesh->element_positions() != stored.element_positions)
    throw InputError("the cells of the result are not in Osteon's order; was the file changed by another program?");
  std::map<int, std::uint8_t> index_of_label;
  for (const CaseTable& table : document.materials) {
    Material material;
    material.name = table.name;
    material.label = static_cast<int>(table.number("label").value_or(0));
    const CaseValue* evaluate = table.find("evaluate");
    material.in_evaluation_set = evaluate == nullptr || evaluate->flag;
    index_of_label[material.label] = static_cast<std::uint8_t>(model.material.materials.size());
    model.material.materials.push_back(std::move(material));
  }
  const OutputField* ids = find_field(stored.fields, "MaterialID");
  if (ids == nullptr || model.material.materials.empty()) {
    model.material.materials.assign(1, Material{});  // no labels stored: everything counts
    model.material.material_index.assign(stored.element_positions.size(), 0);
    return model;
  }
  for (const std::int32_t label : ids->values_i32) {
    auto found = index_of_label.find(label);
    if (found == index_of_label.end()) found = index_of_label.find(0);
    model.material.material_index.push_back(found == index_of_label.end() ? std::uint8_t{0} : found->second);
  }
  return model;
}

void print_summary(const Criterion& criterion, const std::string& suffix, const RiskSummary& summary) {
  std::string parameters;
  for (const Criterion::Parameter& parameter : criterion.parameters)
    parameters += fmt::format(" {} = {:g}", parameter.name, parameter.value);
  const Index3& p = summary.most_loaded_voxel;
  fmt::print(
      "RiskFactor_{}{}: highest {:.4g} at voxel {} {} {}, p98 {:.4g}, {:.4g} % of the bone at or above 1\n"
      "  {};{}; {}\n",
      criterion.id, suffix, summary.max, p.x, p.y, p.z, summary.p98, summary.volume_percent_above_1, criterion.formula,
      parameters, criterion.source);
}

/// The maps of one result, or of one step of a series; `print` their summaries, too.
std::vector<OutputField> risk_maps(const RiskOptions& options, const StoredResult& stored, const fs::path& path,
                                   bool print) {
  const CaseDocument document = parse_case_text(stored.case_toml, "case.toml stored in " + path.string(), "/");
  const std::vector<Criterion> criteria = wanted_criteria(options, document);
  const ElasticModel model = stored_model(stored, document);
  std::vector<std::string> suffixes = load_case_suffixes(stored.fields);
  if (suffixes.empty()) suffixes.emplace_back();
  std::vector<OutputField> maps;
  for (const Criterion& criterion : criteria)
    for (const std::string& suffix : suffixes) {
      OutputField map;
      map.name = "RiskFactor_" + criterion.id + suffix;
      map.unit = "1";
      map.values = risk_factor(criterion, stored_strains(stored, criterion, suffix, path));
      if (print) print_summary(criterion, suffix, summarise_risk(criterion, map.values, model));
      maps.push_back(std::move(map));
    }
  return maps;
}

}  // namespace

int run_risk(const RiskOptions& options) {
  const fs::path path = result_path(options.result);
  std::vector<std::string> names;
  for (const OutputField& field : list_result_fields(path))
    if (field.name == "MaterialID" || field.name.find("Strain") != std::string::npos) names.push_back(field.name);
  const int steps = static_cast<int>(read_series_history(path).days.size());
  if (steps == 0) {
    append_fields(path, risk_maps(options, read_result(path, names), path, true));
  } else {
    fmt::print("{} steps; of the last:\n", steps);
    append_series_fields(
        path, [&](int step) { return risk_maps(options, read_result(path, names, step), path, step == steps - 1); });
  }
  fmt::print("written to {}\n", path.string());
  return 0;
}

}  // namespace osteon::app
