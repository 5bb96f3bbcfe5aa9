// SPDX-License-Identifier: Apache-2.0
#include "fluid.hpp"

#include <algorithm>

namespace osteon {

FluidFlow::FluidFlow(Device& device, const SiteGrid& sites, const ElasticModel& model, const HealingParameters& healing)
    : device_(device),
      sites_(&sites),
      model_(&model),
      healing_(&healing),
      solver_(device, sites.count()),
      pressure_(device, sites.count()),
      source_(device, sites.count()),
      storage_(device, sites.count()),
      speed_(device, sites.count()),
      permeability_(device, sites.count()) {}

const double* FluidFlow::speed(const Biology& biology, const Buffer<double>& volumetric_strain) {
  constexpr int k_ramp_steps = 10;
  const HealingParameters& h = *healing_;
  const std::size_t n = sites_->count();
  const double dt = h.ramp_s / k_ramp_steps;

  // Per site: storage, and permeability relative to granulation tissue.
  const std::vector<double> tissues = biology.tissues().to_host();
  std::vector<double> storage(n);
  std::vector<float> permeability(n);
  const double unit = h.permeability_mm4_per_n_s[0];
#pragma omp parallel for schedule(static)
  for (std::size_t s = 0; s < n; ++s) {
    double free = 1, mixed = 0;
    for (std::size_t t = 0; t < kernels::k_tissues; ++t) {
      free -= tissues[t * n + s];
      mixed += tissues[t * n + s] * h.permeability_mm4_per_n_s[1 + t];
    }
    permeability[s] = static_cast<float>((mixed + std::max(0.0, free) * unit) / unit);
    const std::uint32_t e = sites_->elements()[s];
    const Elasticity law = model_->material.elasticity(e);
    storage[s] = h.porosity / h.fluid_bulk_mpa + 1 / law.normal[0][0];
  }
  storage_.copy_from(storage);
  permeability_.copy_from(permeability);

  kernels::DiffusionView view;
  view.sites = sites_->view();
  view.capacity = 0;
  view.sink = storage_.data();
  view.mobility = permeability_.data();
  view.held_surfaces = 1;  // drained outer surface
  double slope[3];
  for (int d = 0; d < 3; ++d) {
    const double spacing = model_->mesh->spacing_mm()[static_cast<std::size_t>(d)];
    view.weight[d] = unit * dt / (spacing * spacing);
    slope[d] = unit / (h.porosity * spacing);
  }
  const std::vector<double> strain = volumetric_strain.to_host();
  std::vector<double> pressure(n, 0.0), source(n);
  pressure_.set_zero();
  for (int step = 0; step < k_ramp_steps; ++step) {
    for (std::size_t s = 0; s < n; ++s) source[s] = storage[s] * pressure[s] - strain[s] / k_ramp_steps;
    source_.copy_from(source);
    solver_.solve(view, source_.data(), pressure_.data());
    pressure = pressure_.to_host();
  }
  kernels::diffusion_kernels(device_).gradient_magnitude(device_, view, slope, pressure_.data(), speed_.data());
  std::vector<double> speed = speed_.to_host();
  for (std::size_t s = 0; s < n; ++s) speed[s] *= static_cast<double>(permeability[s]);
  speed_.copy_from(speed);
  return speed_.data();
}

}  // namespace osteon
