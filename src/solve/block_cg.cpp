// SPDX-License-Identifier: Apache-2.0
#include "block_cg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace osteon {

namespace {

bool is_prescribed(const LinearSystem& system, std::size_t i) { return (*system.constrained)[i / 3] >> (i % 3) & 1; }

}  // namespace

BlockCg::BlockCg(LinearOperator& stiffness, const kernels::ConstraintView& constrained, const SolverSettings& settings,
                 int columns, EarlierSolutions* earlier)
    : stiffness_(stiffness),
      device_(stiffness.device()),
      vectors_(kernels::vector_kernels<double>(device_)),
      constrained_(constrained),
      settings_(settings),
      n_(stiffness.dof_count()),
      capacity_(static_cast<std::size_t>(columns)),
      earlier_(earlier) {
  for (Buffer<double>* vector : {&x_, &r_, &p_, &q_}) *vector = Buffer<double>(device_, capacity_ * n_);
  sums_ = Buffer<double>(device_, k_sums * capacity_);
}

/// b = f - K u_prescribed, zero on prescribed degrees of freedom, in r.
void BlockCg::make_right_hand_side(const LinearSystem& system, std::size_t column) {
  const std::size_t first = column * n_;
  double *b = r_.data() + first, *other = p_.data() + first;
  p_.copy_part_from(first, system.prescribed_mm->dense(stiffness_.node_count()));
  stiffness_.apply(other, b);
  if (settings_.energy_tolerance > 0) columns_[column].prescribed_energy = dot(column, p_, r_);
  if (system.force_n != nullptr && !system.force_n->empty())
    p_.copy_part_from(first, *system.force_n);
  else
    p_.set_part_zero(first, n_);
  vectors_.xpby(device_, n_, other, -1, b);
  vectors_.zero_constrained(device_, 1, n_, constrained_, b);
}

/// x = start on the free degrees of freedom, r = b - K x.
void BlockCg::start_from(const LinearSystem& system, std::size_t column) {
  const std::size_t first = column * n_;
  std::vector<double> start(n_);
  for (std::size_t i = 0; i < n_; ++i) start[i] = is_prescribed(system, i) ? 0 : (*system.initial_mm)[i];
  x_.copy_part_from(first, start);
  stiffness_.apply(x_.data() + first, q_.data() + first);
  vectors_.axpy(device_, n_, -1, q_.data() + first, r_.data() + first);
  vectors_.zero_constrained(device_, 1, n_, constrained_, r_.data() + first);
}

double BlockCg::dot(std::size_t column, const Buffer<double>& x, const Buffer<double>& y) {
  vectors_.dot(device_, 1, n_, x.data() + column * n_, y.data() + column * n_, sum(k_rr) + column);
  return sums_.part_to_host(k_rr * capacity_ + column, 1)[0];
}

double BlockCg::norm(std::size_t column) { return std::sqrt(dot(column, r_, r_)); }

/// From a start that is not zero, with K x in q.
void BlockCg::note_start(std::size_t column) {
  Column& c = columns_[column];
  c.r_norm = norm(column);
  if (settings_.energy_tolerance > 0) c.gained = 2 * dot(column, x_, r_) + dot(column, x_, q_);
}

/// sqrt of the error's energy over that of u. Of a system with prescribed values and forces the latter is taken as the
/// sum of both parts.
double BlockCg::energy_error(const Column& c) const {
  const bool forced = c.system->force_n != nullptr && !c.system->force_n->empty();
  const double energy = forced ? c.prescribed_energy + c.gained : c.prescribed_energy - c.gained;
  return energy > 0 ? std::sqrt(c.error_energy / energy) : INFINITY;
}

bool BlockCg::is_accurate(const Column& c) const {
  if (!(c.r_norm <= settings_.tolerance * c.b_norm)) return false;
  if (!(settings_.energy_tolerance > 0) || c.r_norm == 0) return true;
  return c.error_energy >= 0 && energy_error(c) <= settings_.energy_tolerance;
}

void BlockCg::add(const LinearSystem& system, LinearSolution& solution) {
  OSTEON_ASSERT(columns_.size() < capacity_);
  const std::size_t column = columns_.size();
  const std::int64_t applied = stiffness_.applications();
  SolveReport& report = solution.report;
  columns_.push_back({&system, &solution, 0, 0});
  make_right_hand_side(system, column);
  x_.set_part_zero(column * n_, n_);
  const double b_norm = columns_.back().b_norm = columns_.back().r_norm = norm(column);
  if (!std::isfinite(b_norm)) {
    report.failure = "the loads or prescribed displacements hold a value that is not a number";
    leave(column);
  } else if (b_norm == 0) {
    report.converged = true;
    report.residual_history.assign(1, 0.0);
    leave(column);
  } else {
    if (system.initial_mm != nullptr) {
      start_from(system, column);
      note_start(column);
    } else if (earlier_ != nullptr && !earlier_->empty()) {
      const std::size_t first = column * n_;
      earlier_->start(stiffness_, constrained_, r_.data() + first, x_.data() + first, q_.data() + first);
      note_start(column);
    }
    report.residual_history.assign(1, columns_.back().r_norm / b_norm);
    if (!wants_more(columns_.back())) finish(column);
  }
  report.fine_operator_applications += stiffness_.applications() - applied;
}

bool BlockCg::wants_more(const Column& c) const {
  const SolveReport& report = c.solution->report;
  return report.failure.empty() && !is_accurate(c) && report.iterations < settings_.max_iterations;
}

void BlockCg::run(PreconditionerOperator& preconditioner, Monitor& monitor) {
  running_ = true;
  const std::size_t all = columns_.size();
  preconditioner.reserve(static_cast<int>(all));
  if (all > 0) vectors_.dot(device_, static_cast<int>(all), n_, r_.data(), r_.data(), sum(k_rr));
  for (int iteration = 0; !columns_.empty(); ++iteration) {
    monitor.check_interrupt();
    iterate(preconditioner, iteration);
    tell(monitor, all);
    for (std::size_t column = columns_.size(); column-- > 0;)  // a column that leaves is replaced by a later one
      if (!wants_more(columns_[column])) finish(column);
  }
}

/// One iteration, from r . r among the sums: x and r of every column move along p. Nothing waits for the device before
/// the sums are read at its end.
void BlockCg::iterate(PreconditionerOperator& preconditioner, int iteration) {
  const int columns = static_cast<int>(columns_.size());
  double *rr = sum(k_rr), *curvature = sum(k_curvature);
  double *rho = sum(k_rho + iteration % 2), *rho_before = sum(k_rho + (iteration + 1) % 2);
  const std::int64_t applied = stiffness_.applications();
  device_.start_timer();
  preconditioner.apply(columns, r_.data(), rr, q_.data());
  device_.stop_timer();
  preconditioner.dot(r_.data(), rho);
  preconditioner.add_to_direction(rho, iteration == 0 ? nullptr : rho_before, p_.data());
  stiffness_.apply_dot(columns, p_.data(), q_.data(), curvature);  // p is zero on prescribed degrees of freedom
  vectors_.zero_constrained(device_, columns, n_, constrained_, q_.data());
  vectors_.cg_update(device_, columns, n_, rho, curvature, p_.data(), q_.data(), x_.data(), r_.data(), rr);
  const std::vector<double> host = sums_.to_host();
  const auto value = [&](int which, std::size_t column) {
    return host[static_cast<std::size_t>(which) * capacity_ + column];
  };
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    columns_[c].solution->report.fine_operator_applications += stiffness_.applications() - applied;
    columns_[c].solution->report.cycle_s += device_.timer_s() / columns;
    note(columns_[c], {value(k_rr, c), value(k_curvature, c), value(k_rho + iteration % 2, c)}, iteration + 1);
  }
}

/// What an iteration, numbered from 1, has made of a column. Where there is a fault before its step, x has stayed
/// (cg_update).
void BlockCg::note(Column& column, const Sums& sum, int number) {
  SolveReport& report = column.solution->report;
  if (!std::isfinite(sum.rho)) {
    report.failure = fmt::format("the preconditioner returned a value that is not a number in iteration {}", number);
    return;
  }
  if (!(sum.curvature > 0) || !std::isfinite(sum.curvature)) {
    report.failure = fmt::format(
        "the stiffness is not positive along a search direction in iteration {} (p.Kp = {:g}): a part may move "
        "freely, or moduli are not positive",
        number, sum.curvature);
    return;
  }
  column.gained += sum.rho * sum.rho / sum.curvature;
  column.error_energy = sum.rho * sum.rr / (column.r_norm * column.r_norm);
  column.r_norm = std::sqrt(sum.rr);
  ++report.iterations;
  report.residual_history.push_back(column.r_norm / column.b_norm);
  if (!std::isfinite(column.r_norm))
    report.failure = fmt::format("the residual is not a number after iteration {}", report.iterations);
}

/// How far the slowest of the columns in work is; `all` there were at the start.
void BlockCg::tell(Monitor& monitor, std::size_t all) const {
  double residual = 0;
  int iteration = 0;
  std::size_t left = 0;
  for (const Column& column : columns_) {
    residual = std::max(residual, column.r_norm / column.b_norm);
    iteration = std::max(iteration, column.solution->report.iterations);
    if (wants_more(column)) ++left;
  }
  const double done = std::log(residual) / std::log(settings_.tolerance);
  const std::string others = all > 1 ? fmt::format("{} of {} load cases left, slowest ", left, all) : "";
  monitor.progress("solve", std::min(1.0, std::max(0.0, done)),
                   fmt::format("iteration {}, {}||r||/||b|| = {:.1e}", iteration, others, residual));
}

/// Judges a column that goes no further, and lets it leave.
void BlockCg::finish(std::size_t column) {
  const Column& c = columns_[column];
  SolveReport& report = c.solution->report;
  report.relative_residual = c.r_norm / c.b_norm;
  if (settings_.energy_tolerance > 0 && c.error_energy >= 0) report.energy_error = energy_error(c);
  report.converged = report.failure.empty() && is_accurate(c);
  if (!report.converged && report.failure.empty())
    report.failure = c.r_norm <= settings_.tolerance * c.b_norm
                         ? fmt::format("{} iterations reached an error in energy of {:.2e}, not {:g}",
                                       report.iterations, report.energy_error, settings_.energy_tolerance)
                         : fmt::format("{} iterations reached ||r||/||b|| = {:.2e}, not {:g}", report.iterations,
                                       report.relative_residual, settings_.tolerance);
  if (report.converged && earlier_ != nullptr) earlier_->remember(x_.data() + column * n_);
  leave(column);
}

/// Hands a column's x over; the last column takes its place, so that those in work stay side by side.
void BlockCg::leave(std::size_t column) {
  const LinearSystem& system = *columns_[column].system;
  std::vector<double>& u = columns_[column].solution->displacement_mm;
  const std::size_t last = columns_.size() - 1;
  if (running_ && last == 0)  // the host needs the room
    for (Buffer<double>* vector : {&r_, &p_, &q_}) *vector = Buffer<double>();
  u = x_.part_to_host(column * n_, n_);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < n_; ++i)
    if (is_prescribed(system, i)) u[i] = 0;
  for (const std::uint32_t node : system.prescribed_mm->nodes())
    for (int c = 0; c < 3; ++c)
      if ((*system.constrained)[node] >> c & 1) u[std::size_t{3} * node + c] = system.prescribed_mm->at(node, c);
  if (column != last) {
    for (Buffer<double>* vector : {&x_, &r_, &p_}) vector->copy_within(column * n_, last * n_, n_);
    for (int which = 0; which < k_sums; ++which) {
      const std::size_t first = static_cast<std::size_t>(which) * capacity_;
      sums_.copy_within(first + column, first + last, 1);
    }
    columns_[column] = columns_[last];
  }
  columns_.pop_back();
}

}  // namespace osteon
