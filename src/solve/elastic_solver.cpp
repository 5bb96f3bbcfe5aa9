// SPDX-License-Identifier: Apache-2.0
// Orchestration: which hierarchy serves a solve, and how many systems are solved together.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "block_cg.hpp"
#include "constraint_list.hpp"
#include "earlier_solutions.hpp"
#include "fine_operator.hpp"
#include "galerkin.hpp"
#include "host_grid.hpp"
#include "multigrid.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

namespace {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

struct ElasticSolver::Impl {
  Device& device;
  ElasticProblem problem;
  SolverSettings settings;
  int block_columns;  ///< from what was free before anything was built
  HostGrid grid;
  FineOperator fine;

  std::vector<std::uint8_t> constrained;  ///< set the hierarchy was built for
  ConstraintList constraints;
  std::unique_ptr<VoxelPreconditioner> preconditioner;
  EarlierSolutions earlier;     ///< of the present constrained set
  bool moduli_changed = false;  ///< since the preconditioner last saw them
  double fresh_rate = 0;        ///< iterations per decade of the first solve after it was built, 0 = none yet
  bool computed_again = false;  ///< the last set-up: values for new moduli, old aggregates
  double last_rate = 0;         ///< of the last solve, infinite when it did not converge
  bool keeps_memory = false;
  SolverMemory kept;  ///< moduli the hierarchy was made for, when they are kept

  Impl(Device& device_in, const ElasticProblem& problem_in, const SolverSettings& settings_in)
      : device(device_in),
        problem(problem_in),
        settings(settings_in),
        block_columns(columns_that_fit(device, problem.grid.node_count, problem.grid.element_count, settings)),
        grid(problem.grid),
        fine(device, problem),
        earlier(device, std::size_t{3} * problem.grid.node_count, settings.earlier_solutions) {}

  /// Makes the preconditioner fit the supports and the moduli.
  SetUp prepare(const std::vector<std::uint8_t>& mask, Monitor& monitor) {
    constexpr double k_worn_out = 1.2;
    if (preconditioner != nullptr && mask == constrained) {
      if (!moduli_changed) return SetUp::kept;
      moduli_changed = false;
      const bool worn_out = last_rate > k_worn_out * fresh_rate;
      if (!worn_out) {
        preconditioner->follow_moduli(grid, problem, mask);
        computed_again = false;
        return SetUp::refreshed;
      }
      // Values first; if they do not help, the aggregates themselves are worn out. So they are after a solve that did
      // not converge.
      if (!computed_again && std::isfinite(last_rate) && preconditioner->compute_again(monitor)) {
        computed_again = true;
        if (keeps_memory) {
          kept.computed_modulus_mpa = *problem.modulus_mpa;
          kept.computed_palette_index = *problem.palette_index;
        }
        return SetUp::recomputed;
      }
    }
    build(mask, monitor);
    return SetUp::built;
  }

  void build(const std::vector<std::uint8_t>& mask, Monitor& monitor) {
    moduli_changed = false;
    computed_again = false;
    fresh_rate = last_rate = 0;
    kept = SolverMemory{};
    if (keeps_memory) {
      kept.built_modulus_mpa = *problem.modulus_mpa;
      kept.built_palette_index = *problem.palette_index;
    }
    if (mask != constrained) earlier.forget();
    preconditioner.reset();  // before the new one is built: both together might not fit
    constraints = ConstraintList(device, mask);
    constrained = mask;
    preconditioner = make_preconditioner(fine, grid, problem, mask, settings, monitor);
  }

  void set_material(const std::vector<float>& modulus_mpa, const std::vector<std::uint8_t>& palette_index) {
    problem.modulus_mpa = &modulus_mpa;
    problem.palette_index = &palette_index;
    fine.set_moduli(modulus_mpa);
    fine.set_palette_index(palette_index);
  }

  /// The same hierarchy from the moduli it was made for, then back to the present ones.
  void restore(const SolverMemory& memory, const std::vector<std::uint8_t>& mask, Monitor& monitor) {
    if (memory.built_modulus_mpa.empty()) return;
    const std::vector<float>& modulus = *problem.modulus_mpa;
    const std::vector<std::uint8_t>& palette = *problem.palette_index;
    set_material(memory.built_modulus_mpa, memory.built_palette_index);
    build(mask, monitor);
    if (!memory.computed_modulus_mpa.empty()) {
      set_material(memory.computed_modulus_mpa, memory.computed_palette_index);
      preconditioner->compute_again(monitor);
    }
    set_material(modulus, palette);
    preconditioner->set_smoother_bound(memory.smoother_bound);
    kept = memory;
    computed_again = memory.computed_again;
    earlier.restore(memory.earlier_mm);
    fresh_rate = memory.fresh_rate;
    last_rate = memory.last_rate;
    moduli_changed = true;
  }

  /// Keeps how fast the preconditioner lets the residual fall.
  void note_rate(const SolveReport& report) {
    if (report.residual_history.empty() || report.residual_history[0] == 0) return;  // nothing was to be solved
    if (!report.converged) last_rate = std::numeric_limits<double>::infinity();
    if (report.iterations == 0 || !report.converged) return;
    const double decades = std::log10(report.residual_history.front() / report.residual_history.back());
    if (!(decades > 0)) return;
    last_rate = report.iterations / decades;
    if (fresh_rate == 0) fresh_rate = last_rate;
  }

  /// Solves up to block_columns systems in lock-step.
  void solve_together(const LinearSystem* systems, LinearSolution* solutions, std::size_t count, Monitor& monitor) {
    const Stopwatch setup;
    const SetUp done = prepare(*systems[0].constrained, monitor);
    const double setup_s = setup.seconds();
    const Stopwatch watch;
    double more_setup_s = 0;
    for (std::size_t i = 0; i < count; ++i) {  // the set-up is the first one's, the others share it
      SolveReport& report = solutions[i].report;
      report.setup = i == 0 ? done : SetUp::kept;
      report.setup_s = i == 0 ? setup_s : 0;
      report.method = "CG (fp64) + " + preconditioner->description();
      report.level_dof = preconditioner->level_dof();
      report.solved_together = static_cast<int>(count);
    }
    const auto share_time = [&] {
      const double solve_s = (watch.seconds() - more_setup_s) / static_cast<double>(count);
      for (std::size_t i = 0; i < count; ++i) solutions[i].report.solve_s = solve_s;
    };
    try {
      bool solved = run(systems, solutions, count, most_iterations(done), monitor);
      while (!solved) {
        const Stopwatch again;
        const SetUp now = solutions[0].report.setup = renew(monitor);
        more_setup_s += again.seconds();
        solved = go_on(systems, solutions, count, most_iterations(now), monitor);
      }
    } catch (const Interrupted&) {  // some may be done
      share_time();
      throw;
    }
    share_time();
    solutions[0].report.setup_s += more_setup_s;
  }

  /// A hierarchy that fits the moduli better than the one that just proved too slow.
  SetUp renew(Monitor& monitor) {
    last_rate = std::numeric_limits<double>::max();
    moduli_changed = true;
    const std::vector<std::uint8_t> mask = constrained;
    return prepare(mask, monitor);
  }

  /// After this many iterations a new hierarchy is cheaper than more of them with one that was made for other moduli.
  int most_iterations(SetUp done) const {
    constexpr double k_slower = 3, k_more = 5;
    if (done == SetUp::built || done == SetUp::kept || fresh_rate == 0) return settings.max_iterations;
    const double usual = -fresh_rate * std::log10(settings.tolerance);
    return std::min(settings.max_iterations, static_cast<int>(k_slower * usual + k_more));
  }

  /// False when a hierarchy made for other moduli did not lead to all solutions within `iterations`.
  bool run(const LinearSystem* systems, LinearSolution* solutions, std::size_t count, int iterations,
           Monitor& monitor) {
    SolverSettings limited = settings;
    limited.max_iterations = iterations;
    BlockCg cg(fine, constraints.view(), limited, static_cast<int>(count),
               settings.earlier_solutions > 0 ? &earlier : nullptr);
    for (std::size_t i = 0; i < count; ++i) cg.add(systems[i], solutions[i]);
    cg.run(*preconditioner, monitor);
    for (std::size_t i = 0; i < count; ++i) note_rate(solutions[i].report);
    return iterations == settings.max_iterations ||
           std::all_of(solutions, solutions + count, [](const LinearSolution& s) { return s.report.converged; });
  }

  /// The same for those that are not solved yet, from where they are.
  bool go_on(const LinearSystem* systems, LinearSolution* solutions, std::size_t count, int iterations,
             Monitor& monitor) {
    std::vector<LinearSystem> left;
    std::vector<LinearSolution*> whole;
    for (std::size_t i = 0; i < count; ++i) {
      if (solutions[i].report.converged) continue;
      whole.push_back(&solutions[i]);
      left.push_back(systems[i]);
      left.back().initial_mm = &solutions[i].displacement_mm;
    }
    std::vector<LinearSolution> more(left.size());
    const bool solved = run(left.data(), more.data(), left.size(), iterations, monitor);
    for (std::size_t k = 0; k < left.size(); ++k) {
      append(whole[k]->report, more[k].report);
      whole[k]->displacement_mm = std::move(more[k].displacement_mm);
      whole[k]->report.level_dof = preconditioner->level_dof();
    }
    return solved;
  }

  static void append(SolveReport& whole, const SolveReport& more) {
    whole.iterations += more.iterations;
    whole.fine_operator_applications += more.fine_operator_applications;
    whole.cycle_s += more.cycle_s;
    whole.residual_history.insert(whole.residual_history.end(), more.residual_history.begin(),
                                  more.residual_history.end());
    whole.relative_residual = more.relative_residual;
    whole.energy_error = more.energy_error;
    whole.converged = more.converged;
    whole.failure = more.failure;
  }
};

ElasticSolver::ElasticSolver(Device& device, const ElasticProblem& problem, const SolverSettings& settings)
    : impl_(std::make_unique<Impl>(device, problem, settings)) {}

ElasticSolver::~ElasticSolver() = default;

std::vector<double> ElasticSolver::solve(const LinearSystem& system, SolveReport& report, Monitor& monitor) {
  std::vector<LinearSolution> solutions;
  solve(std::vector<LinearSystem>{system}, solutions, monitor);
  report = std::move(solutions[0].report);
  return std::move(solutions[0].displacement_mm);
}

void ElasticSolver::solve(const std::vector<LinearSystem>& systems, std::vector<LinearSolution>& solutions,
                          Monitor& monitor) {
  for (const LinearSystem& system : systems)
    if (*system.constrained != *systems[0].constrained)
      throw InternalError("systems that are solved together must have the same prescribed degrees of freedom");
  solutions.assign(systems.size(), LinearSolution{});
  const std::size_t most = static_cast<std::size_t>(impl_->block_columns);
  for (std::size_t first = 0; first < systems.size(); first += most)
    impl_->solve_together(systems.data() + first, solutions.data() + first, std::min(most, systems.size() - first),
                          monitor);
}

int ElasticSolver::block_columns() const { return impl_->block_columns; }

void ElasticSolver::set_moduli(const std::vector<float>& modulus_mpa) {
  OSTEON_ASSERT(modulus_mpa.size() == impl_->problem.modulus_mpa->size());
  impl_->problem.modulus_mpa = &modulus_mpa;
  impl_->fine.set_moduli(modulus_mpa);
  impl_->moduli_changed = true;
}

void ElasticSolver::set_material(const std::vector<float>& modulus_mpa,
                                 const std::vector<std::uint8_t>& palette_index) {
  OSTEON_ASSERT(modulus_mpa.size() == impl_->problem.modulus_mpa->size());
  OSTEON_ASSERT(palette_index.size() == impl_->problem.palette_index->size());
  impl_->set_material(modulus_mpa, palette_index);
  impl_->moduli_changed = true;
}

DeviceMaterial ElasticSolver::device_material() const {
  const kernels::StiffnessView<double> view = impl_->fine.view();
  return {view.grid, view.palette_index, view.modulus_mpa};
}

void ElasticSolver::keep_memory() { impl_->keeps_memory = true; }

SolverMemory ElasticSolver::memory() const {
  SolverMemory memory = impl_->kept;
  memory.computed_again = impl_->computed_again;
  memory.fresh_rate = impl_->fresh_rate;
  memory.last_rate = impl_->last_rate;
  memory.earlier_mm = impl_->earlier.to_host();
  if (impl_->preconditioner != nullptr) memory.smoother_bound = impl_->preconditioner->smoother_bound();
  return memory;
}

void ElasticSolver::restore(const SolverMemory& memory, const std::vector<std::uint8_t>& constrained,
                            Monitor& monitor) {
  OSTEON_ASSERT(impl_->keeps_memory);
  impl_->restore(memory, constrained, monitor);
}

std::vector<double> ElasticSolver::apply_stiffness(const std::vector<double>& u) {
  Impl& s = *impl_;
  Buffer<double> x(s.device, u), y(s.device, u.size());
  s.fine.apply(x.data(), y.data());
  return y.to_host();
}

}  // namespace osteon
