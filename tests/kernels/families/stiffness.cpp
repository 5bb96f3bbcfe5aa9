// SPDX-License-Identifier: Apache-2.0
// y = K x of every backend against assembled elements, and the identities a stiffness must keep.
#include <doctest/doctest.h>

#include "support.hpp"

using namespace osteon;
using namespace osteon::test;

TEST_CASE_TEMPLATE("the matrix-free product equals assembled elements", Real, float, double) {
  const auto device = make_test_device();
  std::uint64_t seed = 1;
  for (const StiffnessCase& c : stiffness_cases()) {
    CAPTURE(seed);
    const StiffnessProblem p = random_problem(c.size, c.spacing_mm, c.fill, c.laws, seed);
    Random random(100 + seed++);
    const auto x = random_vector<Real>(p.dofs(), random);

    const auto y = DeviceProblem<Real>(*device, p).apply(x);

    CHECK(difference(y, naive_apply(p, x)) < k_tolerance<Real>);
  }
}

TEST_CASE_TEMPLATE("the product is symmetric: x.Ky = y.Kx", Real, float, double) {
  const auto device = make_test_device();
  const StiffnessProblem p = random_problem({17, 9, 23}, {0.3, 0.5, 1.1}, 0.5, 3, 7);
  const DeviceProblem<Real> problem(*device, p);
  Random random(8);
  const auto x = random_vector<Real>(p.dofs(), random), y = random_vector<Real>(p.dofs(), random);

  const auto kx = problem.apply(x), ky = problem.apply(y);

  double xky = 0, ykx = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xky += double(x[i]) * double(ky[i]);
    ykx += double(y[i]) * double(kx[i]);
  }
  CHECK(std::abs(xky - ykx) < k_tolerance<Real> * norm(x) * norm(ky));
}

TEST_CASE_TEMPLATE("the six rigid motions give no force", Real, float, double) {
  const auto device = make_test_device();
  const StiffnessProblem p = random_problem({17, 9, 23}, {0.3, 0.5, 1.1}, 0.4, 3, 9);
  const DeviceProblem<Real> problem(*device, p);
  const Vec3 h = p.mesh.spacing_mm();
  for (int motion = 0; motion < 6; ++motion) {
    CAPTURE(motion);
    std::vector<Real> u;
    for (const Index3& n : p.mesh.node_positions()) {
      const double r[3] = {n.x * h[0], n.y * h[1], n.z * h[2]};
      double v[3] = {0, 0, 0};
      if (motion < 3) {
        v[motion] = 1;
      } else {
        const int a = motion - 3, b = (a + 1) % 3, c = (a + 2) % 3;
        v[b] = -r[c];
        v[c] = r[b];
      }
      for (const double value : v) u.push_back(static_cast<Real>(value));
    }
    Random random(10);
    auto same_size = random_vector<Real>(u.size(), random);
    const double scale = norm(u) / norm(same_size) * norm(naive_apply(p, same_size));

    CHECK(norm(problem.apply(u)) < k_tolerance<Real> * scale);
  }
}

TEST_CASE_TEMPLATE("elements without modulus leave exact zeros at every node", Real, float, double) {
  const auto device = make_test_device();
  StiffnessProblem p = random_problem({17, 9, 23}, {1, 1, 1}, 0.4, 2, 11);
  p.modulus_mpa.assign(p.modulus_mpa.size(), 0.0f);
  Random random(12);

  const auto y = DeviceProblem<Real>(*device, p).apply(random_vector<Real>(p.dofs(), random));

  CHECK(y == std::vector<Real>(p.dofs(), Real(0)));
}

TEST_CASE_TEMPLATE("a grid without bricks is left alone", Real, float, double) {
  const auto device = make_test_device();
  const StiffnessProblem p = random_problem({5, 5, 5}, {1, 1, 1}, 0, 1, 13);
  REQUIRE(p.mesh.node_count() == 0);

  CHECK(DeviceProblem<Real>(*device, p).apply({}).empty());
}

TEST_CASE_TEMPLATE("the product has the same digits on one thread, on two, and again", Real, float, double) {
  const StiffnessProblem p = random_problem({33, 31, 17}, {0.06, 0.06, 0.06}, 0.4, 2, 14);
  Random random(15);
  const auto x = random_vector<Real>(p.dofs(), random);
  const auto apply_on = [&](int threads) {
    const auto device = make_device(backend_name(), threads, silent_monitor());
    return DeviceProblem<Real>(*device, p).apply(x);
  };

  const auto one = apply_on(1);

  CHECK(same_bits(one, apply_on(2)));
  CHECK(same_bits(one, apply_on(2)));
}
