// SPDX-License-Identifier: Apache-2.0
#include "result_exports.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "osteon/core/error.hpp"
#include "osteon/io/export.hpp"
#include "osteon/io/time_series.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> export_images(const StoredResult& stored, const ExportPlan& plan) {
  std::vector<fs::path> written;
  for (const OutputField& field : stored.fields) {
    const bool asked = std::find(plan.fields.begin(), plan.fields.end(), field.name) != plan.fields.end();
    const bool scalar_cell = field.location == FieldLocation::cell && field.components == 1;
    if (!asked && !(plan.fields.empty() && scalar_cell)) continue;
    written.push_back(plan.folder / fmt::format("{}_{}.nii.gz", plan.stem, field.name));
    export_nifti(stored, field.name, written.back(), plan.overwrite);
  }
  return written;
}

std::vector<fs::path> export_tables(const StoredResult& stored, const ExportPlan& plan) {
  std::vector<fs::path> written = {plan.folder / (plan.stem + "_cells.csv")};
  export_csv(stored, false, written.back(), plan.overwrite);
  const bool has_points = std::any_of(stored.fields.begin(), stored.fields.end(),
                                      [](const OutputField& f) { return f.location == FieldLocation::point; });
  if (has_points) {
    written.push_back(plan.folder / (plan.stem + "_points.csv"));
    export_csv(stored, true, written.back(), plan.overwrite);
  }
  return written;
}

void require_fields(const fs::path& result, const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  for (const OutputField& field : list_result_fields(result)) names.push_back(field.name);
  for (const std::string& name : wanted)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw UsageError(fmt::format("{} has no field '{}'; it has {}", result.string(), name, fmt::join(names, ", ")));
}

}  // namespace

fs::path result_path(const fs::path& path) { return fs::is_directory(path) ? path / "result.vtkhdf" : path; }

std::vector<fs::path> export_format(const fs::path& result, const std::string& format, const ExportPlan& plan) {
  if (!plan.fields.empty()) require_fields(result, plan.fields);
  if (format == "xdmf" && !plan.step && !read_series_history(result).days.empty()) {
    const fs::path path = plan.folder / (plan.stem + ".xdmf");
    export_series_xdmf(result, path, plan.fields, plan.overwrite);
    return {path};
  }
  const StoredResult stored = read_result(result, plan.fields, plan.step.value_or(k_last_step));
  if (format == "nifti") return export_images(stored, plan);
  if (format == "csv") return export_tables(stored, plan);
  const fs::path path = plan.folder / (plan.stem + "." + format);
  if (format == "vtu") export_vtu(stored, path, plan.overwrite);
  if (format == "xdmf") export_xdmf(stored, result, path, plan.overwrite);
  return {path};
}

void export_formats(const fs::path& result, const std::vector<std::string>& formats) {
  ExportPlan plan;
  plan.folder = result.parent_path();
  plan.stem = result.stem().string();
  for (const std::string& format : formats)
    if (format != "vtkhdf") export_format(result, format, plan);
}

}  // namespace osteon::app
