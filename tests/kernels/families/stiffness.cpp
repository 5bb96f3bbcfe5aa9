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

TEST_CASE_TEMPLATE("the product has the same digits however the bricks are cut into chunks", Real, float, double) {
  const auto device = make_test_device();
  const StiffnessProblem p = random_problem({33, 31, 41}, {0.06, 0.06, 0.06}, 0.4, 2, 16);
  Random random(17);
  const auto x = random_vector<Real>(p.dofs(), random);

  const auto whole = DeviceProblem<Real>(*device, p, 1).apply(x);

  for (const int chunks : {2, 5, 16, 1000}) {
    CAPTURE(chunks);
    CHECK(same_bits(whole, DeviceProblem<Real>(*device, p, chunks).apply(x)));
  }
}

TEST_CASE_TEMPLATE("the product fused with a dot product gives both", Real, float, double) {
  const auto device = make_test_device();
  for (const StiffnessCase& c : stiffness_cases()) {
    const StiffnessProblem p = random_problem(c.size, c.spacing_mm, c.fill, c.laws, 18);
    const DeviceProblem<Real> problem(*device, p);
    Random random(19);
    const auto x = random_vector<Real>(p.dofs(), random);
    Buffer<Real> in(*device, x), out(*device, not_a_number<Real>(x.size()));

    const double dot = result_of(*device, [&](double* result) {
      kernels::stiffness_kernels<Real>(*device).apply_dot(*device, problem.view(), 1, in.data(), out.data(), result);
    });

    const auto y = problem.apply(x);
    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) expected += double(x[i]) * double(y[i]);
    CHECK(same_bits(y, out.to_host()));
    CHECK(std::abs(dot - expected) <= 1e-13 * norm(x) * norm(y));
  }
}

TEST_CASE_TEMPLATE("the fused smoother step is its formula; without a diagonal it only updates the residual", Real,
                   float, double) {
  const auto device = make_test_device();
  for (const StiffnessCase& c : stiffness_cases())
    for (const bool with_diagonal : {true, false}) {
      CAPTURE(with_diagonal);
      const StiffnessProblem p = random_problem(c.size, c.spacing_mm, c.fill, c.laws, 20);
      const DeviceProblem<Real> problem(*device, p);
      Random random(21);
      const auto d = random_vector<Real>(p.dofs(), random), x = random_vector<Real>(p.dofs(), random);
      const auto m = random_diagonal(p.mesh.node_count(), random);
      auto r = random_vector<Real>(p.dofs(), random);
      for (Real& value : r) value *= Real(5000);  // of the size of K d
      Buffer<Real> dd(*device, d), dr(*device, r), dx(*device, x), next(*device, not_a_number<Real>(d.size()));
      Buffer<std::uint16_t> dm(*device, m);
      kernels::FusedStep<Real> step;
      step.d = dd.data(), step.next = next.data(), step.r = dr.data(), step.x = dx.data();
      step.inverse_diagonal = with_diagonal ? dm.data() : nullptr;
      step.a = Real(0.375), step.b = Real(1.0 / 4096);

      kernels::stiffness_kernels<Real>(*device).smooth(*device, problem.view(), 1, step);

      const std::vector<double> kd = naive_apply(p, d);
      std::vector<double> residual(kd.size()), direction(kd.size()), solution(kd.size());
      for (std::size_t i = 0; i < kd.size(); ++i) residual[i] = double(r[i]) - kd[i];
      for (std::size_t n = 0; n < p.mesh.node_count(); ++n) {
        double z[3];
        multiply_node_diagonal(m.data(), n, residual.data() + 3 * n, z);
        for (std::size_t k = 0; k < 3; ++k) {
          direction[3 * n + k] = 0.375 * double(d[3 * n + k]) + z[k] / 4096;
          solution[3 * n + k] = double(x[3 * n + k]) + direction[3 * n + k];
        }
      }
      CHECK(difference(dr.to_host(), residual) < k_tolerance<Real>);
      if (with_diagonal) {
        CHECK(difference(next.to_host(), direction) < k_tolerance<Real>);
        CHECK(difference(dx.to_host(), solution) < k_tolerance<Real>);
      } else {
        CHECK(same_bits(dx.to_host(), x));
      }
      CHECK(same_bits(dd.to_host(), d));
    }
}
