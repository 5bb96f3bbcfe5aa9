// SPDX-License-Identifier: Apache-2.0
// CaseDocument to Case: combinations of keys that the table alone cannot check.
#include "case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "case_values.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

Index3 index3(const CaseValue& value) {
  return {static_cast<int>(value.numbers.at(0)), static_cast<int>(value.numbers.at(1)),
          static_cast<int>(value.numbers.at(2))};
}

int whole(const CaseTable& table, const std::string& key) { return static_cast<int>(table.number(key).value()); }

const CaseTable& section(const CaseDocument& document, const std::string& name) { return document.sections.at(name); }

std::vector<Threshold> thresholds(const CaseTable& table) {
  std::vector<Threshold> result;
  const CaseValue* above = table.find("threshold");
  const CaseValue* labels = table.find("threshold_labels");
  if (above == nullptr) {
    if (labels != nullptr) fail(labels->where, "prepare.threshold_labels needs prepare.threshold");
    return result;
  }
  if (labels != nullptr && labels->numbers.size() != above->numbers.size()) {
    fail(labels->where, fmt::format("prepare.threshold_labels must have as many entries as prepare.threshold ({})",
                                    above->numbers.size()));
  }
  for (std::size_t i = 0; i < above->numbers.size(); ++i) {
    if (i > 0 && above->numbers[i] <= above->numbers[i - 1]) fail(above->where, "prepare.threshold must ascend");
    const int label = labels != nullptr ? static_cast<int>(labels->numbers[i]) : static_cast<int>(i) + 1;
    result.push_back({above->numbers[i], label});
  }
  return result;
}

PrepareSteps prepare_steps(const CaseTable& table) {
  PrepareSteps steps;
  const CaseValue* first = table.find("crop_first");
  const CaseValue* size = table.find("crop_size");
  if ((first == nullptr) != (size == nullptr)) {
    fail((first != nullptr ? first : size)->where, "prepare.crop_first and prepare.crop_size belong together");
  }
  if (first != nullptr) steps.crop = PrepareSteps::Crop{index3(*first), index3(*size)};
  steps.to_density = table.find("density")->flag;
  steps.gaussian_sigma_voxels = table.number("gaussian_sigma_voxels").value();
  if (const CaseValue* spacing = table.find("resample_spacing_mm")) steps.resample_spacing_mm = three(*spacing);
  steps.resample_factor = table.number("resample_factor");
  if (steps.resample_factor && steps.resample_spacing_mm) {
    fail(table.find("resample_factor")->where, "give prepare.resample_factor or prepare.resample_spacing_mm, not both");
  }
  steps.resample_spline_order = whole(table, "spline_order");
  steps.thresholds = thresholds(table);
  if (const CaseValue* labels = table.find("labels"))
    for (const double label : labels->numbers) steps.labels.push_back(static_cast<int>(label));
  steps.closing_radius_voxels = whole(table, "closing_radius_voxels");
  steps.largest_component = table.find("largest_component")->flag;
  return steps;
}

SolverSettings solver_settings(const CaseTable& table) {
  SolverSettings settings;
  settings.tolerance = table.number("tolerance").value();
  settings.max_iterations = whole(table, "max_iterations");
  settings.precision = table.text("precision") == "double" ? CyclePrecision::fp64 : CyclePrecision::fp32;
  settings.preconditioner =
      table.text("preconditioner") == "block_jacobi" ? Preconditioner::block_jacobi : Preconditioner::multigrid;
  settings.aggregate_edge = whole(table, "aggregate_edge");
  if (settings.aggregate_edge == 1 || settings.aggregate_edge == 2)
    fail(table.find("aggregate_edge")->where, "solver.aggregate_edge must be 0, 3 or 4");
  settings.block_columns = whole(table, "block_columns");
  return settings;
}

}  // namespace

bool Case::wants_field(const std::string& name) const {
  return std::find(fields.begin(), fields.end(), name) != fields.end();
}

RiskSummarySettings risk_summary_settings(const CaseDocument& document) {
  const CaseTable& table = section(document, "risk");
  RiskSummarySettings settings;
  settings.thresholds = table.find("thresholds")->numbers;
  std::sort(settings.thresholds.begin(), settings.thresholds.end());
  settings.cluster_threshold = table.number("cluster_threshold").value();
  settings.clusters = whole(table, "clusters");
  return settings;
}

Criterion criterion_with_parameters(const std::string& id, const CaseDocument& document) {
  Criterion criterion = find_criterion(id);
  const CaseTable& table = section(document, "risk." + id);
  for (Criterion::Parameter& parameter : criterion.parameters) parameter.value = table.number(parameter.name).value();
  return criterion;
}

Case build_case(const CaseDocument& document) {
  Case result;
  const CaseTable& image = section(document, "image");
  if (!image.text("file"))
    throw UsageError("the case has no image; set image.file, or name an image on the command line");
  result.image = *image.text("file");
  if (const auto mask = image.text("mask")) result.mask = *mask;
  if (const auto modulus = image.text("modulus")) result.modulus = *modulus;
  if (const auto callus = image.text("callus_mask")) result.callus_mask = *callus;
  if (const CaseValue* spacing = image.find("spacing_mm")) result.read.spacing_mm = three(*spacing);
  result.prepare = prepare_steps(section(document, "prepare"));
  if (result.modulus && (result.prepare.crop || result.prepare.resample_spacing_mm || result.prepare.resample_factor)) {
    fail(image.find("modulus")->where,
         "image.modulus cannot be combined with cropping or resampling: it must already "
         "be on the grid of the model");
  }
  result.materials = case_materials(document, result.modulus.has_value());
  add_load_cases(document, result);
  result.bone = build_bone_case(document, result);
  const CaseTable& solver = section(document, "solver");
  result.solver = solver_settings(solver);
  if (document.sections.count("regenerate") > 0) result.regenerate = build_regenerate_case(document, result.solver);
  result.strength = build_strength_case(document, result.load_cases, result.solver,
                                        result.regenerate ? &*result.regenerate : nullptr);
  result.probability = build_probability_case(document, result.load_cases);
  result.scores = build_scores_case(document, result.load_cases, result.strength.has_value());
  result.falls = build_falls_case(document, result.load_cases);
  result.backend = solver.text("backend").value();
  result.threads = whole(solver, "threads");
  for (const std::string& id : section(document, "risk").find("criteria")->texts)
    result.criteria.push_back(criterion_with_parameters(id, document));
  result.risk_summary = risk_summary_settings(document);
  const CaseTable& pistoia = section(document, "risk.pistoia");
  result.pistoia.critical_strain = pistoia.number("critical_strain").value();
  result.pistoia.critical_volume_percent = pistoia.number("critical_volume_percent").value();
  result.pistoia.method = pistoia.text("method").value();
  const CaseTable& output = section(document, "output");
  result.fields = output.find("fields")->texts;
  result.formats = output.find("formats")->texts;
  result.gzip_level = whole(output, "gzip_level");
  if (result.wants_field("Density") && !result.prepare.to_density)
    fail(output.find("fields")->where, "output field Density needs prepare.density = true");
  return result;
}

}  // namespace osteon::app
