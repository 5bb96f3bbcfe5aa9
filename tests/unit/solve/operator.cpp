// SPDX-License-Identifier: Apache-2.0
// The matrix-free operator against the assembled matrix.
#include <doctest/doctest.h>

#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Voxels kept by a coin, so that edge, corner and single-voxel contacts all occur; two laws, random moduli.
ElasticModel random_model(Index3 size, double fill, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> coin(0, 1);
  ElasticModel model =
      make_model(size, {0.5, 0.7, 1.1}, [&](int x, int y, int z) { return coin(random) < fill || x + y + z == 0; },
                 {isotropic_elasticity(1, 0.3), test_orthotropic()});
  std::uniform_real_distribution<float> modulus(1, 20000);
  for (std::size_t e = 0; e < model.mesh->element_count(); ++e) {
    model.material.modulus_mpa[e] = modulus(random);
    model.material.palette_index[e] = static_cast<std::uint8_t>(random() % 2);
  }
  return model;
}

}  // namespace

TEST_CASE("the stiffness operator equals the assembled matrix on random masks of every fill") {
  const auto device = make_test_device();
  unsigned seed = 1;
  for (const Index3 size : {Index3{1, 1, 1}, Index3{7, 1, 2}, Index3{8, 8, 8}, Index3{9, 17, 5}})
    for (const double fill : {0.02, 0.3, 0.6, 1.0}) {
      const ElasticModel model = random_model(size, fill, ++seed);
      ElasticSolver solver(*device, problem_of(model), {});
      const std::vector<double> u = random_field(model, seed);

      const std::vector<double> f = solver.apply_stiffness(u);

      const Eigen::VectorXd expected = assembled_stiffness(model) * as_vector(u);
      CAPTURE(size.x);
      CAPTURE(fill);
      CHECK((as_vector(f) - expected).norm() <= 1e-13 * expected.norm());
    }
}

TEST_CASE("rigid motions of a heterogeneous bone carry no force") {
  const auto device = make_test_device();
  const ElasticModel model = random_model({9, 8, 10}, 0.5, 3);
  ElasticSolver solver(*device, problem_of(model), {});
  const std::vector<double> random = random_field(model, 5);
  const double scale = as_vector(solver.apply_stiffness(random)).norm() / as_vector(random).norm();
  for (int mode = 0; mode < 6; ++mode) {
    double g[3][3] = {};
    Vec3 shift = {0, 0, 0};
    if (mode < 3) {
      shift[mode] = 1;
    } else {
      const int j = (mode + 1) % 3, k = (mode + 2) % 3;
      g[j][k] = -1, g[k][j] = 1;
    }
    const std::vector<double> u = affine_field(model, g, shift);

    const std::vector<double> f = solver.apply_stiffness(u);

    CAPTURE(mode);
    CHECK(as_vector(f).norm() <= 1e-14 * scale * as_vector(u).norm());
  }
}
