// SPDX-License-Identifier: Apache-2.0
// The elastoplastic cantilever of the FAIM 10 manual, table 4: 100 x 10 x 0.5 mm, E 200 GPa, nu 0.3, von Mises 120 MPa,
// no hardening. Beam theory yields at F_y = Y b h^2 / (6 L) = 10 N and bends, for F_y <= F <= 1.5 F_y, by d / d_y =
// (F_y / F)^2 (5 - (3 + F / F_y) sqrt(3 - 2 F / F_y)); at 15 N the clamped end is a plastic hinge.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <iterator>

#include "models.hpp"

namespace osteon::test {

inline constexpr double k_forces[] = {10, 11, 12, 13, 13.5, 14, 14.5, 15};
inline constexpr double k_faim_mm[] = {0.4020, 0.4427, 0.4869, 0.5404, 0.5738, 0.6149, 0.6700, 0.7560};

inline double beam_theory_mm(double force_n) {
  const double f = force_n / 10;
  return 0.4 / (f * f) * (5 - (3 + f) * std::sqrt(3 - 2 * f));
}

struct Bent {
  std::vector<double> tip_mm;  ///< at each of k_forces; fewer when the path ended before
  ElastoplasticReport report;
};

/// A wall holds every node of the clamped end; a sliding one only keeps it plane, so that the section can change its
/// shape as in beam theory: its middle is held along z, one side along y.
enum class End { wall, sliding };

inline Bent bend(Device& device, int layers, End end, double tolerance) {
  const int across = 1;
  const double h = 10.0 / layers;
  const Index3 size{10 * layers, across, layers};
  ElasticModel model =
      make_model(size, {h, 0.5 / across, h}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  for (float& modulus : model.material.modulus_mpa) modulus = 200000;
  ResolvedLoadCase load_case = empty_case(model);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    const Index3 p = model.mesh->node_positions()[n];
    if (p.x == 0) prescribe(load_case, n, 0, 0);
    if (p.x == 0 && (end == End::wall || p.y == 0)) prescribe(load_case, n, 1, 0);
    if (p.x == 0 && (end == End::wall || 2 * p.z == layers)) prescribe(load_case, n, 2, 0);
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

/// `shear`: beam theory has the deflection that shear adds, F L / (5/6 G A), which the table leaves out.
inline void check_against_theory(const Bent& bent, bool shear) {
  MESSAGE(bent.report.steps << " steps, " << bent.report.newton_iterations << " Newton, "
                            << bent.report.linear_iterations << " linear iterations, " << bent.report.cut_steps
                            << " cuts, " << bent.report.seconds << " s " << bent.report.failure);
  REQUIRE(bent.tip_mm.size() == std::size(k_forces));
  for (std::size_t i = 0; i < bent.tip_mm.size(); ++i) {
    const double theory = beam_theory_mm(k_forces[i]), error = bent.tip_mm[i] / theory - 1;
    const double with_shear = theory + k_forces[i] * 100 / (5.0 / 6 * 200000 / 2.6 * 5);
    MESSAGE(k_forces[i] << " N: " << bent.tip_mm[i] << " mm, beam theory " << theory << " (" << 100 * error
                        << " %), with shear " << with_shear << ", FAIM " << k_faim_mm[i]);
    if (k_forces[i] <= 13.5) CHECK(std::fabs(error) < 0.01);
    if (k_forces[i] >= 14.5) CHECK(std::fabs(bent.tip_mm[i] - theory) < std::fabs(k_faim_mm[i] - theory));
    if (shear && k_forces[i] <= 14.5) CHECK(bent.tip_mm[i] == near(with_shear, 2e-3));
  }
}

}  // namespace osteon::test
