// SPDX-License-Identifier: Apache-2.0
// Steps whose values tell step, item and component apart, on the bone of example_result.hpp.
#pragma once

#include <string>
#include <vector>

#include "osteon/io/time_series.hpp"
#include "unit/io/example_result.hpp"

namespace osteon::test {

/// Exact in float for the example's voxels and fewer than 60 steps.
inline double step_value(Index3 p, int component, int step) { return field_value(p, component) + 32768.0 * step; }

inline double step_day(int step) { return 0.5 + 1.5 * step; }

template <class T>
std::vector<T> step_values(const std::vector<Index3>& positions, int components, int step) {
  std::vector<T> values;
  for (const Index3& p : positions)
    for (int c = 0; c < components; ++c) values.push_back(static_cast<T>(step_value(p, c, step)));
  return values;
}

inline SeriesStep make_step(const ElasticModel& model, int step) {
  const VoxelMesh& mesh = *model.mesh;
  SeriesStep data;
  data.day = step_day(step);
  OutputField u, strain, cells, count;
  u.name = "Displacement", u.location = FieldLocation::point, u.components = 3, u.unit = "mm";
  u.values = step_values<float>(mesh.node_positions(), 3, step);
  strain.name = "Strain", strain.components = 6;
  strain.values = step_values<float>(mesh.element_positions(), 6, step);
  cells.name = "Cells_Host", cells.unit = "cells/mm3";
  cells.values_f64 = step_values<double>(mesh.element_positions(), 1, step);
  count.name = "Divisions";
  count.values_i32 = step_values<std::int32_t>(mesh.element_positions(), 1, step);
  data.fields = {u, strain, cells, count};
  data.scalars = {{"movement_mm", 1.0 / (step + 1)}, {"stiffness_n_per_mm", 1000.0 * step}};
  if (step % 2 == 1) data.scalars.emplace_back("odd_steps_only", step);
  data.json = "{\"step\": " + std::to_string(step) + ",\n \"note\": \"\xc2\xb5\"}";
  return data;
}

/// What never changes: one field, and the node sets and texts of make_result.
inline ResultData make_series_start(const ElasticModel& model) {
  ResultData data = make_result(model);
  data.fields = {find_field(data.fields, "MaterialID")};
  return data;
}

}  // namespace osteon::test
