// SPDX-License-Identifier: Apache-2.0
// Speed of the interstitial fluid at the end of a loading ramp, estimated without a poroelastic solve.
//
// Biot's storage equation with the drained strain e_v as the load and the skeleton's own compliance in the storage,
// as in one-dimensional consolidation: S dp/dt = div(k grad p) - de_v/dt, S = porosity / K_fluid + 1 / (lambda + 2 mu),
// p = 0 on the outer surface, no flow through bone; speed = k / porosity |grad p|. One way only: pressure does not act
// back on strain, so the estimate is an upper bound where fluid carries much of the load (assumption).
// Reference regeneration-models, 1.5 and 1.6.
#pragma once

#include "biology.hpp"

namespace osteon {

class FluidFlow {
 public:
  FluidFlow(Device& device, const SiteGrid& sites, const ElasticModel& model, const HealingParameters& healing);
  /// Speed per site (mm/s, device), from the volumetric strain at the end of the ramp (device).
  const double* speed(const Biology& biology, const Buffer<double>& volumetric_strain);

 private:
  Device& device_;
  const SiteGrid* sites_;
  const ElasticModel* model_;
  const HealingParameters* healing_;
  DiffusionSolver solver_;
  Buffer<double> pressure_, source_, storage_, speed_;
  Buffer<float> permeability_;
};

}  // namespace osteon
