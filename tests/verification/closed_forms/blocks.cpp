// SPDX-License-Identifier: Apache-2.0
// Blocks whose force and deformation follow from the material law alone, and two clamped cubes with known reactions.
#include <doctest/doctest.h>

#include "osteon/image/synthetic.hpp"
#include "osteon/mechanics/homogenise.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_tolerance = 1e-9;  // of the closed forms, with the solver at 1e-12

const char* const k_axis_names[3] = {"x", "y", "z"};

double extent(const ElasticModel& model, int axis) { return model.mesh->size()[axis] * model.mesh->spacing_mm()[axis]; }
double section(const ElasticModel& model, int axis) {
  return extent(model, (axis + 1) % 3) * extent(model, (axis + 2) % 3);
}

/// Mean displacement of the far face along `axis` minus that of the near one. A turn about the load axis, which the
/// statically determinate support may choose freely, drops out.
double stretch(const ElasticModel& model, const std::vector<double>& u, int axis) {
  double sum[2] = {0, 0};
  int count[2] = {0, 0};
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const int p = model.mesh->node_positions()[n][axis];
    if (p != 0 && p != model.mesh->size()[axis]) continue;
    sum[p != 0] += u[3 * n + axis];
    ++count[p != 0];
  }
  return sum[1] / count[1] - sum[0] / count[0];
}

/// Every element has the same strain: `axial` along the axis, the rest as the block thins. Fields are single precision.
void check_uniform_strain(const ElasticModel& model, const std::vector<double>& u, int axis, double axial,
                          const double poisson[3]) {
  const ElementFields fields = compute_fields(model, u, {});
  for (std::size_t i = 0; i < fields.strain.size(); ++i) {
    const int component = static_cast<int>(i % 6);
    const double expected = component == axis ? axial : component < 3 ? -poisson[component] * axial : 0;
    CHECK(std::abs(fields.strain[i] - expected) < 1e-7 * std::abs(axial));
  }
}

void check_bookkeeping(const Solved& solved) {
  CHECK(solved.check.relative_residual < 1e-10);
  CHECK(solved.check.force_balance_error < 1e-9);
  CHECK(solved.check.energy_error < 1e-9);
  CHECK(solved.check.constraint_error_mm == 0);
}

}  // namespace

/// Largest shear of the displacement across the axis, as a difference of nodes in one plane over the block's width:
/// what a rigid turn about the axis would leave.
static double lateral_turn(const ElasticModel& model, const std::vector<double>& u, int axis) {
  const auto& positions = model.mesh->node_positions();
  const int b = (axis + 1) % 3;
  double lowest = 1e300, highest = -1e300;
  for (std::size_t n = 0; n < positions.size(); ++n) {
    if (positions[n][b] != 0) continue;
    lowest = std::min(lowest, u[3 * n + b]);
    highest = std::max(highest, u[3 * n + b]);
  }
  return (highest - lowest) / extent(model, b);
}

TEST_CASE("an isotropic block between smooth platens follows sigma = E epsilon and thins by nu") {
  const auto device = make_test_device();
  const ElasticModel model = model_of(make_block({5, 6, 9}, {0.4, 0.5, 0.3}), {isotropic_material(6829, 0.3)});
  for (int axis = 0; axis < 3; ++axis) {
    const double strain = -0.01;

    const Solved solved = solve_case(*device, model, strained(std::string("uniaxial_") + k_axis_names[axis], strain),
                                     tight_settings(1e-12));

    CHECK(solved.reactions.reaction_force_n[axis] == near(6829 * strain * section(model, axis), k_tolerance));
    CHECK(solved.reactions.apparent_modulus_mpa == near(6829, k_tolerance));
    for (int side = 0; side < 3; ++side)
      if (side != axis)
        CHECK(stretch(model, solved.displacement_mm, side) == near(-0.3 * strain * extent(model, side), k_tolerance));
    CHECK(lateral_turn(model, solved.displacement_mm, axis) < k_tolerance * std::abs(strain));
    const double poisson[3] = {0.3, 0.3, 0.3};
    check_uniform_strain(model, solved.displacement_mm, axis, strain, poisson);
    const ElementFields fields = compute_fields(model, solved.displacement_mm, {});
    for (const double energy : fields.energy_density) CHECK(energy == near(0.5 * 6829 * strain * strain, k_tolerance));
    check_bookkeeping(solved);
  }
}

TEST_CASE("a confined block shows the confined modulus and does not thin") {
  const auto device = make_test_device();
  const ElasticModel model = model_of(make_block({5, 6, 9}, {0.4, 0.5, 0.3}), {isotropic_material(6829, 0.3)});
  const double confined_modulus = 6829 * (1 - 0.3) / ((1 + 0.3) * (1 - 2 * 0.3));
  for (int axis = 0; axis < 3; ++axis) {
    const Solved solved = solve_case(*device, model, strained(std::string("confined_") + k_axis_names[axis], -0.01),
                                     tight_settings(1e-12));

    CHECK(solved.reactions.reaction_force_n[axis] ==
          near(-0.01 * confined_modulus * section(model, axis), k_tolerance));
    for (int side = 0; side < 3; ++side)
      if (side != axis) CHECK(std::abs(stretch(model, solved.displacement_mm, side)) < 1e-12);
    check_bookkeeping(solved);
  }
}

TEST_CASE("an orthotropic block has its own modulus and Poisson's ratios along every axis") {
  const auto device = make_test_device();
  Material material = isotropic_material(0);
  const OrthotropicConstants k{8000, 11000, 17000, 0.25, 0.2, 0.4, 4000, 3500, 3000};
  material.orthotropic = k;
  const ElasticModel model = model_of(make_block({5, 6, 9}, {0.4, 0.5, 0.3}), {material});
  const double modulus[3] = {k.e_x, k.e_y, k.e_z};
  // nu[i][j] = -strain_j / strain_i under stress along i; nu_ij / E_i = nu_ji / E_j
  const double nu[3][3] = {{0, k.nu_xy, k.nu_zx * k.e_x / k.e_z},
                           {k.nu_xy * k.e_y / k.e_x, 0, k.nu_yz},
                           {k.nu_zx, k.nu_yz * k.e_z / k.e_y, 0}};
  for (int axis = 0; axis < 3; ++axis) {
    const double strain = 0.004;

    const Solved solved = solve_case(*device, model, strained(std::string("uniaxial_") + k_axis_names[axis], strain),
                                     tight_settings(1e-12));

    // The modulus of a voxel and its palette law are single-precision numbers.
    CHECK(solved.reactions.apparent_modulus_mpa == near(modulus[axis], 1e-7));
    for (int side = 0; side < 3; ++side)
      if (side != axis)
        CHECK(stretch(model, solved.displacement_mm, side) ==
              near(-nu[axis][side] * strain * extent(model, side), k_tolerance));
    check_uniform_strain(model, solved.displacement_mm, axis, strain, nu[axis]);
    check_bookkeeping(solved);
  }
}

TEST_CASE("the homogenised stiffness of a solid block is the material law") {
  const auto device = make_test_device();
  Material material = isotropic_material(0);
  material.orthotropic = OrthotropicConstants{8000, 11000, 17000, 0.25, 0.2, 0.4, 4000, 3500, 3000};
  const ElasticModel model = model_of(make_block({6, 5, 7}, {0.4, 0.5, 0.3}), {material});
  ElasticSolver solver(*device, problem_of(model), tight_settings(1e-12));
  std::vector<std::vector<double>> displacements;
  for (const LoadCaseSpec& spec : homogenisation_load_cases(0.01))
    displacements.push_back(solve_resolved(solver, model, resolve_load_case(*model.mesh, spec)).displacement_mm);

  const HomogenisedStiffness found = homogenise(model, displacements, 0.01);

  const Elasticity law = model.material.elasticity(0);
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 6; ++j) {
      const double expected = i < 3 && j < 3 ? law.normal[i][j] : i == j ? law.shear[i - 3] : 0;
      CHECK(std::abs(found.stiffness_mpa[6 * i + j] - expected) < k_tolerance * law.normal[2][2]);
    }
  CHECK(found.asymmetry < k_tolerance);
}

TEST_CASE("a solid 6^3 cube between rough platens carries -2651.538 N") {
  // fracture-risk 8.2 G: E 6829, 1 % of 6 mm; the FAIM manual prints -2651 N.
  const auto device = make_test_device();
  const ElasticModel model = model_of(make_block({6, 6, 6}, {1, 1, 1}), {isotropic_material(6829)});
  for (int axis = 0; axis < 3; ++axis) {
    const Solved solved =
        solve_case(*device, model, strained(std::string("axial_") + k_axis_names[axis], -0.01), tight_settings(1e-9));

    CHECK(solved.reactions.reaction_force_n[axis] == near(-2651.538, 1e-6));
    CHECK(solved.reactions.stiffness_n_per_mm == near(44192.3, 1e-6));
  }
}

TEST_CASE("a solid 32^3 cube of 0.036 mm between rough platens carries 141.39699 N" *
          doctest::skip(small_runs_only())) {
  const auto device = make_test_device();
  const ElasticModel model = model_of(make_block({32, 32, 32}, {0.036, 0.036, 0.036}), {isotropic_material(10000)});

  const Solved solved = solve_case(*device, model, strained("axial", -0.01), tight_settings(1e-8));

  CHECK(std::abs(solved.reactions.reaction_force_n[2]) == near(141.39699, 1e-6));
  CHECK(solved.check.relative_residual < 1e-7);
}
