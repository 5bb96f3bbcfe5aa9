// SPDX-License-Identifier: Apache-2.0
// Element fields of a solution and their statistics.
#include "osteon/mechanics/fields.hpp"

#include <cmath>

#include "kernels/strain/principal.hpp"
#include "osteon/core/blocked_sum.hpp"
#include "osteon/mechanics/order_statistics.hpp"
#include "strain_input.hpp"

namespace osteon {

ElementFields compute_fields(const ElasticModel& model, const std::vector<double>& displacement_mm,
                             const FieldRequest& request) {
  kernels::StrainInput input = strain_input(model, displacement_mm);
  const std::size_t elements = model.mesh->element_count();
  ElementFields fields;
  kernels::StrainOutput output;
  auto give = [&](auto& field, std::size_t per_element) {
    field.resize(per_element * elements);
    return field.data();
  };
  output.energy_density = give(fields.energy_density, 1);
  output.effective_strain = give(fields.effective_strain, 1);
  if (request.tensors) {
    output.strain = give(fields.strain, 6);
    output.stress = give(fields.stress, 6);
  } else if (request.stress) {
    output.stress = give(fields.stress, 6);
  }
  if (request.principal) output.principal_strain = give(fields.principal_strain, 3);
  if (request.von_mises) output.von_mises_mpa = give(fields.von_mises_mpa, 1);
  std::vector<Hex8Blocks<double>> blocks;
  if (request.mean_energy) {
    for (const Elasticity& law : model.material.palette) blocks.push_back(hex8_blocks(law, input.spacing_mm));
    input.energy_blocks = blocks.data();
    output.mean_energy_density = give(fields.mean_energy_density, 1);
  }
  kernels::cpu::recover_fields(input, output);
  return fields;
}

std::array<double, 3> principal_values(const double tensor[6], bool engineering_shear) {
  std::array<double, 3> values;
  kernels::principal_values(tensor, engineering_shear ? 0.5 : 1.0, values.data());
  return values;
}

FieldStatistics field_statistics(const std::vector<double>& values, const std::string& unit) {
  FieldStatistics statistics;
  statistics.unit = unit;
  if (values.empty()) return statistics;
  const std::int64_t n = static_cast<std::int64_t>(values.size());
  const double count = static_cast<double>(n);
  const double mean = blocked_sum<double>(n, [&](std::int64_t i) { return values[i]; }) / count;
  const double squares =
      blocked_sum<double>(n, [&](std::int64_t i) { return (values[i] - mean) * (values[i] - mean); });
  const std::vector<double> ranked = percentiles(values, {95, 98, 100});
  statistics.mean = mean;
  statistics.sd = std::sqrt(squares / count);
  statistics.p95 = ranked[0];
  statistics.p98 = ranked[1];
  statistics.max = ranked[2];
  return statistics;
}

}  // namespace osteon
