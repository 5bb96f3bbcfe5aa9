// SPDX-License-Identifier: Apache-2.0
// A displacement made up of plane waves and the body force it needs: the L2 error must fall with the square of h.
// Method of manufactured solutions: Roache 2002 (J. Fluids Eng. 124:4, doi 10.1115/1.1436090).
#include <doctest/doctest.h>

#include <cmath>

#include "support/solve_model.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_modulus_mpa = 1000, k_nu = 0.3;

/// u_i = a_i sin(k_i . x + phase_i)
struct PlaneWaves {
  double amplitude[3] = {0.01, -0.007, 0.012};
  double k[3][3] = {{2.0, -1.5, 1.0}, {1.2, 2.2, -0.8}, {-1.0, 1.4, 2.4}};
  double phase[3] = {0.3, 1.1, -0.4};

  double angle(int i, const Vec3& x) const { return k[i][0] * x[0] + k[i][1] * x[1] + k[i][2] * x[2] + phase[i]; }
  double displacement(int i, const Vec3& x) const { return amplitude[i] * std::sin(angle(i, x)); }
  /// f = -div sigma = -(mu laplace u + (lambda + mu) grad div u), N/mm3
  double body_force(int i, const Vec3& x) const {
    const double lambda = k_modulus_mpa * k_nu / ((1 + k_nu) * (1 - 2 * k_nu)), mu = k_modulus_mpa / (2 * (1 + k_nu));
    double f = mu * (k[i][0] * k[i][0] + k[i][1] * k[i][1] + k[i][2] * k[i][2]) * displacement(i, x);
    for (int j = 0; j < 3; ++j) f += (lambda + mu) * k[j][j] * k[j][i] * displacement(j, x);
    return f;
  }
};

/// Calls visit(point, weight, shape[8], nodes) at 3x3x3 Gauss points of every element.
template <class Visit>
void integrate(const ElasticModel& model, Visit visit) {
  const double point[3] = {-std::sqrt(0.6), 0, std::sqrt(0.6)}, weight[3] = {5.0 / 9, 8.0 / 9, 5.0 / 9};
  const Vec3 h = model.mesh->spacing_mm();
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    std::uint32_t nodes[8];
    model.mesh->element_nodes(e, nodes);
    const Index3 p = model.mesh->element_positions()[e];
    for (int q = 0; q < 27; ++q) {
      const int at[3] = {q % 3, q / 3 % 3, q / 9};
      Vec3 x;
      double w = h[0] * h[1] * h[2] / 8, shape[8];
      for (int d = 0; d < 3; ++d) x[d] = h[d] * (p[d] + (1 + point[at[d]]) / 2), w *= weight[at[d]];
      for (int a = 0; a < 8; ++a) {
        shape[a] = 1;
        for (int d = 0; d < 3; ++d) shape[a] *= (1 + ((a >> d & 1) != 0 ? 1 : -1) * point[at[d]]) / 2;
      }
      visit(x, w, shape, nodes);
    }
  }
}

/// L2 norm of the displacement error relative to that of the solution, on n cells along each edge.
double relative_error(Device& device, int n) {
  const PlaneWaves exact;
  ElasticModel model = make_model({n, n, n}, {1.0 / n, 0.8 / n, 1.2 / n}, [](int, int, int) { return true; },
                                  {isotropic_elasticity(1, k_nu)});
  for (float& modulus : model.material.modulus_mpa) modulus = static_cast<float>(k_modulus_mpa);
  ResolvedLoadCase load_case = empty_case(model);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (std::uint32_t node = 0; node < model.mesh->node_count(); ++node) {
    const Index3 p = model.mesh->node_positions()[node];
    if (p.x > 0 && p.y > 0 && p.z > 0 && p.x < n && p.y < n && p.z < n) continue;
    for (int c = 0; c < 3; ++c) prescribe(load_case, node, c, exact.displacement(c, node_place(model, node)));
  }
  integrate(model, [&](const Vec3& x, double w, const double shape[8], const std::uint32_t nodes[8]) {
    for (int c = 0; c < 3; ++c) {
      const double f = w * exact.body_force(c, x);
      for (int a = 0; a < 8; ++a) load_case.force_n[3 * nodes[a] + c] += shape[a] * f;
    }
  });

  const Solved solved = solve_resolved(device, model, load_case, tight_settings(1e-9));

  double error = 0, norm = 0;
  integrate(model, [&](const Vec3& x, double w, const double shape[8], const std::uint32_t nodes[8]) {
    for (int c = 0; c < 3; ++c) {
      double u = 0;
      for (int a = 0; a < 8; ++a) u += shape[a] * solved.displacement_mm[3 * nodes[a] + c];
      const double wanted = exact.displacement(c, x);
      error += w * (u - wanted) * (u - wanted);
      norm += w * wanted * wanted;
    }
  });
  return std::sqrt(error / norm);
}

}  // namespace

TEST_CASE("against a manufactured solution the displacement error falls with order 2") {
  const auto device = make_test_device();
  const int last = small_runs_only() ? 16 : 32;
  double coarse = relative_error(*device, 4);
  for (int n = 8; n <= last; n *= 2) {
    const double fine = relative_error(*device, n);
    const double rate = std::log2(coarse / fine);
    MESSAGE("n = " << n << ": error " << fine << ", rate " << rate);
    CHECK(rate == near(2.0, 0.05));  // 2 +- 0.1
    coarse = fine;
  }
}
