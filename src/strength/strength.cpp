// SPDX-License-Identifier: Apache-2.0
// From a load case to its curve: laws, the path, and which tissue went first.
#include "osteon/strength/strength.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

void require(bool holds, const std::string& message) {
  if (!holds) throw UsageError("strength: " + message);
}

void check_settings(const StrengthSettings& s) {
  const bool mises = s.law == YieldLaw::von_mises;
  require(!mises || s.yield_strain > 0, "law von_mises needs yield_strain > 0 (yield stress over Young's modulus)");
  require(mises || (s.tensile_yield_strain > 0 && s.compressive_yield_strain >= s.tensile_yield_strain),
          fmt::format("yield strains must be positive and compression at least as strong as tension, not {:g} and {:g}",
                      s.tensile_yield_strain, s.compressive_yield_strain));
  require(s.post_yield_ratio >= 0 && s.post_yield_ratio < 1, "post_yield_ratio must be >= 0 and < 1");
  require(s.shape > -1 && s.shape <= 0.5, "shape must be > -1 and <= 0.5");
  require(s.damage_limit >= 0 && s.damage_limit < 1 && s.damage_rate >= 0,
          "damage_limit must be >= 0 and < 1, and damage_rate >= 0");
  require(!s.load_factors.empty() && s.load_factors.front() != 0, "load_factors must begin with one that is not 0");
  for (std::size_t i = 1; i < s.load_factors.size(); ++i)
    require(s.load_factors[i] != s.load_factors[i - 1], "two load_factors in a row are equal");
}

/// Displacement and force whose product is work: of all loads of the case as one.
class Conjugate {
 public:
  Conjugate(const ResolvedLoadCase& load_case, double first_factor)
      : load_case_(load_case), sign_(first_factor < 0 ? -1 : 1) {
    require(load_case.spec.type != LoadType::strain,
            fmt::format("load case '{}' prescribes a uniform strain and has no force over displacement; use axial, "
                        "uniaxial, confined, shear, bending, torsion or free",
                        load_case.spec.name));
    for (const double u : load_case.prescribed_mm.values()) amount_ = std::max(amount_, std::fabs(u));
    by_force_ = amount_ == 0;
    if (is_rotation())
      amount_ = std::fabs(load_case.spec.angle_rad.value_or(0));
    else if (load_case.applied_displacement_mm != 0)
      amount_ = std::fabs(load_case.applied_displacement_mm);
    for (std::size_t i = 0; by_force_ && i < load_case.force_n.size(); i += 3)
      amount_ += std::hypot(load_case.force_n[i], load_case.force_n[i + 1], load_case.force_n[i + 2]);
  }

  bool is_rotation() const {
    return load_case_.spec.type == LoadType::bending || load_case_.spec.type == LoadType::torsion;
  }

  void fill(const LoadStep& step, StrengthPoint& point) const {
    double sum = 0;
    if (by_force_) {
      for (std::size_t i = 0; i < load_case_.force_n.size(); ++i)
        sum += load_case_.force_n[i] * step.displacement_mm[i];
      point.force = sign_ * step.factor * amount_;
      point.displacement = sign_ * sum / amount_;
      return;
    }
    const std::vector<std::uint32_t>& nodes = load_case_.prescribed_mm.nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (std::size_t c = 0; c < 3; ++c)
        sum += load_case_.prescribed_mm.values()[3 * i + c] * step.internal_force_n[std::size_t{3} * nodes[i] + c];
    point.force = sign_ * sum / amount_;
    point.displacement = sign_ * step.factor * amount_;
  }

 private:
  const ResolvedLoadCase& load_case_;
  double sign_;
  double amount_ = 0;  ///< mm or rad at load factor 1; by force: N in all
  bool by_force_ = false;
};

/// Takes the converged steps.
class Recorder {
 public:
  Recorder(const ElasticModel& model, const ResolvedLoadCase& load_case, const StrengthSettings& settings,
           StrengthResult& result)
      : model_(model),
        load_case_(load_case),
        settings_(settings),
        result_(result),
        conjugate_(load_case, settings.load_factors.front()) {
    const std::size_t materials = model.material.materials.size();
    volume_.assign(materials, 0);
    for (const std::uint8_t m : model.material.material_index) ++volume_[m];
    result.first_yield_factor.assign(materials, {});
    if (conjugate_.is_rotation()) result.displacement_unit = "rad", result.force_unit = "N mm";
  }

  bool take(const LoadStep& step) {
    StrengthPoint point;
    point.load_factor = step.factor;
    conjugate_.fill(step, point);
    point.work_mj = step.external_work_mj;
    point.stored_mj = step.stored_mj;
    point.dissipated_mj = step.dissipated_mj;
    point.newton_iterations = step.newton_iterations;
    point.linear_iterations = step.linear_iterations;
    note_tissue(step, point);
    largest_work_ = std::max(largest_work_, std::fabs(point.work_mj));
    worst_balance_ = std::max(worst_balance_, std::fabs(point.work_mj - point.stored_mj - point.dissipated_mj));
    if (largest_work_ > 0) result_.energy_balance_error = worst_balance_ / largest_work_;
    const double peak = result_.ultimate.force;
    result_.curve.push_back(std::move(point));
    read_curve(settings_.offset_strain, conjugate_.is_rotation() ? 0 : load_case_.length_mm, result_);
    const bool dropped = settings_.stop_after_drop > 0 && settings_.load_factors.size() == 1 &&
                         result_.curve.back().force < (1 - settings_.stop_after_drop) * peak;
    if (dropped)
      result_.notes.push_back(fmt::format("ended at load factor {:.4g}: the force fell {:.0f} % below its peak",
                                          step.factor, 100 * settings_.stop_after_drop));
    return !dropped;
  }

  void set_fields(const PlasticState& state) {
    for (std::vector<float>* field : {&result_.plastic_strain, &result_.damage, &result_.failed})
      field->assign(model_.mesh->element_count(), 0);
    for (std::size_t i = 0; i < state.elements.size(); ++i) {
      const std::uint32_t e = state.elements[i];
      result_.plastic_strain[e] = static_cast<float>(state.plastic_strain[i]);
      result_.damage[e] = static_cast<float>(state.damage[i]);
      result_.failed[e] = state.plastic_strain[i] >= settings_.failed_plastic_strain ? 1 : 0;
    }
  }

  TissueEvent event(double factor, std::uint32_t element) const {
    const MaterialField& material = model_.material;
    return {factor, element, model_.mesh->element_positions()[element],
            material.materials[material.material_index[element]].name};
  }

 private:
  void note_tissue(const LoadStep& step, StrengthPoint& point) {
    const PlasticState& state = step.plastic;
    point.yielded_percent.assign(volume_.size(), 0);
    std::size_t worst = state.elements.size();
    for (std::size_t i = 0; i < state.elements.size(); ++i) {
      const std::uint8_t m = model_.material.material_index[state.elements[i]];
      point.yielded_percent[m] += state.yielded_share[i];
      if (state.yielded_share[i] > 0 && !result_.first_yield_factor[m]) result_.first_yield_factor[m] = step.factor;
      if (worst == state.elements.size() || state.plastic_strain[i] > state.plastic_strain[worst]) worst = i;
    }
    for (std::size_t m = 0; m < volume_.size(); ++m)
      if (volume_[m] > 0) point.yielded_percent[m] *= 100 / volume_[m];
    if (!result_.first_failed && worst < state.elements.size() &&
        state.plastic_strain[worst] >= settings_.failed_plastic_strain)
      result_.first_failed = event(step.factor, state.elements[worst]);
  }

  const ElasticModel& model_;
  const ResolvedLoadCase& load_case_;
  const StrengthSettings& settings_;
  StrengthResult& result_;
  Conjugate conjugate_;
  std::vector<double> volume_;  ///< voxels of each material
  double largest_work_ = 0, worst_balance_ = 0;
};

/// Poisson's ratio of the palette entry that the material's voxels use; throws where it has none.
double poisson_ratio_of(const Elasticity& unit_law, const std::string& name) {
  const double lambda = unit_law.normal[0][1], shear = unit_law.shear[0];
  const Elasticity isotropic = isotropic_elasticity(1, lambda / (2 * (lambda + shear)));
  for (int i = 0; i < 3; ++i) {
    require(
        std::fabs(unit_law.shear[i] - isotropic.shear[i]) < 1e-9,
        fmt::format("material '{}' is orthotropic, and the yield laws are for isotropic material; give it a Young's "
                    "modulus, or set evaluate = false to keep it elastic",
                    name));
    for (int j = 0; j < 3; ++j)
      require(std::fabs(unit_law.normal[i][j] - isotropic.normal[i][j]) < 1e-9,
              fmt::format("material '{}' is orthotropic, and the yield laws are for isotropic material", name));
  }
  return lambda / (2 * (lambda + shear));
}

}  // namespace

std::vector<PlasticLaw> plastic_laws(const MaterialField& material, const StrengthSettings& settings) {
  check_settings(settings);
  std::vector<PlasticLaw> laws(material.materials.size());
  std::vector<int> entry(laws.size(), -1);
  for (std::size_t e = 0; e < material.material_index.size(); ++e) {
    int& used = entry[material.material_index[e]];
    if (used >= 0 && used != material.palette_index[e])
      throw UsageError(fmt::format("strength: voxels of material '{}' have different elastic laws",
                                   material.materials[material.material_index[e]].name));
    used = material.palette_index[e];
  }
  const bool mises = settings.law == YieldLaw::von_mises;
  for (std::size_t m = 0; m < laws.size(); ++m) {
    if (entry[m] < 0 || !material.materials[m].in_evaluation_set) continue;
    const double nu =
        poisson_ratio_of(material.palette[static_cast<std::size_t>(entry[m])], material.materials[m].name);
    laws[m] = mises ? plastic_law(nu, settings.yield_strain, settings.yield_strain, settings.post_yield_ratio, 0.5)
                    : plastic_law(nu, settings.tensile_yield_strain, settings.compressive_yield_strain,
                                  settings.post_yield_ratio, settings.shape);
    laws[m].damage_limit = settings.damage_limit;
    laws[m].damage_rate = settings.damage_rate;
  }
  return laws;
}

StrengthMemory strength_memory(std::uint32_t nodes, std::uint32_t elements) {
  // Per node three vectors of fp64; per element its law and utilisation; per listed element state, tangent, forces,
  // places (kernels/plastic/plastic.hpp) and its share of the lists of nodes.
  constexpr std::size_t k_node = 72, k_element = 9, k_listed = 448 + 640 + 192 + 36 + 40 + 44;
  const std::size_t always = k_node * nodes + k_element * elements;
  return {always, always + k_listed * elements};
}

void run_strength(Device& device, const ElasticModel& model, const ResolvedLoadCase& load_case,
                  const StrengthSettings& settings, StrengthResult& result, Monitor& monitor) {
  const std::vector<PlasticLaw> laws = plastic_laws(model.material, settings);
  result = StrengthResult{};
  result.load_case = load_case.spec.name;
  Recorder recorder(model, load_case, settings, result);
  const VoxelMesh& mesh = *model.mesh;
  const ElasticProblem problem{mesh.view(),
                               mesh.spacing_mm(),
                               &model.material.palette,
                               &model.material.palette_index,
                               &model.material.modulus_mpa,
                               &mesh.node_positions()};
  ElastoplasticSolver solver(device, problem, {&laws, &model.material.material_index}, settings.solver);
  LinearSystem unit;
  unit.constrained = &load_case.constrained;
  unit.prescribed_mm = &load_case.prescribed_mm;
  unit.force_n = load_case.force_n.empty() ? nullptr : &load_case.force_n;
  const ElastoplasticSolution solution = solver.run(
      unit, settings.load_factors, [&](const LoadStep& step) { return recorder.take(step); }, result.solver, monitor);
  if (result.solver.first_yield_factor != 0) {
    result.first_yield = recorder.event(result.solver.first_yield_factor, result.solver.first_yield_element);
    result.first_yield_factor[model.material.material_index[result.solver.first_yield_element]] =
        result.solver.first_yield_factor;
  }
  recorder.set_fields(solution.plastic);
}

}  // namespace osteon
