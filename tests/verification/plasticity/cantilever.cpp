// SPDX-License-Identifier: Apache-2.0
// The elastoplastic cantilever of the FAIM 10 manual, table 4: 100 x 10 x 0.5 mm, E 200 GPa, nu 0.3, von Mises 120 MPa,
// no hardening. Beam theory yields at F_y = Y b h^2 / (6 L) = 10 N and bends, for F_y <= F <= 1.5 F_y, by d / d_y =
// (F_y / F)^2 (5 - (3 + F / F_y) sqrt(3 - 2 F / F_y)); at 15 N the clamped end is a plastic hinge.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "models.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_forces[] = {10, 11, 12, 13, 13.5, 14, 14.5, 15};
constexpr double k_faim_mm[] = {0.4020, 0.4427, 0.4869, 0.5404, 0.5738, 0.6149, 0.6700, 0.7560};

double beam_theory_mm(double force_n) {
  const double f = force_n / 10;
  return 0.4 / (f * f) * (5 - (3 + f) * std::sqrt(3 - 2 * f));
}

struct Bent {
  std::vector<double> tip_mm;  ///< at each of k_forces; fewer when the path ended before
  ElastoplasticReport report;
};

Bent bend(Device& device, int layers, int across, double tolerance) {
  const double h = 10.0 / layers;
  const Index3 size{10 * layers, across, layers};
  ElasticModel model =
      make_model(size, {h, 0.5 / across, h}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  for (float& modulus : model.material.modulus_mpa) modulus = 200000;
  ResolvedLoadCase load_case = empty_case(model);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.x == 0)
      for (int c = 0; c < 3; ++c) prescribe(load_case, n, c, 0);
    if (p.x == size.x)  // consistent with a uniform traction; 1 N in all
      load_case.force_n[3 * n + 2] =
          (p.y == 0 || p.y == size.y ? 0.5 : 1.0) / size.y * (p.z == 0 || p.z == size.z ? 0.5 : 1.0) / size.z;
  }
  const std::vector<PlasticLaw> laws = {plastic_law(0.3, 120.0 / 200000, 120.0 / 200000, 0, 0.5)};
  ElastoplasticSettings settings = exact_settings(tolerance, 0.5);
  const PlasticRun run =
      run_path(device, model, laws, load_case, std::vector<double>(std::begin(k_forces), std::end(k_forces)), settings);
  Bent bent{{}, run.report};
  for (const double force : k_forces)
    for (const KeptStep& step : run.steps) {
      if (std::fabs(step.factor - force) > 1e-9) continue;
      double tip = 0;
      for (std::size_t i = 0; i < step.u.size(); ++i) tip += load_case.force_n[i] * step.u[i];
      bent.tip_mm.push_back(tip);
    }
  return bent;
}

void check_against_theory(const Bent& bent) {
  MESSAGE(bent.report.steps << " steps, " << bent.report.newton_iterations << " Newton, "
                            << bent.report.linear_iterations << " linear iterations, " << bent.report.cut_steps
                            << " cuts, " << bent.report.seconds << " s " << bent.report.failure);
  for (std::size_t i = 0; i < bent.tip_mm.size(); ++i) {
    const double theory = beam_theory_mm(k_forces[i]), error = bent.tip_mm[i] / theory - 1;
    MESSAGE(k_forces[i] << " N: " << bent.tip_mm[i] << " mm, beam theory " << theory << " (" << 100 * error
                        << " %), FAIM " << k_faim_mm[i]);
    if (k_forces[i] <= 13.5) CHECK(std::fabs(error) < 0.01);
    if (k_forces[i] >= 14.5) CHECK(std::fabs(bent.tip_mm[i] - theory) < std::fabs(k_faim_mm[i] - theory));
  }
}

}  // namespace

TEST_CASE("a cantilever yields, and bends as beam theory says") {
  const auto device = make_test_device();
  const char* layers = std::getenv("LAYERS");
  const Bent bent = bend(*device, layers ? std::atoi(layers) : 20, 1, 1e-5);
  CHECK(bent.tip_mm.size() == 8);
  check_against_theory(bent);
}
