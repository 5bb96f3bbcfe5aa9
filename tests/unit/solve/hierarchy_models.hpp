// SPDX-License-Identifier: Apache-2.0
// Small bones and supports for the tests of the hierarchy.
#pragma once

#include <random>
#include <vector>

#include "osteon/image/synthetic.hpp"
#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

namespace osteon::test {

/// Two separate z struts and a plate that joins them at the bottom only, plus a diagonal strut met at edges.
inline bool two_struts(int x, int y, int z) {
  const bool left = x < 2 && y < 2, right = x == 3 && y < 2, base = z == 0 && y < 3, step = x == y && z == x + 2;
  return left || right || base || step;
}

inline ElasticModel struts_model() {
  ElasticModel model =
      make_model({7, 6, 10}, {0.5, 0.6, 0.4}, two_struts, {isotropic_elasticity(1, 0.3), test_orthotropic()});
  std::mt19937 random(4);
  std::uniform_real_distribution<float> modulus(500, 20000);
  for (std::size_t e = 0; e < model.mesh->element_count(); ++e) {
    model.material.modulus_mpa[e] = modulus(random);
    model.material.palette_index[e] = static_cast<std::uint8_t>(random() % 2);
  }
  return model;
}

/// Bottom clamped, one roller component on some top nodes: partly constrained nodes must be right too.
inline std::vector<std::uint8_t> mixed_supports(const ElasticModel& model) {
  std::vector<std::uint8_t> constrained(model.mesh->node_count(), 0);
  for (std::size_t n = 0; n < constrained.size(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.z == 0) constrained[n] = 7;
    if (p.z == model.mesh->size().z) constrained[n] = p.x < 2 ? 4 : 3;
  }
  return constrained;
}

inline ElasticModel trabecular_model(int size) {
  TrabecularRecipe recipe;
  recipe.size = {size, size, size};
  recipe.period_voxels = 12;
  recipe.seed = 7;
  return model_of(make_trabecular(recipe), {isotropic_material(10000)});
}

}  // namespace osteon::test
