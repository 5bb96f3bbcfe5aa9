// SPDX-License-Identifier: Apache-2.0
// What is read from a curve, which tissue goes first, and what cannot be run.
#include "osteon/strength/strength.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

StrengthPoint point(double factor, double displacement, double force, double work = 0) {
  StrengthPoint p;
  p.load_factor = factor;
  p.displacement = displacement;
  p.force = force;
  p.work_mj = work;
  return p;
}

/// A column of two materials along z, 4 x 4 x 8 voxels of 0.5 mm: "soft" below, "stiff" above.
ElasticModel column(double soft_mpa, double stiff_mpa) {
  ElasticModel model =
      make_model({4, 4, 8}, {0.5, 0.5, 0.5}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  model.material.materials = {isotropic_material(soft_mpa), isotropic_material(stiff_mpa)};
  model.material.materials[0].name = "soft";
  model.material.materials[1].name = "stiff";
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    const bool upper = model.mesh->element_positions()[e].z >= 4;
    model.material.material_index[e] = upper;
    model.material.modulus_mpa[e] = static_cast<float>(upper ? stiff_mpa : soft_mpa);
  }
  return model;
}

/// Frictionless compression, the upper end moved by 1 mm down.
ResolvedLoadCase squeezed(const ElasticModel& model) {
  ResolvedLoadCase load_case = empty_case(model);
  load_case.applied_displacement_mm = -1;
  load_case.length_mm = 4;
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.x == 0) prescribe(load_case, n, 0, 0);
    if (p.y == 0) prescribe(load_case, n, 1, 0);
    if (p.z == 0 || p.z == 8) prescribe(load_case, n, 2, p.z == 0 ? 0 : -1);
  }
  return load_case;
}

}  // namespace

TEST_CASE("the offset yield is where the moved line of initial stiffness meets the curve, between two steps") {
  StrengthResult result;
  // Slope 100 up to 1 N at 0.01 mm, then slope 10: with an offset of 0.002 x 5 mm = 0.01 mm the lines meet where
  // 1 + 10 (d - 0.01) = 100 (d - 0.01), d = 0.01 + 1 / 90.
  for (const double d : {0.01, 0.02, 0.03, 0.04})
    result.curve.push_back(point(d, d, 1 + 10 * (d - 0.01), 0.005 + (d - 0.01) + 5 * (d - 0.01) * (d - 0.01)));

  read_curve(0.002, 5, result);

  CHECK(result.initial_stiffness == near(100, 1e-12));
  REQUIRE(result.offset_yield);
  CHECK(result.offset_yield->displacement == near(0.01 + 1.0 / 90, 1e-12));
  CHECK(result.offset_yield->force == near(1 + 10.0 / 90, 1e-12));
  CHECK(result.ultimate.force == near(1.3, 1e-12));
  CHECK_FALSE(result.ultimate_is_peak);
}

TEST_CASE("the ultimate load is the peak of the first pass; what comes after the load has turned does not count") {
  StrengthResult result;
  result.curve = {point(1, 1, 10, 5), point(2, 2, 14, 17), point(3, 3, 12, 30), point(2, 2, 2, 23),
                  point(5, 5, 20, 60)};
  read_curve(0.002, 0, result);
  CHECK(result.ultimate.force == 14);
  CHECK(result.ultimate.displacement == 2);
  CHECK(result.ultimate.work_mj == 17);
  CHECK(result.ultimate_is_peak);
  CHECK_FALSE(result.offset_yield);  // there is no length
}

TEST_CASE("of two tissues in series the soft one yields first, and the stiff one later and less") {
  const auto device = make_test_device();
  const ElasticModel model = column(1000, 4000);
  const ResolvedLoadCase load_case = squeezed(model);
  StrengthSettings settings;
  settings.post_yield_ratio = 0;
  settings.load_factors = {0.04};
  settings.solver.tolerance = 1e-8;
  StrengthResult result;

  run_strength(*device, model, load_case, settings, result, silent_monitor());

  REQUIRE_MESSAGE(result.solver.completed, result.solver.failure);
  // Same stress in both, strength E * yield strain. The sides are free, but the interface holds the soft tissue back,
  // and tissue that is held back is stronger.
  REQUIRE(result.first_yield);
  CHECK(result.first_yield->material == "soft");
  CHECK(result.first_yield->voxel.z < 4);
  CHECK(result.first_failed->material == "soft");
  CHECK(result.first_yield_factor[0].value() == result.first_yield->load_factor);
  // What is squashed spreads, and stretches the stiff tissue at the interface.
  REQUIRE(result.first_yield_factor[1]);
  CHECK(*result.first_yield_factor[1] > *result.first_yield_factor[0]);
  const double squash_n = 1000 * 0.0083 * 4;
  CHECK(result.ultimate.force > squash_n);
  CHECK(result.ultimate.force < 1.5 * squash_n);
  CHECK(result.offset_yield->force < result.ultimate.force);
  CHECK(result.curve.back().yielded_percent[0] > 50);
  CHECK(result.curve.back().yielded_percent[1] < 0.5 * result.curve.back().yielded_percent[0]);
  CHECK(result.energy_balance_error < 1e-6);
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e)
    if (model.mesh->element_positions()[e].z == 7) CHECK(result.plastic_strain[e] == 0);
  const std::string table = curve_csv(result, model.material);
  CHECK(std::count(table.begin(), table.end(), '\n') == static_cast<std::ptrdiff_t>(result.curve.size() + 1));
  CHECK(table.find("yielded_soft [%],yielded_stiff [%]\n") != std::string::npos);
}

TEST_CASE("a material that is not evaluated stays elastic") {
  const auto device = make_test_device();
  ElasticModel model = column(1000, 4000);
  model.material.materials[0].in_evaluation_set = false;
  StrengthSettings settings;
  settings.load_factors = {0.02};
  StrengthResult result;
  run_strength(*device, model, squeezed(model), settings, result, silent_monitor());
  REQUIRE(result.solver.completed);
  CHECK_FALSE(result.first_yield);
  CHECK(result.curve.size() == 1);
  CHECK(result.curve[0].force == near(0.02 * 4 / (2 / 1000.0 + 2 / 4000.0), 0.05));  // springs in series
}

TEST_CASE("a falling force ends the path once it is far enough below its peak") {
  const auto device = make_test_device();
  const ElasticModel model = column(1000, 1000);
  StrengthSettings settings;
  settings.post_yield_ratio = 0;
  settings.damage_limit = 0.9;
  settings.damage_rate = 50;
  settings.load_factors = {0.2};
  StrengthResult result;
  run_strength(*device, model, squeezed(model), settings, result, silent_monitor());
  REQUIRE_MESSAGE(result.solver.completed, result.solver.failure);
  CHECK(result.ultimate_is_peak);
  CHECK(result.curve.back().force < 0.8 * result.ultimate.force);
  CHECK(result.curve[result.curve.size() - 2].force >= 0.8 * result.ultimate.force);
  CHECK(result.curve.back().load_factor < 0.2);
  REQUIRE(result.notes.size() == 1);
  CHECK(*std::max_element(result.damage.begin(), result.damage.end()) > 0.1f);
}

TEST_CASE("what cannot be run is refused in one sentence") {
  ElasticModel model = column(1000, 4000);
  StrengthSettings settings;
  CHECK(plastic_laws(model.material, settings).size() == 2);
  model.material.palette = {test_orthotropic()};
  CHECK_THROWS_WITH_AS(plastic_laws(model.material, settings), doctest::Contains("material 'soft' is orthotropic"),
                       UsageError);
  model.material.palette = {isotropic_elasticity(1, 0.3)};
  settings.law = YieldLaw::von_mises;
  CHECK_THROWS_WITH_AS(plastic_laws(model.material, settings), doctest::Contains("needs yield_strain"), UsageError);
  settings = StrengthSettings{};
  ResolvedLoadCase load_case = squeezed(model);
  load_case.spec.type = LoadType::strain;
  const auto device = make_test_device();
  StrengthResult result;
  CHECK_THROWS_WITH_AS(run_strength(*device, model, load_case, settings, result, silent_monitor()),
                       doctest::Contains("no force over displacement"), UsageError);
}
