// SPDX-License-Identifier: Apache-2.0
// Apparent stiffness of samples whose answer is known.
#include "osteon/mechanics/homogenise.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_strain = 0.01;

std::vector<std::vector<double>> affine_states(const ElasticModel& model) {
  std::vector<std::vector<double>> states;
  for (const LoadCaseSpec& spec : homogenisation_load_cases(k_strain))
    states.push_back(affine_field(model, gradient_of(spec.uniform_strain).g));
  return states;
}

/// Strain imposed on the nodes of the grid's six faces, interior solved.
std::vector<std::vector<double>> solved_states(const ElasticModel& model) {
  std::vector<std::vector<double>> states;
  const Index3 size = model.mesh->size();
  for (const std::vector<double>& affine : affine_states(model)) {
    ResolvedLoadCase load_case = empty_case(model);
    for (std::size_t node = 0; node < model.mesh->node_count(); ++node) {
      const Index3 p = model.mesh->node_positions()[node];
      const bool outer = p.x == 0 || p.y == 0 || p.z == 0 || p.x == size.x || p.y == size.y || p.z == size.z;
      for (int c = 0; outer && c < 3; ++c) prescribe(load_case, static_cast<std::uint32_t>(node), c, affine[3 * node + c]);
    }
    states.push_back(direct_solution(model, load_case));
  }
  return states;
}

}  // namespace

TEST_CASE("the six load cases are unit strains in Voigt order") {
  const auto cases = homogenisation_load_cases(k_strain);
  REQUIRE(cases.size() == 6);
  CHECK(cases[3].name == "e_yz");
  for (int v = 0; v < 6; ++v) {
    CHECK(cases[v].type == LoadType::strain);
    for (int w = 0; w < 6; ++w) CHECK(cases[v].uniform_strain[w] == (v == w ? k_strain : 0));
  }
}

TEST_CASE("a solid orthotropic block gives its own constants back") {
  OrthotropicConstants k{12000, 9000, 15000, 0.25, 0.2, 0.35, 4000, 5000, 3500};
  Elasticity law;
  REQUIRE(orthotropic_elasticity(k, law));
  ElasticModel model = make_model({4, 3, 5}, {0.2, 0.3, 0.4}, [](int, int, int) { return true; }, {law});
  model.material.modulus_mpa.assign(model.mesh->element_count(), 1.0f);

  const HomogenisedStiffness h = homogenise(model, affine_states(model), k_strain);

  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      CHECK(h.stiffness_mpa[6 * i + j] == doctest::Approx(law.normal[i][j]).epsilon(1e-12));
      CHECK(std::fabs(h.stiffness_mpa[6 * i + 3 + j]) < 1e-8);
      CHECK(h.stiffness_mpa[6 * (3 + i) + 3 + j] == doctest::Approx(i == j ? law.shear[i] : 0).epsilon(1e-12));
    }
  CHECK(h.asymmetry < 1e-13);
  const double young[3] = {k.e_x, k.e_y, k.e_z}, shear[3] = {k.g_yz, k.g_zx, k.g_xy};
  for (int i = 0; i < 3; ++i) {
    CHECK(h.youngs_modulus_mpa[i] == doctest::Approx(young[i]).epsilon(1e-11));
    CHECK(h.shear_modulus_mpa[i] == doctest::Approx(shear[i]).epsilon(1e-11));
  }
  const double poisson[6] = {k.nu_xy, k.nu_zx * k.e_x / k.e_z, k.nu_xy * k.e_y / k.e_x, k.nu_yz,
                             k.nu_zx, k.nu_yz * k.e_z / k.e_y};
  for (int p = 0; p < 6; ++p) CHECK(h.poisson_ratio[p] == doctest::Approx(poisson[p]).epsilon(1e-11));
}

TEST_CASE("voids count with zero stress: under affine strain C is the volume fraction times the solid's") {
  const Elasticity law = isotropic_elasticity(1, 0.3);
  ElasticModel model = make_model({4, 4, 4}, {1, 1, 1}, [](int x, int, int) { return x < 3; }, {law});

  const HomogenisedStiffness h = homogenise(model, affine_states(model), k_strain);

  CHECK(h.stiffness_mpa[0] == doctest::Approx(0.75 * 1000 * law.normal[0][0]).epsilon(1e-12));
  CHECK(h.stiffness_mpa[21] == doctest::Approx(0.75 * 1000 * law.shear[0]).epsilon(1e-12));
}

TEST_CASE("on a porous heterogeneous sample C is symmetric and its diagonal is twice the energy per volume") {
  ElasticModel model = l_shaped_model({7, 5, 6});
  const auto states = solved_states(model);
  const Eigen::SparseMatrix<double> stiffness = assembled_stiffness(model);
  const Vec3 h = model.mesh->spacing_mm();
  const double box = h[0] * h[1] * h[2] * static_cast<double>(model.mesh->size().volume());

  const HomogenisedStiffness result = homogenise(model, states, k_strain);

  CHECK(result.asymmetry < 1e-11);
  for (int v = 0; v < 6; ++v) {
    const double twice_energy = as_vector(states[v]).dot(stiffness * as_vector(states[v]));
    CHECK(result.stiffness_mpa[7 * v] * k_strain * k_strain * box == doctest::Approx(twice_energy).epsilon(1e-10));
  }
  for (int i = 0; i < 3; ++i) CHECK(result.youngs_modulus_mpa[i] > 0);
}

TEST_CASE("a sample that carries nothing has no engineering constants") {
  ElasticModel model =
      make_model({3, 3, 3}, {1, 1, 1}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  const std::vector<std::vector<double>> still(6, std::vector<double>(std::size_t{3} * model.mesh->node_count(), 0));

  const HomogenisedStiffness h = homogenise(model, still, k_strain);

  CHECK(h.stiffness_mpa[0] == 0);
  CHECK(h.youngs_modulus_mpa[0] == 0);
  CHECK(h.asymmetry == 0);
}
