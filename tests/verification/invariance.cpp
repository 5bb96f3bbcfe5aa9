// SPDX-License-Identifier: Apache-2.0
// Nothing may depend on how the scan lies in its grid, and everything scales as its definition says.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "osteon/image/prepare.hpp"
#include "osteon/image/synthetic.hpp"
#include "osteon/mechanics/homogenise.hpp"
#include "osteon/risk/pistoia.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_tolerance = 1e-9;          // of what must not change
constexpr double k_solver_tolerance = 1e-11;  // two orders below

/// A crop of trabecular bone, of three different edge lengths and spacings, with a bar of another material off centre.
VoxelImage asymmetric_bone() {
  TrabecularRecipe recipe;
  recipe.size = {20, 20, 20};
  recipe.period_voxels = 10;
  recipe.bone_volume_fraction = 0.3;
  recipe.seed = 11;
  PrepareSteps steps;
  steps.crop = PrepareSteps::Crop{{1, 2, 3}, {12, 14, 16}};
  VoxelImage bone = make_trabecular(recipe);
  for (int z = 5; z < 9; ++z)
    for (int y = 2; y < 16; ++y)
      for (int x = 1; x < 6; ++x) bone.values[bone.index(x, y, z)] = 2;
  bone = prepare_image(bone, nullptr, steps, silent_monitor()).labels;
  bone.geometry.spacing_mm = {0.04, 0.05, 0.06};
  return bone;
}

/// Axis d of the result is axis from[d] of the image, mirrored where bit d of `mirror` is set.
struct Placement {
  std::array<int, 3> from;
  int mirror;
};
std::vector<Placement> all_placements() {
  std::vector<Placement> all;
  std::array<int, 3> from = {0, 1, 2};
  do {
    for (int mirror = 0; mirror < 8; ++mirror) all.push_back({from, mirror});
  } while (std::next_permutation(from.begin(), from.end()));
  return all;
}
VoxelImage placed(const VoxelImage& image, const Placement& p) {
  VoxelImage out = image;
  for (int d = 0; d < 3; ++d) {
    out.geometry.size[d] = image.geometry.size[p.from[d]];
    out.geometry.spacing_mm[d] = image.geometry.spacing_mm[p.from[d]];
  }
  const Index3 size = out.geometry.size;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x) {
        const Index3 to{x, y, z};
        Index3 source;
        for (int d = 0; d < 3; ++d) source[p.from[d]] = (p.mirror >> d & 1) != 0 ? size[d] - 1 - to[d] : to[d];
        out.values[out.index(x, y, z)] = image.at(source.x, source.y, source.z);
      }
  return out;
}

const std::vector<Material>& two_materials() {
  static const std::vector<Material> materials = {isotropic_material(10000, 0.3, 1), isotropic_material(4000, 0.35, 2)};
  return materials;
}

struct Strength {
  double stiffness_n_per_mm, failure_load_n, factor, lateral_force_n;
};
Strength strength(Device& device, const ElasticModel& model, const LoadCaseSpec& spec) {
  const Solved solved = solve_case(device, model, spec, tight_settings(k_solver_tolerance));
  const ElementFields fields = compute_fields(model, solved.displacement_mm, {});
  const int axis = static_cast<int>(spec.axis);
  const PistoiaResult pistoia =
      pistoia_failure_load(model.material, fields.effective_strain, solved.reactions.reaction_force_n[axis], {});
  return {solved.reactions.stiffness_n_per_mm, pistoia.failure_load_n, pistoia.factor,
          std::abs(solved.reactions.reaction_force_n[(axis + 1) % 3])};
}

}  // namespace

TEST_CASE("stiffness and failure load are the same in all 48 orientations of the scan") {
  const auto device = make_test_device();
  const VoxelImage bone = asymmetric_bone();
  LoadCaseSpec spec = strained("axial_z", -0.01);
  const Strength reference = strength(*device, model_of(bone, two_materials()), spec);
  CHECK(reference.stiffness_n_per_mm > 0);
  for (const Placement& p : all_placements()) {
    if (small_runs_only() && p.mirror != 5) continue;
    spec.axis = static_cast<Axis>(std::find(p.from.begin(), p.from.end(), 2) - p.from.begin());

    const Strength found = strength(*device, model_of(placed(bone, p), two_materials()), spec);

    CAPTURE(p.from[0]);
    CAPTURE(p.from[1]);
    CAPTURE(p.mirror);
    CHECK(found.stiffness_n_per_mm == near(reference.stiffness_n_per_mm, k_tolerance));
    CHECK(found.failure_load_n == near(reference.failure_load_n, k_tolerance));
  }
}

TEST_CASE("a wrong orientation would be noticed: the bone differs along its axes") {
  const auto device = make_test_device();
  const ElasticModel model = model_of(asymmetric_bone(), two_materials());
  const double z = strength(*device, model, strained("axial_z", -0.01)).stiffness_n_per_mm;
  CHECK(strength(*device, model, strained("axial_x", -0.01)).stiffness_n_per_mm != near(z, 0.01));
  CHECK(strength(*device, model, strained("axial_y", -0.01)).stiffness_n_per_mm != near(z, 0.01));
}

TEST_CASE("the failure load does not see the applied strain, and doubles with the modulus") {
  const auto device = make_test_device();
  const VoxelImage bone = asymmetric_bone();
  std::vector<Material> doubled = two_materials();
  for (Material& material : doubled) material.youngs_modulus_mpa *= 2;
  const ElasticModel model = model_of(bone, two_materials());
  const Strength base = strength(*device, model, strained("axial_z", -0.01));

  const Strength strain10 = strength(*device, model, strained("axial_z", -0.1));
  const Strength stiff = strength(*device, model_of(bone, doubled), strained("axial_z", -0.01));

  CHECK(strain10.failure_load_n == near(base.failure_load_n, k_tolerance));
  CHECK(strain10.factor == near(base.factor / 10, k_tolerance));
  CHECK(strain10.stiffness_n_per_mm == near(base.stiffness_n_per_mm, k_tolerance));
  CHECK(stiff.failure_load_n == near(2 * base.failure_load_n, k_tolerance));
  CHECK(stiff.factor == near(base.factor, k_tolerance));
  CHECK(stiff.stiffness_n_per_mm == near(2 * base.stiffness_n_per_mm, k_tolerance));
}

TEST_CASE("the homogenised stiffness turns and mirrors with the scan") {
  const auto device = make_test_device();
  auto stiffness = [&](const VoxelImage& image) {
    const ElasticModel model = model_of(image, two_materials());
    ElasticSolver solver(*device, problem_of(model), tight_settings(k_solver_tolerance));
    std::vector<std::vector<double>> displacements;
    for (const LoadCaseSpec& spec : homogenisation_load_cases(0.01))
      displacements.push_back(solve_resolved(solver, model, resolve_load_case(*model.mesh, spec)).displacement_mm);
    const HomogenisedStiffness found = homogenise(model, displacements, 0.01);
    CHECK(found.asymmetry < k_tolerance);
    return found.stiffness_mpa;
  };
  const VoxelImage bone = asymmetric_bone();
  const Matrix6 reference = stiffness(bone);
  double largest = 0;
  for (const double c : reference) largest = std::max(largest, std::abs(c));
  for (const Placement& p : {Placement{{1, 2, 0}, 0}, Placement{{1, 0, 2}, 4}, Placement{{2, 1, 0}, 3}}) {
    const Matrix6 found = stiffness(placed(bone, p));

    // Voigt entry of the result -> entry and sign of the original.
    int entry[6], sign[6];
    for (int v = 0; v < 6; ++v) {
      const int i = v < 3 ? v : (v - 3 + 1) % 3, j = v < 3 ? v : (v - 3 + 2) % 3;
      entry[v] = v < 3 ? p.from[i] : 3 + (3 - p.from[i] - p.from[j]);
      sign[v] = ((p.mirror >> i & 1) != (p.mirror >> j & 1)) ? -1 : 1;
    }
    for (int i = 0; i < 6; ++i)
      for (int j = 0; j < 6; ++j)
        CHECK(std::abs(found[6 * i + j] - sign[i] * sign[j] * reference[6 * entry[i] + entry[j]]) <
              k_tolerance * largest);
  }
}
