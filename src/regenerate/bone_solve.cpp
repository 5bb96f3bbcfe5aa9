// SPDX-License-Identifier: Apache-2.0
#include "bone_solve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "saved_state.hpp"

namespace osteon {

namespace {

kernels::StimulusParameters stimulus_parameters(const HealingParameters& h) {
  kernels::StimulusParameters p;
  p.rule = h.stimulus;
  p.strain_unit = h.strain_unit;
  p.flow_unit_mm_s = h.flow_unit_mm_s;
  p.fibrous_above = h.fibrous_above;
  p.cartilage_above = h.cartilage_above;
  p.mature_below = h.mature_below;
  p.resorption_below = h.resorption_below;
  if (h.sharp_windows) p.fibrous_width = p.cartilage_width = p.resorption_width = 0;
  p.hysteresis = h.hysteresis;
  return p;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

double Fixator::movement_mm(double bone_n_per_mm) const {
  const double alone = bone_n_per_mm > 0 ? force_n / bone_n_per_mm : INFINITY;
  if (alone <= free_play_mm || !(stiffness_n_per_mm > 0)) return alone;
  return (force_n + stiffness_n_per_mm * free_play_mm) / (bone_n_per_mm + stiffness_n_per_mm);
}

BoneSolve::BoneSolve(Device& device, ElasticModel& model, const ResolvedLoadCase& load_case, const SiteGrid& sites,
                     const RegenerationSettings& settings)
    : device_(device),
      model_(model),
      load_case_(load_case),
      sites_(&sites),
      settings_(&settings),
      fate_(device, std::vector<double>(kernels::k_fate_values * sites.count(), 0.0)),
      value_(device, std::vector<double>(sites.count(), 0.0)),
      largest_strain_(device, sites.count()),
      device_displacement_(device, std::size_t{3} * model.mesh->node_count()),
      count_(device, 1),
      palette_(device, model.material.palette) {
  const MaterialField& m = model.material;
  const ElasticProblem problem{model.mesh->view(), model.mesh->spacing_mm(), &m.palette,
                               &m.palette_index,   &m.modulus_mpa,           &model.mesh->node_positions()};
  solver_ = std::make_unique<ElasticSolver>(device, problem, settings.solver);
  solver_->keep_memory();
  if (settings.healing.stimulus == Stimulus::octahedral_strain_and_flow) {
    fluid_ = std::make_unique<FluidFlow>(device, sites, model, settings.healing);
    volumetric_ = Buffer<double>(device, sites.count());
  }
}

void BoneSolve::set_material(const std::vector<float>& modulus_mpa, const std::vector<std::uint8_t>& palette_index) {
  MaterialField& m = model_.material;
  for (std::size_t s = 0; s < sites_->count(); ++s) {
    m.modulus_mpa[sites_->elements()[s]] = modulus_mpa[s];
    m.palette_index[sites_->elements()[s]] = palette_index[s];
  }
  solver_->set_material(m.modulus_mpa, m.palette_index);
}

void BoneSolve::solve(const Biology& biology, RegenerationStep& step, Monitor& monitor) {
  LinearSystem system;
  system.constrained = &load_case_.constrained;
  system.prescribed_mm = &load_case_.prescribed_mm;
  if (!load_case_.force_n.empty()) system.force_n = &load_case_.force_n;
  unit_ = solver_->solve(system, step.solve, monitor);
  if (!step.solve.converged)
    throw SimulationError(
        fmt::format("day {:g}: the bone could not be solved: {}; the step is not used", step.day, step.solve.failure));
  const ReactionReport reactions = evaluate_reactions(model_, load_case_, unit_, step.check, nullptr);
  step.bone_stiffness_n_per_mm = reactions.stiffness_n_per_mm;
  share_load(step);
  displacement_.resize(unit_.size());
  for (std::size_t i = 0; i < unit_.size(); ++i) displacement_[i] = step.scale * unit_[i];
  evaluate_stimulus(biology, step);
}

/// From the mesh's stiffness to the whole bone's, and from the force to the movement.
void BoneSolve::share_load(RegenerationStep& step) const {
  const Fixator& f = settings_->fixator;
  const double halves = f.half_model ? 2 : 1;
  const double applied = std::fabs(load_case_.applied_displacement_mm);
  step.bone_stiffness_n_per_mm /= f.section_fraction * halves;
  step.movement_mm = halves * applied;
  if (f.force_n > 0) step.movement_mm = f.movement_mm(step.bone_stiffness_n_per_mm);
  step.bone_force_n = step.bone_stiffness_n_per_mm * step.movement_mm;
  step.scale = step.movement_mm / (halves * applied);
  if (!std::isfinite(step.scale))
    throw SimulationError(
        fmt::format("day {:g}: the bone carries nothing and no fixator holds it, so its movement has "
                    "no bound",
                    step.day));
}

kernels::StimulusInput BoneSolve::stimulus_input(double strain_scale) {
  kernels::StimulusInput input;
  input.sites = sites_->view();
  const DeviceMaterial material = solver_->device_material();
  input.strain.grid = material.grid;
  input.strain.palette = palette_.data();
  input.strain.palette_index = material.palette_index;
  input.strain.modulus_mpa = material.modulus_mpa;
  input.strain.displacement_mm = device_displacement_.data();
  for (int d = 0; d < 3; ++d) input.strain.spacing_mm[d] = model_.mesh->spacing_mm()[static_cast<std::size_t>(d)];
  input.strain_scale = strain_scale;
  return input;
}

void BoneSolve::evaluate_stimulus(const Biology& biology, RegenerationStep& step) {
  device_displacement_.copy_from(unit_);
  kernels::StimulusInput input = stimulus_input(step.scale);
  const kernels::StimulusKernels& stimulus = kernels::stimulus_kernels(device_);
  if (fluid_) {
    stimulus.volumetric_strain(device_, input, volumetric_.data());
    input.flow_mm_s = fluid_->speed(biology, volumetric_);
  }
  stimulus.evaluate(device_, input, stimulus_parameters(settings_->healing), fate_.data(), value_.data(),
                    largest_strain_.data());
  kernels::cell_kernels(device_).count_outside(device_, sites_->count(), largest_strain_.data(), 0,
                                               settings_->strain_limit, count_.data());
  step.overstrained_sites = static_cast<std::int64_t>(count_.to_host()[0]);
  step.stimulus_median = median(value_.to_host());
}

void BoneSolve::save(RegenerationState& state) const {
  state.doubles.emplace_back("fate", fate_.to_host());
  state.doubles.emplace_back("stimulus", value_.to_host());
  const SolverMemory m = solver_->memory();
  const auto as_floats = [](const std::vector<std::uint8_t>& v) { return std::vector<float>(v.begin(), v.end()); };
  state.floats.emplace_back("solver_built_modulus", m.built_modulus_mpa);
  state.floats.emplace_back("solver_built_palette", as_floats(m.built_palette_index));
  state.floats.emplace_back("solver_computed_modulus", m.computed_modulus_mpa);
  state.floats.emplace_back("solver_computed_palette", as_floats(m.computed_palette_index));
  std::vector<double> earlier;
  for (const std::vector<double>& u : m.earlier_mm) earlier.insert(earlier.end(), u.begin(), u.end());
  state.doubles.emplace_back("earlier_solutions", std::move(earlier));
  state.doubles.emplace_back("solver", std::vector<double>{m.computed_again ? 1.0 : 0.0, m.fresh_rate, m.last_rate,
                                                           m.smoother_bound, static_cast<double>(m.earlier_mm.size())});
}

void BoneSolve::restore_solver(const RegenerationState& state, Monitor& monitor) {
  const std::size_t elements = model_.mesh->element_count();
  const auto part = [&](const char* name) -> const std::vector<float>& {
    for (const auto& [key, values] : state.floats)
      if (key == name && values.empty()) return values;
    return saved_floats(state, name, elements);
  };
  const auto as_bytes = [](const std::vector<float>& v) { return std::vector<std::uint8_t>(v.begin(), v.end()); };
  const std::vector<double>& numbers = saved_doubles(state, "solver", 5);
  SolverMemory m;
  m.built_modulus_mpa = part("solver_built_modulus");
  m.built_palette_index = as_bytes(part("solver_built_palette"));
  m.computed_modulus_mpa = part("solver_computed_modulus");
  m.computed_palette_index = as_bytes(part("solver_computed_palette"));
  m.computed_again = numbers[0] != 0;
  m.fresh_rate = numbers[1];
  m.last_rate = numbers[2];
  m.smoother_bound = numbers[3];
  const std::size_t dof = std::size_t{3} * model_.mesh->node_count(), count = static_cast<std::size_t>(numbers[4]);
  const std::vector<double>& earlier = saved_doubles(state, "earlier_solutions", count * dof);
  for (std::size_t i = 0; i < count; ++i) {
    const auto first = earlier.begin() + static_cast<std::ptrdiff_t>(i * dof);
    m.earlier_mm.emplace_back(first, first + static_cast<std::ptrdiff_t>(dof));
  }
  solver_->restore(m, load_case_.constrained, monitor);
}

void BoneSolve::restore(const RegenerationState& state) {
  fate_.copy_from(saved_doubles(state, "fate", fate_.size()));
  value_.copy_from(saved_doubles(state, "stimulus", value_.size()));
}

}  // namespace osteon
