// SPDX-License-Identifier: Apache-2.0
// BIO-5 and BIO-6 of the reference: diffusion against closed forms, and what it conserves.
#include <cmath>
#include <numeric>

#include "diffusion_solver.hpp"
#include "fluid.hpp"
#include "kernels/cells/cells.hpp"
#include "placement.hpp"
#include "sites.hpp"
#include "unit/regenerate/sites.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// A bar of `cells` sites along x behind one voxel of bone, on whose face a concentration may be held.
struct Bar {
  std::unique_ptr<Device> device = make_test_device();
  ElasticModel model;
  std::vector<RegionRole> regions = {source_role(1.0), callus_role()};
  std::unique_ptr<SiteGrid> sites;
  double h;

  Bar(int cells, double length_mm) : h(length_mm / cells) {
    model = model_by_label({cells + 1, 1, 1}, {h, h, h}, {isotropic_material(1000), isotropic_material(1, 0.2, 2)},
                           [](int x, int, int) { return x == 0 ? 1 : 2; });
    sites = std::make_unique<SiteGrid>(*device, model, regions);
  }
  kernels::DiffusionView view(double diffusivity, double time) const {
    kernels::DiffusionView v;
    v.sites = sites->view();
    for (double& w : v.weight) w = diffusivity * time / (h * h);
    return v;
  }
  static void hold(kernels::DiffusionView& v, double value) {
    v.held_surfaces = 2;  // faces on material 0
    v.held[1] = value;
  }
  /// Site values by distance from the held face.
  std::vector<double> by_distance(const std::vector<double>& x) const {
    std::vector<double> out(x.size());
    for (std::size_t s = 0; s < x.size(); ++s)
      out[static_cast<std::size_t>(std::lround(sites->centre_mm(s)[0] / h - 1.5))] = x[s];
    return out;
  }
};

/// Largest error against erfc after one day from an empty bar; time steps follow h^2, so the order is that of space.
double erfc_error(int cells) {
  constexpr double k_diffusivity = 0.5, k_days = 1;
  Bar bar(cells, 8);
  const int steps = 2 * cells * cells;
  kernels::DiffusionView v = bar.view(k_diffusivity, k_days / steps);
  Bar::hold(v, 1);
  Buffer<double> x(*bar.device, std::vector<double>(bar.sites->count(), 0.0));
  DiffusionSolver solver(*bar.device, bar.sites->count());
  for (int i = 0; i < steps; ++i) solver.step(v, x.data());
  const std::vector<double> c = bar.by_distance(x.to_host());
  double worst = 0;
  for (std::size_t i = 0; i < c.size(); ++i) {
    const double distance = (static_cast<double>(i) + 0.5) * bar.h;
    worst = std::max(worst, std::fabs(c[i] - std::erfc(distance / (2 * std::sqrt(k_diffusivity * k_days)))));
  }
  return worst;
}

}  // namespace

TEST_CASE("diffusion from a held face follows erfc, of second order in h (BIO-5)") {
  const double coarse = erfc_error(16), fine = erfc_error(32);
  CAPTURE(coarse);
  CAPTURE(fine);

  CHECK(fine < 5e-3);  // h is a third of the front's width
  CHECK(std::log2(coarse / fine) > 1.9);
  CHECK(std::log2(coarse / fine) < 2.2);
}

TEST_CASE("cells behind closed walls stay, whatever the step and however uneven the mobility (BIO-5)") {
  const auto device = make_test_device();
  GapModel gap;
  const SiteGrid sites(*device, gap.model, gap.settings.regions);
  std::vector<double> start(sites.count());
  std::vector<float> mobility(sites.count());
  std::uint64_t state = 7;
  for (std::size_t s = 0; s < start.size(); ++s) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    start[s] = static_cast<double>(state >> 40) / 16777216;
    mobility[s] = static_cast<float>(0.01 + start[s]);
  }
  Buffer<double> x(*device, start);
  Buffer<float> m(*device, mobility);
  DiffusionSolver solver(*device, sites.count());
  kernels::DiffusionView v;
  v.sites = sites.view();
  v.mobility = m.data();
  for (const double weight : {0.01, 1.0, 50.0}) {
    for (double& w : v.weight) w = weight;
    CHECK(solver.step(v, x.data()) == 0);
  }

  const std::vector<double> end = x.to_host();
  const double before = std::accumulate(start.begin(), start.end(), 0.0);
  const double after = std::accumulate(end.begin(), end.end(), 0.0);
  CHECK(std::fabs(after - before) < 1e-12 * before);
  CHECK(std::fabs(end[0] - start[0]) > 1e-3);  // something did move
}

TEST_CASE("what comes in over a held face is what the sites gain") {
  Bar bar(20, 10);
  kernels::DiffusionView v = bar.view(0.5, 0.25);
  Bar::hold(v, 1);
  Buffer<double> x(*bar.device, std::vector<double>(bar.sites->count(), 0.0));
  DiffusionSolver solver(*bar.device, bar.sites->count());
  double came = 0;
  for (int i = 0; i < 8; ++i) came += solver.step(v, x.data());

  const std::vector<double> end = x.to_host();
  const double now = std::accumulate(end.begin(), end.end(), 0.0);
  CHECK(now > 0.5);
  CHECK(came == doctest::Approx(now).epsilon(1e-12));
}

TEST_CASE("a slab full of cells is without oxygen beyond 1.14 mm (BIO-6)") {
  // Reference 3.3: C0 = 0.1 mol/m3, 2e4 cells/mm3, V_max = 1.3e-17 mol/cell/s, D = 1.7e-3 mm2/s.
  constexpr double k_supply = 0.1, k_use = 2e4 * 1.3e-17 * 1e9, k_diffusivity = 1.7e-3;
  const double depth = std::sqrt(2 * k_diffusivity * k_supply / k_use);
  CHECK(depth == doctest::Approx(1.14).epsilon(0.005));

  Bar bar(60, 3);
  const std::size_t n = bar.sites->count();
  Buffer<double> cells(*bar.device, std::vector<double>(n, 1.0)), oxygen(*bar.device, std::vector<double>(n, k_supply));
  Buffer<double> sink(*bar.device, n), zero(*bar.device, std::vector<double>(n, 0.0));
  kernels::CellFields fields;
  fields.sites = bar.sites->view();
  fields.cells = cells.data();
  fields.oxygen = oxygen.data();
  kernels::DiffusionView v = bar.view(k_diffusivity, 1);
  v.capacity = 0;
  v.sink = sink.data();
  Bar::hold(v, k_supply);
  DiffusionSolver solver(*bar.device, n);
  const double half = 1e-4 * k_supply;  // nearly of zero order
  for (int round = 0; round < 400; ++round) {
    kernels::cell_kernels(*bar.device).oxygen_sink(*bar.device, fields, 1, k_use, half, sink.data());
    solver.solve(v, zero.data(), oxygen.data());
  }

  const std::vector<double> c = bar.by_distance(oxygen.to_host());
  double reached = 0;  // where less than 1 % of the supply is left; C falls as (1 - x / L)^2, so that is 0.9 L
  for (std::size_t i = 0; i < n; ++i)
    if (c[i] > 0.01 * k_supply) reached = (static_cast<double>(i) + 1) * bar.h;
  CHECK(std::fabs(reached - 0.9 * depth) <= bar.h);
  const double middle = (static_cast<double>(10) + 0.5) * bar.h;
  CHECK(c[10] == doctest::Approx(k_supply * (1 - middle / depth) * (1 - middle / depth)).epsilon(0.02));
}

TEST_CASE("fluid pressed out of a well-drained layer leaves by its surface as fast as the layer loses volume") {
  // A layer of L = 2 mm under a compression of 0.1 % in 1 s, drained at the far end alone. Where pressure spreads much
  // faster than the ramp, flux(x) = -e_v x / T, so speed = |e_v| x / (T porosity).
  const auto device = make_test_device();
  constexpr int k_cells = 20;
  constexpr double k_h = 0.1, k_strain = -1e-3;
  ElasticModel model = model_by_label({k_cells + 2, 1, 1}, {k_h, k_h, k_h},
                                      {isotropic_material(1000), isotropic_material(100, 0.3, 2)}, [](int x, int, int) {
                                        return x == 0 ? 1 : x <= k_cells ? 2 : 0;
                                      });
  RegenerationSettings settings;
  settings.regions = {RegionRole{}, callus_role()};
  settings.healing.permeability_mm4_per_n_s = {10, 10, 10, 10, 10};
  const SiteGrid sites(*device, model, settings.regions);
  const Biology biology(*device, sites, model, settings, 0);
  FluidFlow fluid(*device, sites, model, settings.healing);
  const Buffer<double> strain(*device, std::vector<double>(sites.count(), k_strain));

  const double* speed = fluid.speed(biology, strain);

  std::vector<double> host(sites.count());
  device->copy_to_host(host.data(), speed, host.size() * sizeof(double));
  for (std::size_t s = 0; s < host.size(); ++s) {
    const double x = sites.centre_mm(s)[0] - k_h;  // from the closed end
    CAPTURE(x);
    // Walls and the drained face are half a voxel away, which the end voxels' central differences feel.
    if (x < 2 * k_h || x > (k_cells - 2) * k_h) continue;
    CHECK(host[s] == near(-k_strain * x / settings.healing.porosity, 0.01));
  }
}
