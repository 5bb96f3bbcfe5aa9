// SPDX-License-Identifier: Apache-2.0
// Element fields under displacement fields whose strain is known.
#include <doctest/doctest.h>

#include <cmath>

#include "kernels/strain/strain_body.hpp"
#include "osteon/mechanics/fields.hpp"
#include "small_model.hpp"
#include "src/mechanics/strain_input.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Full-precision states of all elements, in mesh order.
std::vector<kernels::ElementState> exact_states(const ElasticModel& model, const std::vector<double>& u) {
  const kernels::StrainInput input = strain_input(model, u);
  std::vector<kernels::ElementState> states(model.mesh->element_count());
  for (std::int32_t b = 0; b < input.grid.brick_count; ++b)
    for (int i = 0; i < 512; ++i) {
      const std::uint32_t e = input.grid.bricks[b].element(i % 8, i / 8 % 8, i / 64);
      if (e == k_no_node) continue;
      double element_u[24];
      kernels::gather_element(input.grid, b, i % 8, i / 8 % 8, i / 64, u.data(), element_u);
      kernels::element_state(input, e, element_u, states[e]);
    }
  return states;
}

FieldRequest everything() {
  FieldRequest request;
  request.mean_energy = true;
  return request;
}

}  // namespace

TEST_CASE("a rigid motion has no strain, stress or energy") {
  const ElasticModel model = l_shaped_model();
  const double spin[3][3] = {{0, -0.3, 0.2}, {0.3, 0, -0.1}, {-0.2, 0.1, 0}};

  const ElementFields fields = compute_fields(model, affine_field(model, spin, {5, -3, 2}), everything());

  for (std::size_t e = 0; e < model.mesh->element_count(); ++e) {
    REQUIRE(fields.effective_strain[e] < 1e-13);
    REQUIRE(fields.energy_density[e] < 1e-20);
    REQUIRE(std::fabs(fields.mean_energy_density[e]) < 1e-20);
    for (int v = 0; v < 6; ++v) REQUIRE(std::fabs(fields.strain[6 * e + v]) < 1e-13f);
  }
}

TEST_CASE("each constant strain state is recovered exactly, with the stress and energy of Hooke's law") {
  const ElasticModel model = l_shaped_model();
  const double size = 0.01;
  for (int state = 0; state < 6; ++state) {
    std::array<double, 6> strain{};
    strain[state] = size;
    const std::vector<double> u = affine_field(model, gradient_of(strain).g);

    const auto states = exact_states(model, u);
    const ElementFields fields = compute_fields(model, u, everything());

    for (std::size_t e = 0; e < states.size(); ++e) {
      const Elasticity& law = model.material.palette[model.material.palette_index[e]];
      const double modulus = model.material.modulus_mpa[e];
      for (int v = 0; v < 6; ++v) {
        const double constant = state < 3 ? (v < 3 ? law.normal[v][state] : 0) : (v == state ? law.shear[v - 3] : 0);
        REQUIRE(std::fabs(states[e].strain[v] - strain[v]) < 1e-13 * size);
        REQUIRE(std::fabs(states[e].stress[v] - modulus * constant * size) < 1e-12 * modulus * size);
        REQUIRE(fields.strain[6 * e + v] == static_cast<float>(states[e].strain[v]));
        REQUIRE(fields.stress[6 * e + v] == static_cast<float>(states[e].stress[v]));
      }
      const double stiffness = modulus * (state < 3 ? law.normal[state][state] : law.shear[state - 3]);
      const double energy = 0.5 * stiffness * size * size;
      REQUIRE(fields.energy_density[e] == doctest::Approx(energy).epsilon(1e-12));
      REQUIRE(fields.mean_energy_density[e] == doctest::Approx(energy).epsilon(1e-11));
      REQUIRE(fields.effective_strain[e] == doctest::Approx(std::sqrt(2 * energy / modulus)).epsilon(1e-12));
    }
  }
}

TEST_CASE("under uniaxial stress the effective strain is the axial strain, and von Mises stress E times it") {
  ElasticModel model =
      make_model({5, 4, 3}, {1, 1, 2}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  model.material.modulus_mpa.assign(model.mesh->element_count(), 6829.0f);
  const double e = -0.01, nu = 0.3;
  const Gradient gradient = gradient_of({-nu * e, e, -nu * e, 0, 0, 0});

  const ElementFields fields = compute_fields(model, affine_field(model, gradient.g), {});

  CHECK(fields.effective_strain[7] == doctest::Approx(0.01).epsilon(1e-12));
  CHECK(fields.von_mises_mpa[7] == doctest::Approx(68.29).epsilon(1e-6));
  CHECK(fields.principal_strain[3 * 7] == doctest::Approx(0.003).epsilon(1e-6));
  CHECK(fields.principal_strain[3 * 7 + 2] == doctest::Approx(-0.01).epsilon(1e-6));
}

TEST_CASE("mean energy is the element's own 1/2 u.K u / V and never below the centroid's") {
  const ElasticModel model = l_shaped_model();
  const std::vector<double> u = random_field(model, 4);
  const Vec3 spacing = model.mesh->spacing_mm();
  const double h[3] = {spacing[0], spacing[1], spacing[2]};

  const ElementFields fields = compute_fields(model, u, everything());

  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    double k[24][24];
    hex8_stiffness(model.material.palette[model.material.palette_index[e]], h, k);
    std::uint32_t nodes[8];
    model.mesh->element_nodes(e, nodes);
    double energy = 0;
    for (int i = 0; i < 24; ++i)
      for (int j = 0; j < 24; ++j)
        energy += u[std::size_t{3} * nodes[i / 3] + i % 3] * k[i][j] * u[std::size_t{3} * nodes[j / 3] + j % 3];
    energy *= model.material.modulus_mpa[e] / (2 * h[0] * h[1] * h[2]);
    REQUIRE(fields.mean_energy_density[e] == doctest::Approx(energy).epsilon(1e-11));
    REQUIRE(fields.mean_energy_density[e] > fields.energy_density[e]);
  }
}

TEST_CASE("fields that were not asked for stay empty") {
  const ElasticModel model = l_shaped_model();
  FieldRequest request;
  request.tensors = request.principal = request.von_mises = false;

  const ElementFields fields = compute_fields(model, random_field(model, 1), request);

  CHECK(fields.strain.empty());
  CHECK(fields.stress.empty());
  CHECK(fields.principal_strain.empty());
  CHECK(fields.von_mises_mpa.empty());
  CHECK(fields.mean_energy_density.empty());
  CHECK(fields.energy_density.size() == model.mesh->element_count());
  CHECK(fields.effective_strain.size() == model.mesh->element_count());
}
