// SPDX-License-Identifier: Apache-2.0
// Model to results: solve, fields, reactions, failure load, risk.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis.hpp"
#include "osteon/core/error.hpp"
#include "osteon/core/machine.hpp"
#include "run_text.hpp"
#include "stopwatch.hpp"

namespace osteon::app {

namespace {

/// The judge's residual may differ from the solver's by rounding, not by this factor.
constexpr double k_residual_slack = 10;
constexpr double k_force_balance_limit = 1e-3;

/// Load cases by supports: those of a group share one set-up and can be solved together.
std::vector<std::vector<std::size_t>> groups_of_equal_supports(const std::vector<ResolvedLoadCase>& load_cases) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < load_cases.size(); ++i) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& group) {
      return load_cases[group.front()].constrained == load_cases[i].constrained;
    });
    if (same == groups.end())
      groups.push_back({i});
    else
      same->push_back(i);
  }
  return groups;
}

void scale(std::vector<double>& values, double factor) {
  for (double& value : values) value *= factor;
}

double main_reaction_n(const LoadCaseResult& result) {
  return result.reactions.reaction_force_n[static_cast<std::size_t>(result.load_case.displacement_axis)];
}

/// The problem is linear: the unit-strain solution times force / reaction carries the force asked for.
void scale_to_force(const ElasticModel& model, LoadCaseResult& result, std::vector<double>& displacement_mm) {
  const double reaction_n = main_reaction_n(result);
  if (!result.solve.converged && !std::isfinite(reaction_n)) return;  // judged and marked as not converged
  if (!(std::abs(reaction_n) > 0)) {
    throw InputError(
        fmt::format("load case '{}': the loaded end carries no force, so no force can be put on it; is the "
                    "bone connected from end to end?",
                    result.load_case.spec.name));
  }
  const double factor = *result.load_case.spec.force_n / reaction_n;
  scale(displacement_mm, factor);
  result.load_case.prescribed_mm.scale(factor);
  result.load_case.applied_displacement_mm *= factor;
  result.reactions = evaluate_reactions(model, result.load_case, displacement_mm, result.check, nullptr);
}

/// Collects the fields of one load case for the file and their statistics for the summary.
class FieldCollector {
 public:
  FieldCollector(const Case& wanted, const std::string& suffix, LoadCaseResult& result,
                 std::vector<OutputField>& fields)
      : wanted_(wanted), suffix_(suffix), result_(result), fields_(fields) {}

  template <class T>
  void scalar(const std::string& name, const std::string& unit, const std::vector<T>& values, bool always_counted) {
    const bool stored = wanted_.wants_field(name);
    if (stored || always_counted) count(name, unit, std::vector<double>(values.begin(), values.end()));
    if (stored) store(name, FieldLocation::cell, 1, unit, std::vector<float>(values.begin(), values.end()));
  }

  void tensor(const std::string& name, int components, const std::string& unit, std::vector<float> values) {
    if (wanted_.wants_field(name)) store(name, FieldLocation::cell, components, unit, std::move(values));
  }

  void risk(const std::string& criterion, std::vector<float> values) {
    const std::string name = "RiskFactor_" + criterion;
    count(name, "1", std::vector<double>(values.begin(), values.end()));
    store(name, FieldLocation::cell, 1, "1", std::move(values));
  }

  /// Statistics are of the magnitude.
  void displacement(const std::vector<double>& u) {
    if (!wanted_.wants_field("Displacement")) return;
    std::vector<double> magnitude(u.size() / 3);
    for (std::size_t n = 0; n < magnitude.size(); ++n) magnitude[n] = std::hypot(u[3 * n], u[3 * n + 1], u[3 * n + 2]);
    count("Displacement", "mm", magnitude);
    store("Displacement", FieldLocation::point, 3, "mm", std::vector<float>(u.begin(), u.end()));
  }

 private:
  void count(const std::string& name, const std::string& unit, const std::vector<double>& values) {
    result_.statistics.emplace_back(name, field_statistics(values, unit));
  }
  void store(const std::string& name, FieldLocation location, int components, const std::string& unit,
             std::vector<float> values) {
    OutputField field;
    field.name = name + suffix_;
    field.location = location;
    field.components = components;
    field.unit = unit;
    field.values = std::move(values);
    fields_.push_back(std::move(field));
  }

  const Case& wanted_;
  const std::string& suffix_;
  LoadCaseResult& result_;
  std::vector<OutputField>& fields_;
};

bool has_failure_load(const LoadCaseResult& result) {
  const LoadType type = result.load_case.spec.type;
  const bool translates = type == LoadType::axial || type == LoadType::uniaxial || type == LoadType::confined ||
                          type == LoadType::shear || type == LoadType::free;
  return translates && result.load_case.applied_displacement_mm != 0 &&
         std::isfinite(result.reactions.stiffness_n_per_mm);
}

/// A bone without a failure load still has its fields: what stands against it becomes a warning.
void add_failure_load(const Case& wanted, const BoneModel& model, const ElementFields& computed, LoadCaseResult& result,
                      Monitor& monitor) {
  try {
    result.pistoia = pistoia_failure_load(model.elastic.material, computed.effective_strain, main_reaction_n(result),
                                          wanted.pistoia);
  } catch (const InputError& error) {
    monitor.warn(fmt::format("load case '{}': no failure load: {}", result.load_case.spec.name, error.what()));
  }
}

/// Fields, failure load and risk of one solved load case.
void evaluate(const Case& wanted, const BoneModel& model, const std::string& suffix,
              const std::vector<double>& displacement_mm, LoadCaseResult& result, std::vector<OutputField>& fields,
              Monitor& monitor) {
  FieldRequest request;
  request.tensors = wanted.wants_field("Strain") || wanted.wants_field("Stress");
  request.principal = wanted.wants_field("PrincipalStrain");
  request.von_mises = wanted.wants_field("VonMisesStress");
  request.mean_energy = wanted.wants_field("StrainEnergyDensityMean");
  ElementFields computed = compute_fields(model.elastic, displacement_mm, with_fields_for(wanted.criteria, request));

  FieldCollector collector(wanted, suffix, result, fields);
  collector.displacement(displacement_mm);
  collector.scalar("StrainEnergyDensity", "MPa", computed.energy_density, true);
  collector.scalar("EffectiveStrain", "1", computed.effective_strain, true);
  collector.scalar("VonMisesStress", "MPa", computed.von_mises_mpa, false);
  collector.scalar("StrainEnergyDensityMean", "MPa", computed.mean_energy_density, false);
  if (has_failure_load(result)) add_failure_load(wanted, model, computed, result, monitor);
  std::vector<std::vector<float>> risk = risk_factors(wanted.criteria, computed, model.elastic.material);
  for (std::size_t i = 0; i < risk.size(); ++i) {
    result.risk.push_back(summarise_risk(wanted.criteria[i], risk[i], model.elastic, wanted.risk_summary));
    collector.risk(wanted.criteria[i].id, std::move(risk[i]));
  }
  collector.tensor("PrincipalStrain", 3, "1", std::move(computed.principal_strain));
  collector.tensor("Strain", 6, "1", std::move(computed.strain));
  collector.tensor("Stress", 6, "MPa", std::move(computed.stress));
}

/// Fields that belong to the model, not to a load case.
void add_model_fields(const Case& wanted, BoneModel& model, std::vector<OutputField>& fields) {
  const MaterialField& material = model.elastic.material;
  const auto add = [&](const char* name, const char* unit) -> OutputField& {
    OutputField field;
    field.name = name;
    field.unit = unit;
    fields.push_back(std::move(field));
    return fields.back();
  };
  if (wanted.wants_field("MaterialID")) {
    OutputField& field = add("MaterialID", "1");
    field.values_i32.reserve(material.material_index.size());
    for (const std::uint8_t index : material.material_index)
      field.values_i32.push_back(material.materials[index].label);
  }
  if (wanted.wants_field("YoungsModulus")) add("YoungsModulus", "MPa").values = material.modulus_mpa;
  if (wanted.wants_field("Density")) add("Density", "mgHA/cm3").values = std::move(model.density);
}

/// `shared_with`: the load case whose set-up served this one too, or null.
void judge(const LoadCaseResult& result, const std::string* shared_with, double tolerance, Monitor& monitor) {
  const std::string& name = result.load_case.spec.name;
  const SolveReport& solve = result.solve;
  const std::string setup = shared_with != nullptr ? fmt::format("set-up shared with {}", *shared_with)
                                                   : fmt::format("set-up {:.3f} s", solve.setup_s);
  const std::string share =
      solve.solved_together > 1 ? fmt::format(", its share of {} solved together", solve.solved_together) : "";
  monitor.note(fmt::format("{}: {}, solve {:.3f} s{}", name, setup, solve.solve_s, share));
  monitor.note(
      fmt::format("{}: {}, {} iterations, residual {:.2e}, independent residual {:.2e}, force balance {:.1e}, "
                  "energy {:.1e}",
                  name, solve.method, solve.iterations, solve.relative_residual, result.check.relative_residual,
                  result.check.force_balance_error, result.check.energy_error));
  if (!solve.converged) {
    monitor.warn(fmt::format("load case '{}' did not converge: {}; its fields are written but must not be trusted",
                             name, solve.failure));
  } else if (!(result.check.relative_residual <= k_residual_slack * std::max(tolerance, solve.relative_residual))) {
    monitor.warn(fmt::format("load case '{}': the independent residual {:.2e} is far above the solver's {:.2e}", name,
                             result.check.relative_residual, solve.relative_residual));
  } else if (!(result.check.force_balance_error <= k_force_balance_limit)) {
    monitor.warn(fmt::format("load case '{}': reactions and loads do not balance ({:.1e}); lower solver.tolerance",
                             name, result.check.force_balance_error));
  }
}

/// Solves the load cases of a model, group by group and batch by batch, and fills the analysis.
class LoadCaseRun {
 public:
  LoadCaseRun(const Case& wanted, BoneModel& model, Device& device, StageTimes& times, Monitor& monitor,
              Analysis& analysis)
      : wanted_(wanted), model_(model), device_(device), times_(times), monitor_(monitor), analysis_(analysis) {}

  void run() {
    const std::size_t count = model_.load_cases.size();
    analysis_.results.resize(count);
    analysis_.residual_histories.resize(count);
    strain_states_.resize(wanted_.homogenise_first ? 6 : 0);
    fields_.resize(count);
    const auto groups = groups_of_equal_supports(model_.load_cases);
    solver_ = std::make_unique<ElasticSolver>(device_, elastic_problem(model_), wanted_.solver);
    const std::size_t most = static_cast<std::size_t>(solver_->block_columns());
    for (const std::vector<std::size_t>& group : groups)
      for (std::size_t first = 0; first < group.size(); first += most) {
        const auto begin = group.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(std::min(most, group.size() - first));
        solve_batch({begin, end}, &group == &groups.back() && end == group.end());
      }
    finish();
  }

 private:
  void solve_batch(const std::vector<std::size_t>& batch, bool is_last) {
    std::vector<LoadCaseResult> results(batch.size());
    std::vector<LinearSystem> systems(batch.size());
    for (std::size_t k = 0; k < batch.size(); ++k) {
      ResolvedLoadCase& load_case = results[k].load_case = std::move(model_.load_cases[batch[k]]);
      systems[k].constrained = &load_case.constrained;
      systems[k].prescribed_mm = &load_case.prescribed_mm;
      systems[k].force_n = load_case.force_n.empty() ? nullptr : &load_case.force_n;
    }
    std::vector<LinearSolution> solutions;
    const auto take_all = [&] {
      for (std::size_t k = 0; k < batch.size(); ++k)
        if (!solutions[k].displacement_mm.empty()) take(batch[k], std::move(results[k]), std::move(solutions[k]));
    };
    try {
      solver_->solve(systems, solutions, monitor_);
    } catch (const Interrupted&) {  // what is solved is kept
      solver_.reset();
      if (!solutions.empty()) take_all();
      throw;
    }
    if (is_last) {  // its memory is for the fields now
      solver_.reset();
      return_freed_memory();
    }
    take_all();
    monitor_.check_interrupt();
  }

  /// Everything that follows from the solution of load case i.
  void take(std::size_t i, LoadCaseResult result, LinearSolution solution) {
    result.solve = std::move(solution.report);
    std::vector<double> displacement_mm = std::move(solution.displacement_mm);
    times_.setup += result.solve.setup_s;
    times_.solve += result.solve.solve_s;

    Stopwatch watch;
    const std::string& name = result.load_case.spec.name;
    monitor_.progress("evaluate", -1, name);
    result.reactions = evaluate_reactions(model_.elastic, result.load_case, displacement_mm, result.check, nullptr);
    if (result.load_case.spec.force_n) scale_to_force(model_.elastic, result, displacement_mm);
    const bool shared = previous_ != nullptr && previous_->load_case.constrained == result.load_case.constrained;
    judge(result, shared ? &previous_->load_case.spec.name : nullptr, wanted_.solver.tolerance, monitor_);
    evaluate(wanted_, model_, fields_.size() > 1 ? "_" + name : "", displacement_mm, result, fields_[i], monitor_);
    if (wanted_.homogenise_first && i >= *wanted_.homogenise_first && i < *wanted_.homogenise_first + 6)
      strain_states_[i - *wanted_.homogenise_first] = std::move(displacement_mm);
    analysis_.residual_histories[i] = result.solve.residual_history;
    std::string lines = result_lines(wanted_, result);
    lines.pop_back();  // its last newline
    monitor_.note("result\n" + lines);
    analysis_.results[i] = std::move(result);
    previous_ = &*analysis_.results[i];
    times_.post += watch.lap();
  }

  void finish() {
    Stopwatch watch;
    if (wanted_.homogenise_first && all_converged(analysis_))
      analysis_.homogenised = homogenise(model_.elastic, strain_states_, wanted_.homogenise_strain);
    for (std::vector<OutputField>& part : fields_)
      std::move(part.begin(), part.end(), std::back_inserter(analysis_.fields));
    add_model_fields(wanted_, model_, analysis_.fields);
    times_.post += watch.lap();
  }

  const Case& wanted_;
  BoneModel& model_;
  Device& device_;
  StageTimes& times_;
  Monitor& monitor_;
  Analysis& analysis_;
  std::unique_ptr<ElasticSolver> solver_;
  std::vector<std::vector<double>> strain_states_;  ///< displacements, for the homogenised stiffness
  std::vector<std::vector<OutputField>> fields_;    ///< by load case
  const LoadCaseResult* previous_ = nullptr;
};

}  // namespace

ElasticProblem elastic_problem(const BoneModel& model) {
  const VoxelMesh& mesh = *model.elastic.mesh;
  const MaterialField& material = model.elastic.material;
  return {mesh.view(),           mesh.spacing_mm(),     &material.palette, &material.palette_index,
          &material.modulus_mpa, &mesh.node_positions()};
}

bool all_converged(const Analysis& analysis) {
  return std::all_of(analysis.results.begin(), analysis.results.end(),
                     [](const std::optional<LoadCaseResult>& r) { return r && r->solve.converged; });
}

void run_load_cases(const Case& wanted, BoneModel& model, Device& device, StageTimes& times, Monitor& monitor,
                    Analysis& analysis) {
  const VoxelMesh& mesh = *model.elastic.mesh;
  require_memory(device, mesh.node_count(), mesh.element_count(), wanted.solver);
  LoadCaseRun(wanted, model, device, times, monitor, analysis).run();
}

int solved_together(const Case& wanted, const BoneModel& model, const Device& device) {
  std::size_t largest = 1;
  for (const auto& group : groups_of_equal_supports(model.load_cases)) largest = std::max(largest, group.size());
  const VoxelMesh& mesh = *model.elastic.mesh;
  const int most = columns_that_fit(device, mesh.node_count(), mesh.element_count(), wanted.solver);
  return std::min(most, static_cast<int>(largest));
}

}  // namespace osteon::app
