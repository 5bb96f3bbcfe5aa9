// SPDX-License-Identifier: Apache-2.0
// The path: from equilibrium to equilibrium in steps of automatic size.
#include "osteon/solve/elastoplastic_solver.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "newton.hpp"

namespace osteon {

struct ElastoplasticSolver::Impl {
  ElastoplasticSettings settings;
  Newton newton;
  bool used = false;

  Impl(Device& device, const ElasticProblem& problem, const PlasticMaterial& material,
       const ElastoplasticSettings& settings_in)
      : settings(settings_in), newton(device, problem, material, settings) {}
};

namespace {

/// Runs one path and keeps what the next step needs of the last.
class Path {
 public:
  Path(Newton& newton, const ElastoplasticSettings& settings, const LinearSystem& unit,
       const std::function<bool(const LoadStep&)>& on_step, ElastoplasticReport& report, Monitor& monitor)
      : newton_(newton), settings_(settings), unit_(unit), on_step_(on_step), report_(report), monitor_(monitor) {}

  ElastoplasticSolution run(const std::vector<double>& factors) {
    const std::size_t dof = unit_.constrained->size() * 3;
    now_.displacement_mm.assign(dof, 0);
    now_.internal_force_n.assign(dof, 0);
    bool goes_on = elastic_part(factors.front());
    for (std::size_t i = 0; goes_on && i < factors.size(); ++i)
      goes_on = segment(i == 0 ? 0 : factors[i - 1], factors[i],
                        static_cast<double>(i) / static_cast<double>(factors.size()));
    report_.completed = report_.failure.empty();
    report_.reached_factor = now_.factor;
    return {std::move(now_.displacement_mm), std::move(now_.internal_force_n), std::move(state_)};
  }

 private:
  /// phi is of degree 1, so the elastic solution tells exactly where the first point yields.
  bool elastic_part(double factor) {
    Equilibrium next;
    NewtonOutcome outcome = newton_.solve_elastic(factor, next, monitor_);
    report_.linear_iterations += outcome.linear_iterations;
    if (!outcome.failure.empty()) {
      report_.failure = "the elastic start did not converge: " + outcome.failure;
      return false;
    }
    const auto [utilisation, element] = newton_.largest_utilisation(next);
    if (utilisation > 1) {
      next.factor = report_.first_yield_factor = factor / utilisation;
      report_.first_yield_element = element;
      for (double& u : next.displacement_mm) u /= utilisation;
    }
    newton_.evaluate(next);
    outcome.relative_residual = newton_.relative_residual(next);
    return accept(next, outcome);
  }

  bool segment(double begin, double end, double done_before) {
    const double whole = std::fabs(end - begin), direction = end > begin ? 1 : -1;
    double size = settings_.largest_step * whole;
    if ((end - now_.factor) * (now_.factor - before_.factor) < 0) newton_.plastic().forget_tangent();
    while ((end - now_.factor) * direction > 1e-12 * whole) {
      monitor_.progress("strength", std::min(1.0, done_before + std::fabs(now_.factor - begin) / whole),
                        fmt::format("factor {:.4g}, {} elements have yielded", now_.factor, state_.elements.size()));
      const double left = std::fabs(end - now_.factor);
      const double target = size >= (1 - 1e-9) * left ? end : now_.factor + direction * size;
      Equilibrium next;
      const NewtonOutcome outcome = newton_.step(now_, target, extrapolated(target), next, monitor_);
      report_.newton_iterations += outcome.iterations;
      report_.linear_iterations += outcome.linear_iterations;
      if (outcome.failure.empty()) {
        if (!accept(next, outcome)) return false;
        size = std::min(settings_.largest_step * whole, size * growth(outcome.iterations));
        continue;
      }
      ++report_.cut_steps;
      size = std::min(size, left) / 4;
      newton_.evaluate(now_);
      if (size < settings_.smallest_step * whole) {
        report_.failure =
            fmt::format("no equilibrium was found beyond load factor {:.6g} ({})", now_.factor, outcome.failure);
        return false;
      }
    }
    return true;
  }

  static double growth(int newton_iterations) {
    if (newton_iterations <= 5) return 2;
    return newton_iterations <= 9 ? 1.0 : 0.6;
  }

  /// The last change once more, as far as the new step goes; nothing when the load turns round.
  std::vector<double> extrapolated(double target) const {
    const double ratio = (target - now_.factor) / (now_.factor - before_.factor);
    std::vector<double> change;
    if (!(ratio > 0) || before_.displacement_mm.empty()) return change;
    change.resize(now_.displacement_mm.size());
    for (std::size_t i = 0; i < change.size(); ++i)
      change[i] = ratio * (now_.displacement_mm[i] - before_.displacement_mm[i]);
    return change;
  }

  /// Work of supports and loads from the last equilibrium to `next`, by the trapezoidal rule.
  double work_to(const Equilibrium& next) const {
    double work = 0;
    for (std::size_t i = 0; i < next.displacement_mm.size(); ++i) {
      const bool held = (*unit_.constrained)[i / 3] >> (i % 3) & 1;
      const double mean = held                       ? (now_.internal_force_n[i] + next.internal_force_n[i]) / 2
                          : unit_.force_n != nullptr ? (now_.factor + next.factor) / 2 * (*unit_.force_n)[i]
                                                     : 0;
      work += mean * (next.displacement_mm[i] - now_.displacement_mm[i]);
    }
    return work;
  }

  bool accept(Equilibrium& next, const NewtonOutcome& outcome) {
    newton_.commit(now_, next);
    work_ += work_to(next);
    before_ = std::move(now_);
    now_ = std::move(next);
    state_ = newton_.plastic().to_host();
    ++report_.steps;
    return on_step_({now_.factor, now_.displacement_mm, now_.internal_force_n, state_, work_,
                     now_.twice_elastic_mj / 2 + state_.stored_beyond_mj, state_.dissipated_mj,
                     outcome.relative_residual, outcome.iterations, outcome.linear_iterations});
  }

  Newton& newton_;
  const ElastoplasticSettings& settings_;
  const LinearSystem& unit_;
  const std::function<bool(const LoadStep&)>& on_step_;
  ElastoplasticReport& report_;
  Monitor& monitor_;
  Equilibrium before_, now_;
  PlasticState state_;
  double work_ = 0;
};

}  // namespace

ElastoplasticSolver::ElastoplasticSolver(Device& device, const ElasticProblem& problem, const PlasticMaterial& material,
                                         const ElastoplasticSettings& settings)
    : impl_(std::make_unique<Impl>(device, problem, material, settings)) {}

ElastoplasticSolver::~ElastoplasticSolver() = default;

ElastoplasticSolution ElastoplasticSolver::run(const LinearSystem& unit, const std::vector<double>& path,
                                               const std::function<bool(const LoadStep&)>& on_step,
                                               ElastoplasticReport& report, Monitor& monitor) {
  OSTEON_ASSERT(!impl_->used && !path.empty() && path.front() != 0);
  impl_->used = true;
  const auto start = std::chrono::steady_clock::now();
  impl_->newton.set_load(unit, monitor);
  report.method = "Newton, CG (fp64) + " + impl_->newton.method();
  ElastoplasticSolution solution = Path(impl_->newton, impl_->settings, unit, on_step, report, monitor).run(path);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return solution;
}

std::vector<double> ElastoplasticSolver::apply_tangent(const std::vector<double>& u, const std::vector<double>& x,
                                                       std::vector<double>& internal_force_n) {
  Newton& newton = impl_->newton;
  Equilibrium at;
  at.displacement_mm = u;
  newton.evaluate(at);
  internal_force_n = at.internal_force_n;
  Device& device = newton.tangent().device();
  Buffer<double> in(device, x), out(device, x.size());
  newton.tangent().apply(in.data(), out.data());
  return out.to_host();
}

}  // namespace osteon
