// SPDX-License-Identifier: Apache-2.0
// The strain kernels' view of a model and a displacement field in host memory.
#pragma once

#include "kernels/strain/strain.hpp"
#include "osteon/core/error.hpp"
#include "osteon/model/elastic_model.hpp"

namespace osteon {

/// Views into `model` and `displacement_mm`, which must outlive the result.
inline kernels::StrainInput strain_input(const ElasticModel& model, const std::vector<double>& displacement_mm) {
  OSTEON_ASSERT(displacement_mm.size() == std::size_t{3} * model.mesh->node_count());
  OSTEON_ASSERT(model.material.modulus_mpa.size() == model.mesh->element_count());
  OSTEON_ASSERT(model.material.palette_index.size() == model.mesh->element_count());
  kernels::StrainInput input;
  input.grid = model.mesh->view();
  input.palette = model.material.palette.data();
  input.palette_index = model.material.palette_index.data();
  input.modulus_mpa = model.material.modulus_mpa.data();
  input.displacement_mm = displacement_mm.data();
  for (int d = 0; d < 3; ++d) input.spacing_mm[d] = model.mesh->spacing_mm()[d];
  return input;
}

}  // namespace osteon
