// SPDX-License-Identifier: Apache-2.0
// A whole solve of bone judged independently: residual, force balance, work = twice the energy; and multigrid's
// promise.
#include <doctest/doctest.h>

#include "osteon/image/synthetic.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

VoxelImage trabecular(int size, bool plates) {
  TrabecularRecipe recipe;
  recipe.size = {size, size, size};
  recipe.period_voxels = 12;
  recipe.plate_like = plates;
  recipe.seed = 3;
  return make_trabecular(recipe);
}

/// Every voxel becomes factor^3 voxels of the same bone.
VoxelImage refined(const VoxelImage& image, int factor) {
  VoxelImage fine = image;
  for (int d = 0; d < 3; ++d) {
    fine.geometry.size[d] *= factor;
    fine.geometry.spacing_mm[d] /= factor;
  }
  fine.values.resize(static_cast<std::size_t>(fine.geometry.size.volume()));
  for (int z = 0; z < fine.geometry.size.z; ++z)
    for (int y = 0; y < fine.geometry.size.y; ++y)
      for (int x = 0; x < fine.geometry.size.x; ++x)
        fine.values[fine.index(x, y, z)] = image.at(x / factor, y / factor, z / factor);
  return fine;
}

}  // namespace

TEST_CASE("on rods and plates every load case balances and its work is twice the strain energy") {
  const auto device = make_test_device();
  for (const bool plates : {false, true}) {
    const ElasticModel model = model_of(trabecular(small_runs_only() ? 16 : 24, plates), {isotropic_material(10000)});
    for (const char* type : {"axial", "uniaxial_x", "confined_y", "shear_zx", "bending_zx", "torsion_z"}) {
      LoadCaseSpec spec = parse_load_type(type);
      if (spec.type == LoadType::bending || spec.type == LoadType::torsion)
        spec.angle_rad = 0.01;
      else
        spec.strain = -0.01;

      const Solved solved = solve_case(*device, model, spec, tight_settings(1e-9));

      CAPTURE(type);
      CHECK(solved.check.relative_residual < 1.1e-9);
      CHECK(solved.check.relative_residual == near(solved.solve.relative_residual, 0.01));
      CHECK(solved.check.force_balance_error < 1e-8);
      CHECK(solved.check.energy_error < 1e-8);
      CHECK(solved.check.constraint_error_mm == 0);
      CHECK(solved.reactions.strain_energy_mj > 0);
    }
  }
}

TEST_CASE("the iteration count stays flat when the same bone is refined" * doctest::skip(small_runs_only())) {
  // Measured 8 -> 8 on the block, where one level smooths; 8 -> 11 and 9 -> 12 on bone, 20 % above.
  constexpr int k_most_on_bone = 14, k_growth_on_block = 1;
  const auto device = make_test_device();
  for (const bool plates : {false, true}) {
    const VoxelImage bone = trabecular(16, plates);
    int iterations[3] = {};
    for (const int factor : {1, 2}) {
      const ElasticModel model = model_of(refined(bone, factor), {isotropic_material(10000)});
      iterations[factor] = solve_case(*device, model, strained("axial", -0.01), {}).solve.iterations;
    }
    MESSAGE("iterations on 16^3 and 32^3: " << iterations[1] << ", " << iterations[2]);
    CHECK(iterations[2] <= k_most_on_bone);
  }
  int block[3] = {};
  for (const int factor : {1, 2}) {
    const ElasticModel model = model_of(refined(make_block({12, 12, 16}, {1, 1, 1}), factor), {isotropic_material(1)});
    block[factor] = solve_case(*device, model, strained("axial", -0.01), {}).solve.iterations;
  }
  MESSAGE("iterations on a block of 12x12x16 and 24x24x32: " << block[1] << ", " << block[2]);
  CHECK(block[2] <= block[1] + k_growth_on_block);
}
