// SPDX-License-Identifier: Apache-2.0
// `osteon info`: what an image or a result file holds.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/read.hpp"
#include "osteon/io/time_series.hpp"
#include "result_exports.hpp"

namespace osteon::app {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

Json image_json(const fs::path& path, const ImageInfo& info) {
  const ImageGeometry& g = info.geometry;
  Json json = {{"file", path.string()},
               {"kind", "image"},
               {"format", info.format},
               {"value_type", info.value_type},
               {"size", {g.size.x, g.size.y, g.size.z}},
               {"spacing_mm", info.has_spacing ? Json(g.spacing_mm) : Json(nullptr)},
               {"origin_mm", g.origin_mm},
               {"direction", g.direction}};
  if (info.calibration) {
    const Calibration& c = *info.calibration;
    json["calibration"] = {{"mu_scaling", c.mu_scaling},
                           {"density_slope", c.density_slope},
                           {"density_intercept", c.density_intercept},
                           {"density_unit", c.density_unit},
                           {"source", c.source}};
  }
  return json;
}

void print_image(const fs::path& path, const ImageInfo& info) {
  const ImageGeometry& g = info.geometry;
  const Vec3& h = g.spacing_mm;
  fmt::print("{}\n", path.string());
  fmt::print("  format       {}, {}\n", info.format, info.value_type);
  fmt::print("  size         {} x {} x {} voxels\n", g.size.x, g.size.y, g.size.z);
  if (!info.has_spacing) {
    fmt::print("  spacing      not in the file; give it to solve with --set image.spacing_mm=...\n");
    return;
  }
  fmt::print("  spacing      {:g} mm\n", fmt::join(h, " x "));
  fmt::print("  extent       {:g} x {:g} x {:g} mm\n", g.size.x * h[0], g.size.y * h[1], g.size.z * h[2]);
  fmt::print("  origin       {:g} mm (centre of voxel 0 0 0, LPS)\n", fmt::join(g.origin_mm, "  "));
  fmt::print("  direction    {:g}\n", fmt::join(g.direction, "  "));
  if (info.calibration) {
    const Calibration& c = *info.calibration;
    fmt::print("  calibration  {} = value / {:g} * {:g} + {:g}  ({})\n", c.density_unit, c.mu_scaling, c.density_slope,
               c.density_intercept, c.source);
  } else {
    fmt::print("  calibration  none\n");
  }
}

const char* location_name(const OutputField& field) {
  return field.location == FieldLocation::point ? "point" : "cell";
}

Json result_json(const fs::path& path, const std::vector<OutputField>& fields, const SeriesHistory& history) {
  Json json = {{"file", path.string()}, {"kind", "result"}, {"fields", Json::array()}};
  if (!history.days.empty()) {
    json["steps"] = history.days.size();
    json["days"] = history.days;
    json["finished"] = history.finished;
  }
  for (const OutputField& field : fields)
    json["fields"].push_back({{"name", field.name},
                              {"location", location_name(field)},
                              {"components", field.components},
                              {"items", field.items},
                              {"unit", field.unit}});
  return json;
}

void print_result(const fs::path& path, const std::vector<OutputField>& fields, const SeriesHistory& history) {
  fmt::print("{}\n", path.string());
  if (!history.days.empty())
    fmt::print("  {} step{}, day {:g} to {:g}{}\n", history.days.size(), history.days.size() == 1 ? "" : "s",
               history.days.front(), history.days.back(),
               history.finished ? "" : "; not finished: needs the .steps folder beside it");
  fmt::print("  {:<32} {:<7} {:>10} {:>10}  unit\n", "field", "at", "items", "components");
  for (const OutputField& field : fields)
    fmt::print("  {:<32} {:<7} {:>10} {:>10}  {}\n", field.name, location_name(field), field.items, field.components,
               field.unit);
}

}  // namespace

int run_info(const InfoOptions& options) {
  const bool is_run = fs::is_directory(options.file) && fs::exists(options.file / "result.vtkhdf");
  if (is_run || options.file.extension() == ".vtkhdf" || options.file.extension() == ".hdf") {
    const fs::path path = result_path(options.file);
    const std::vector<OutputField> fields = list_result_fields(path);
    const SeriesHistory history = read_series_history(path);
    if (options.json) {
      fmt::print("{}\n", result_json(path, fields, history).dump(2));
    } else {
      print_result(path, fields, history);
    }
    return 0;
  }
  ReadOptions read;
  if (options.spacing_mm.size() == 1)
    read.spacing_mm = Vec3{options.spacing_mm[0], options.spacing_mm[0], options.spacing_mm[0]};
  if (options.spacing_mm.size() == 3)
    read.spacing_mm = Vec3{options.spacing_mm[0], options.spacing_mm[1], options.spacing_mm[2]};
  const ImageInfo info = read_image_info(options.file, read);
  if (options.json) {
    fmt::print("{}\n", image_json(options.file, info).dump(2));
  } else {
    print_image(options.file, info);
  }
  return 0;
}

}  // namespace osteon::app
