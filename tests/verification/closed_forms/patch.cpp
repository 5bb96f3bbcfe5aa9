// SPDX-License-Identifier: Apache-2.0
// Patch test: a linear displacement on the outside must come out linear inside, whatever the numbering.
#include <doctest/doctest.h>

#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// An L of one material with a step; crosses brick borders in every direction; voxels 0.5 x 0.7 x 1.1 mm.
ElasticModel l_of(const Elasticity& law) {
  ElasticModel model =
      make_model({13, 11, 18}, {0.5, 0.7, 1.1},
                 [](int x, int y, int z) { return (x < 6 || z < 6) && !(y > 8 && z > 9 && x == 0); }, {law});
  for (float& modulus : model.material.modulus_mpa) modulus = 6829;
  return model;
}

/// Every node that has not all eight elements around it holds the value of `field`.
ResolvedLoadCase outside_held(const ElasticModel& model, const std::vector<double>& field, int& free_nodes) {
  std::vector<int> around(model.mesh->node_count(), 0);
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    std::uint32_t nodes[8];
    model.mesh->element_nodes(e, nodes);
    for (const std::uint32_t n : nodes) ++around[n];
  }
  ResolvedLoadCase load_case = empty_case(model);
  free_nodes = 0;
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    if (around[n] == 8) {
      ++free_nodes;
      continue;
    }
    for (int c = 0; c < 3; ++c) prescribe(load_case, n, c, field[3 * n + c]);
  }
  return load_case;
}

}  // namespace

TEST_CASE("six constant strain states are reproduced to 1e-10, isotropic and orthotropic") {
  constexpr double k_tolerance = 1e-10;
  const auto device = make_test_device();
  for (const Elasticity& law : {isotropic_elasticity(1, 0.3), test_orthotropic()}) {
    const ElasticModel model = l_of(law);
    const Vec3 h = model.mesh->spacing_mm();
    const double inverse_h[3] = {1 / h[0], 1 / h[1], 1 / h[2]};
    ElasticSolver solver(*device, problem_of(model), tight_settings(1e-13));
    for (int state = 0; state < 6; ++state) {
      std::array<double, 6> strain{};
      strain[state] = 0.01;
      const std::vector<double> exact = affine_field(model, gradient_of(strain).g, {0.1, -0.2, 0.05});
      int free_nodes = 0;
      const ResolvedLoadCase load_case = outside_held(model, exact, free_nodes);
      REQUIRE(free_nodes > 300);

      const Solved solved = solve_resolved(solver, model, load_case);

      CAPTURE(state);
      double stress[6], scale = 0, worst_displacement = 0, worst_stress = 0;
      stress_from_strain(law, strain.data(), stress);
      for (const double s : stress) scale = std::max(scale, std::abs(s));
      for (std::size_t i = 0; i < exact.size(); ++i)
        worst_displacement = std::max(worst_displacement, std::abs(solved.displacement_mm[i] - exact[i]));
      for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
        std::uint32_t nodes[8];
        double u[24], found_strain[6], found[6];
        model.mesh->element_nodes(e, nodes);
        for (int i = 0; i < 24; ++i) u[i] = solved.displacement_mm[3 * nodes[i / 3] + i % 3];
        hex8_centroid_strain(u, inverse_h, found_strain);
        stress_from_strain(law, found_strain, found);
        for (int i = 0; i < 6; ++i) worst_stress = std::max(worst_stress, std::abs(found[i] - stress[i]));
      }
      CHECK(worst_displacement <= k_tolerance * as_vector(exact).lpNorm<Eigen::Infinity>());
      CHECK(worst_stress <= k_tolerance * scale);
    }
  }
}

TEST_CASE("a bone whose outside moves rigidly moves rigidly inside, without energy") {
  const auto device = make_test_device();
  const ElasticModel model = l_of(isotropic_elasticity(1, 0.3));
  ElasticSolver solver(*device, problem_of(model), tight_settings(1e-12));
  const double turn[3][3] = {{0, -0.03, 0.02}, {0.03, 0, -0.01}, {-0.02, 0.01, 0}};
  const std::vector<double> exact = affine_field(model, turn, {0.3, -0.1, 0.7});
  int free_nodes = 0;

  const Solved solved = solve_resolved(solver, model, outside_held(model, exact, free_nodes));

  CHECK((as_vector(solved.displacement_mm) - as_vector(exact)).norm() < 1e-11 * as_vector(exact).norm());
  // Rounding against the energy that a strain as large as the rotation would store.
  const double volume = 0.5 * 0.7 * 1.1 * model.mesh->element_count();
  CHECK(std::abs(solved.reactions.strain_energy_mj) < 1e-12 * 0.5 * 6829 * 0.03 * 0.03 * volume);
}
