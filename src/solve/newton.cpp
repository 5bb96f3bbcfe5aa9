// SPDX-License-Identifier: Apache-2.0
#include "newton.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "block_cg.hpp"
#include "osteon/core/blocked_sum.hpp"

namespace osteon {

namespace {

/// Sum of term(i), i < n, with the same digits for any number of threads.
template <class Term>
double ordered_sum(std::size_t n, const Term& term) {
  return blocked_sum<double>(static_cast<std::int64_t>(n),
                             [&](std::int64_t i) { return term(static_cast<std::size_t>(i)); });
}

/// Lets interrupts through and keeps the progress of inner solves to itself.
class InnerMonitor final : public Monitor {
 public:
  explicit InnerMonitor(Monitor& outer) : outer_(outer) {}
  void check_interrupt() override { outer_.check_interrupt(); }

 private:
  Monitor& outer_;
};

/// How exactly the next linear system is solved: as the residual falls, so that quadratic convergence is kept
/// (Eisenstat and Walker 1996, SIAM J Sci Comput 17:16, choice 2), and no further than the stop rule needs.
double forcing(double residual, double before, double tolerance) {
  constexpr double k_least_exact = 0.1, k_gamma = 0.9, k_needed = 0.3;
  const double ratio = residual / before;
  return std::min(k_least_exact, std::max(k_gamma * ratio * ratio, k_needed * tolerance / residual));
}

}  // namespace

Newton::Newton(Device& device, const ElasticProblem& problem, const PlasticMaterial& material,
               const ElastoplasticSettings& settings)
    : settings_(settings),
      problem_(problem),
      grid_(problem.grid),
      fine_(device, problem),
      plastic_(fine_, problem, material),
      tangent_(fine_, plastic_),
      vectors_(kernels::vector_kernels<double>(device)),
      u_(device, fine_.dof_count()),
      other_(device, fine_.dof_count()),
      f_(device, fine_.dof_count()),
      sum_(device, 1) {}

void Newton::set_load(const LinearSystem& unit, Monitor& monitor) {
  unit_ = unit;
  if (preconditioner_ != nullptr && constrained_ == *unit.constrained) return;
  constrained_ = *unit.constrained;
  constraints_ = ConstraintList(fine_.device(), constrained_);
  preconditioner_ = make_preconditioner(fine_, grid_, problem_, constrained_, settings_.linear, monitor);
}

void Newton::evaluate(Equilibrium& at) {
  u_.copy_from(at.displacement_mm);
  plastic_.update(u_.data());
  fine_.apply_dot(1, u_.data(), f_.data(), sum_.data());
  plastic_.subtract_forces(f_.data());
  at.internal_force_n = f_.to_host();
  at.twice_elastic_mj = sum_.to_host()[0];
}

void Newton::commit(const Equilibrium& before, const Equilibrium& now) {
  other_.copy_from(before.displacement_mm);
  u_.copy_from(now.displacement_mm);
  plastic_.commit(other_.data(), u_.data());
}

std::pair<double, std::uint32_t> Newton::largest_utilisation(const Equilibrium& at) {
  u_.copy_from(at.displacement_mm);
  const std::vector<double> all = plastic_.utilisation(u_.data());
  const auto most = std::max_element(all.begin(), all.end());
  return {*most, static_cast<std::uint32_t>(most - all.begin())};
}

std::vector<double> Newton::unbalanced(const Equilibrium& at) const {
  std::vector<double> r(at.internal_force_n.size());
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = is_held(i) ? 0 : force(i, at.factor) - at.internal_force_n[i];
  return r;
}

/// direction . what is unbalanced: minus the slope of the energy along it.
double Newton::along(const std::vector<double>& direction, const Equilibrium& at) const {
  return ordered_sum(direction.size(), [&](std::size_t i) {
    return is_held(i) ? 0 : direction[i] * (force(i, at.factor) - at.internal_force_n[i]);
  });
}

double Newton::relative_residual(const Equilibrium& at) {
  const std::size_t n = at.internal_force_n.size();
  const double unbalanced = ordered_sum(n, [&](std::size_t i) {
    const double r = is_held(i) ? 0 : force(i, at.factor) - at.internal_force_n[i];
    return r * r;
  });
  const double forces = ordered_sum(n, [&](std::size_t i) {
    const double f = is_held(i) ? at.internal_force_n[i] : force(i, at.factor);
    return f * f;
  });
  if (std::isfinite(forces)) largest_force_ = std::max(largest_force_, std::sqrt(forces));
  return largest_force_ > 0 ? std::sqrt(unbalanced) / largest_force_ : std::sqrt(unbalanced);
}

/// relative_residual without plasticity, and without its reference.
double Newton::elastic_residual(Equilibrium& at) {
  u_.copy_from(at.displacement_mm);
  fine_.apply_dot(1, u_.data(), f_.data(), sum_.data());
  at.internal_force_n = f_.to_host();
  largest_force_ = 0;
  return relative_residual(at);
}

SolveReport Newton::solve_linear(const NodeValues& prescribed, const std::vector<double>& force, double tolerance,
                                 const std::vector<double>* guess, std::vector<double>& change, Monitor& monitor) {
  SolverSettings settings = settings_.linear;
  settings.tolerance = tolerance;
  settings.energy_tolerance = 0;
  LinearSystem system;
  system.constrained = unit_.constrained;
  system.prescribed_mm = &prescribed;
  system.force_n = &force;
  system.initial_mm = guess;
  LinearSolution solution;
  InnerMonitor inner(monitor);
  BlockCg cg(tangent_, constraints_.view(), settings, 1, nullptr);
  cg.add(system, solution);
  cg.run(*preconditioner_, inner);
  change = std::move(solution.displacement_mm);
  return solution.report;
}

NewtonOutcome Newton::solve_elastic(double factor, Equilibrium& found, Monitor& monitor) {
  NodeValues prescribed = *unit_.prescribed_mm;
  prescribed.scale(factor);
  std::vector<double> loads(fine_.dof_count());
  for (std::size_t i = 0; i < loads.size(); ++i) loads[i] = force(i, factor);
  NewtonOutcome outcome;
  found.factor = factor;
  double tolerance = std::min(settings_.linear.tolerance, settings_.tolerance);
  // The linear stop rule measures another size of force; where that is too kind, it goes on from where it stopped.
  for (int round = 0; round < 3; ++round) {
    const std::vector<double> guess = std::move(found.displacement_mm);
    const SolveReport report =
        solve_linear(prescribed, loads, tolerance, round == 0 ? nullptr : &guess, found.displacement_mm, monitor);
    outcome.linear_iterations += report.iterations;
    outcome.failure = report.converged ? "" : report.failure;
    outcome.relative_residual = elastic_residual(found);
    if (!report.converged || outcome.relative_residual <= settings_.tolerance) break;
    tolerance *= 0.5 * settings_.tolerance / outcome.relative_residual;
  }
  largest_force_ = 0;  // that of the equilibrium the caller goes on from counts
  return outcome;
}

void Newton::move(const std::vector<double>& change, Equilibrium& at) {
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < change.size(); ++i) at.displacement_mm[i] += change[i];
  evaluate(at);
}

NewtonOutcome Newton::step(const Equilibrium& from, double factor, const std::vector<double>& guess, Equilibrium& found,
                           Monitor& monitor) {
  constexpr double k_useful = 0.5, k_start = 0.01, k_second = 0.05, k_overshoot = 0.5;
  NewtonOutcome outcome;
  found = from;
  found.factor = factor;
  NodeValues prescribed = *unit_.prescribed_mm;
  prescribed.scale(factor - from.factor);
  double before = 0;
  for (int i = 0; i <= settings_.most_newton; ++i) {
    monitor.check_interrupt();
    double exactness = k_start;
    if (i > 0) {
      const double residual = outcome.relative_residual = relative_residual(found);
      if (residual <= settings_.tolerance) return outcome;
      if (!std::isfinite(residual) || i == settings_.most_newton) break;
      exactness = i == 1 ? k_second : forcing(residual, before, settings_.tolerance);
      before = residual;
    }
    std::vector<double> change;
    const SolveReport linear = solve_linear(i == 0 ? prescribed : NodeValues(), unbalanced(found), exactness,
                                            i == 0 && !guess.empty() ? &guess : nullptr, change, monitor);
    outcome.linear_iterations += linear.iterations;
    if (!linear.converged && !(linear.relative_residual < k_useful)) {
      outcome.failure = "the tangent could not be solved: " + linear.failure;
      return outcome;
    }
    // Along a correction the energy of the step is convex where nothing softens: a slope of the other sign means that
    // the step went too far, and the secant rule goes back.
    const double slope = along(change, found);
    move(change, found);
    ++outcome.iterations;
    double length = 1, low_slope = slope, low = 0, high = INFINITY;
    for (int cut = 0; i > 0 && cut < 5; ++cut) {
      const double here = along(change, found);
      if (!(here < -k_overshoot * slope) && !(high < INFINITY && here > k_overshoot * slope)) break;
      if (here < 0) high = length;
      double next = here < 0 ? low + (length - low) * low_slope / (low_slope - here) : (length + high) / 2;
      if (here >= 0) low = length, low_slope = here;
      next = std::max(next, low + 0.1 * ((high < INFINITY ? high : length) - low));
      std::vector<double> back(change.size());
      for (std::size_t k = 0; k < back.size(); ++k) back[k] = (next - length) * change[k];
      move(back, found);
      length = next;
    }
  }
  outcome.failure = fmt::format("{} Newton iterations left a residual of {:.1e}, not {:g}", outcome.iterations,
                                outcome.relative_residual, settings_.tolerance);
  return outcome;
}

}  // namespace osteon
