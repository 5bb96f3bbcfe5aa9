// SPDX-License-Identifier: Apache-2.0
// The mechanical half of a step: unit solution of the bone as it is, and the fate it tells every site.
#pragma once

#include <memory>
#include <vector>

#include "biology.hpp"
#include "fluid.hpp"
#include "kernels/stimulus/stimulus.hpp"
#include "osteon/regenerate/regeneration.hpp"

namespace osteon {

class BoneSolve {
 public:
  BoneSolve(Device& device, ElasticModel& model, const ResolvedLoadCase& load_case, const SiteGrid& sites,
            const RegenerationSettings& settings);

  /// New stiffness of the sites (per site), into the model and the solver.
  void set_material(const std::vector<float>& modulus_mpa, const std::vector<std::uint8_t>& palette_index);
  /// Solves the unit load from the last solution, finds the day's movement and the stimulus under it.
  void solve(const Biology& biology, RegenerationStep& step, Monitor& monitor);

  const std::vector<double>& displacement_mm() const { return displacement_; }
  const double* fate() const { return fate_.data(); }
  std::vector<double> stimulus() const { return value_.to_host(); }

  void save(RegenerationState& state) const;
  void restore(const RegenerationState& state);
  /// Once the present material is set.
  void restore_solver(const RegenerationState& state, Monitor& monitor);

 private:
  void share_load(RegenerationStep& step) const;
  void evaluate_stimulus(const Biology& biology, RegenerationStep& step);
  kernels::StimulusInput stimulus_input(double strain_scale);

  Device& device_;
  ElasticModel& model_;
  ResolvedLoadCase load_case_;
  const SiteGrid* sites_;
  const RegenerationSettings* settings_;
  std::unique_ptr<ElasticSolver> solver_;
  std::vector<double> unit_;          ///< solution of the load case as given
  std::vector<double> displacement_;  ///< of the day
  Buffer<double> fate_, value_, largest_strain_, volumetric_, device_displacement_, count_;
  Buffer<Elasticity> palette_;
  std::unique_ptr<FluidFlow> fluid_;
};

}  // namespace osteon
