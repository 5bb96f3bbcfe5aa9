// SPDX-License-Identifier: Apache-2.0
// Preconditioned conjugate gradients in fp64 (Hestenes and Stiefel 1952, doi 10.6028/jres.049.044) on the free degrees
// of freedom. Per iteration beside the preconditioner: one operator, 2 dot products and 3 vector updates.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

#include "fine_operator.hpp"
#include "galerkin.hpp"
#include "host_grid.hpp"
#include "kernels/vector/vector.hpp"
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

/// Sums of conjugate gradients in device memory, where the kernels that need them read them.
enum { k_rr, k_curvature, k_rho, k_rho_of_odd_iterations, k_sums };

/// The same on the host, after an iteration.
struct IterationSums {
  double rr;         ///< of the residual the iteration left
  double curvature;  ///< p . K p
  double rho;        ///< r . z
};

}  // namespace

struct ElasticSolver::Impl {
  Device& device;
  ElasticProblem problem;
  SolverSettings settings;
  HostGrid grid;
  FineOperator fine;
  const kernels::VectorKernels<double>& vectors;

  std::vector<std::uint8_t> constrained;  ///< set the hierarchy was built for
  Buffer<std::uint32_t> constrained_nodes;
  Buffer<std::uint8_t> constrained_bits;
  std::unique_ptr<PreconditionerOperator> preconditioner;
  bool moduli_changed = false;  ///< since the preconditioner last saw them
  double fresh_rate = 0;        ///< iterations per decade of the first solve after it was built, 0 = none yet
  double last_rate = 0;         ///< of the last solve, infinite when it did not converge
  Buffer<double> sums;

  Impl(Device& device_in, const ElasticProblem& problem_in, const SolverSettings& settings_in)
      : device(device_in),
        problem(problem_in),
        settings(settings_in),
        grid(problem.grid),
        fine(device, problem),
        vectors(kernels::vector_kernels<double>(device)),
        sums(device, k_sums) {}

  kernels::ConstraintView constraint_view() const {
    return {constrained_nodes.data(), constrained_bits.data(), constrained_nodes.size()};
  }

  /// Makes the preconditioner fit the supports and the moduli.
  SetUp prepare(const std::vector<std::uint8_t>& mask, Monitor& monitor) {
    constexpr double k_worn_out = 1.5;
    if (preconditioner != nullptr && mask == constrained) {
      if (!moduli_changed) return SetUp::kept;
      moduli_changed = false;
      if (last_rate <= k_worn_out * fresh_rate) {
        preconditioner->set_inverse_diagonal(inverse_node_blocks(grid, problem, mask));
        return SetUp::refreshed;
      }
    }
    moduli_changed = false;
    fresh_rate = last_rate = 0;
    preconditioner.reset();  // before the new one is built: both together might not fit
    std::vector<std::uint32_t> nodes;
    std::vector<std::uint8_t> bits;
    for (std::size_t n = 0; n < mask.size(); ++n)
      if (mask[n] != 0) {
        nodes.push_back(static_cast<std::uint32_t>(n));
        bits.push_back(mask[n]);
      }
    constrained_nodes = Buffer<std::uint32_t>(device, nodes);
    constrained_bits = Buffer<std::uint8_t>(device, bits);
    constrained = mask;
    preconditioner = settings.preconditioner == Preconditioner::multigrid
                         ? make_multigrid(fine, grid, problem, mask, settings, monitor)
                         : make_block_jacobi(fine, grid, problem, mask);
    return SetUp::built;
  }

  /// Keeps how fast the preconditioner lets the residual fall.
  void note_rate(const SolveReport& report) {
    if (!report.converged) last_rate = std::numeric_limits<double>::infinity();
    if (report.iterations == 0 || !report.converged) return;
    const double decades = std::log10(report.residual_history.front() / report.residual_history.back());
    if (!(decades > 0)) return;
    last_rate = report.iterations / decades;
    if (fresh_rate == 0) fresh_rate = last_rate;
  }

  /// b = f - K u_prescribed, zero on prescribed degrees of freedom.
  Buffer<double> right_hand_side(const LinearSystem& system) {
    const std::size_t n = fine.dof_count();
    Buffer<double> b(device, n);
    Buffer<double> prescribed(device, system.prescribed_mm->dense(fine.node_count()));
    fine.apply(prescribed.data(), b.data());
    if (system.force_n != nullptr && !system.force_n->empty()) {
      Buffer<double> force(device, *system.force_n);
      vectors.xpby(device, n, force.data(), -1, b.data());
    } else {
      prescribed.set_zero();
      vectors.xpby(device, n, prescribed.data(), -1, b.data());
    }
    vectors.zero_constrained(device, constraint_view(), b.data());
    return b;
  }

  /// ||r||; leaves r . r among the sums
  double norm(const Buffer<double>& r) {
    vectors.dot(device, r.size(), r.data(), r.data(), sums.data());
    return std::sqrt(sums.to_host()[k_rr]);
  }

  /// One iteration, from r . r among the sums: x and r move along p. Nothing waits for the device before the sums are
  /// read at its end.
  IterationSums iterate(int iteration, Buffer<double>& x, Buffer<double>& r, Buffer<double>& p, Buffer<double>& q) {
    const std::size_t n = fine.dof_count();
    double *rr = sums.data() + k_rr, *curvature = sums.data() + k_curvature;
    double *rho = sums.data() + k_rho + iteration % 2, *rho_before = sums.data() + k_rho + (iteration + 1) % 2;
    device.start_timer();
    preconditioner->apply(r.data(), rr, q.data());
    device.stop_timer();
    preconditioner->dot(r.data(), rho);
    preconditioner->add_to_direction(rho, iteration == 0 ? nullptr : rho_before, p.data());
    fine.apply_dot(p.data(), q.data(), curvature);  // p is zero on prescribed degrees of freedom
    vectors.zero_constrained(device, constraint_view(), q.data());
    vectors.cg_update(device, n, rho, curvature, p.data(), q.data(), x.data(), r.data(), rr);
    const std::vector<double> host = sums.to_host();
    return {host[k_rr], host[k_curvature], host[static_cast<std::size_t>(k_rho + iteration % 2)]};
  }

  /// Why an iteration, numbered from 1, has left x where it was (cg_update); empty when it has not.
  static std::string fault(const IterationSums& sum, int number) {
    if (!std::isfinite(sum.rho))
      return fmt::format("the preconditioner returned a value that is not a number in iteration {}", number);
    if (!(sum.curvature > 0) || !std::isfinite(sum.curvature))
      return fmt::format(
          "the stiffness is not positive along a search direction in iteration {} (p.Kp = {:g}): a part may move "
          "freely, or moduli are not positive",
          number, sum.curvature);
    return "";
  }

  /// Solves K x = b from x; b becomes the residual.
  void conjugate_gradients(Buffer<double>& x, Buffer<double>& r, double b_norm, SolveReport& report, Monitor& monitor) {
    const std::size_t n = fine.dof_count();
    Buffer<double> p(device, n), q(device, n);  // q holds K p, and in between it is the preconditioner's to use
    double r_norm = norm(r);
    report.residual_history.assign(1, r_norm / b_norm);
    while (r_norm > settings.tolerance * b_norm && report.iterations < settings.max_iterations) {
      monitor.check_interrupt();
      const IterationSums sum = iterate(report.iterations, x, r, p, q);
      report.cycle_s += device.timer_s();
      report.failure = fault(sum, report.iterations + 1);
      if (!report.failure.empty()) break;
      r_norm = std::sqrt(sum.rr);
      ++report.iterations;
      report.residual_history.push_back(r_norm / b_norm);
      if (!std::isfinite(r_norm)) {
        report.failure = fmt::format("the residual is not a number after iteration {}", report.iterations);
        break;
      }
      const double done = std::log(r_norm / b_norm) / std::log(settings.tolerance);
      monitor.progress("solve", std::min(1.0, std::max(0.0, done)),
                       fmt::format("iteration {}, ||r||/||b|| = {:.1e}", report.iterations, r_norm / b_norm));
    }
    report.relative_residual = r_norm / b_norm;
    report.converged = report.failure.empty() && r_norm <= settings.tolerance * b_norm;
    if (!report.converged && report.failure.empty())
      report.failure = fmt::format("{} iterations reached ||r||/||b|| = {:.2e}, not {:g}", report.iterations,
                                   report.relative_residual, settings.tolerance);
  }
};

ElasticSolver::ElasticSolver(Device& device, const ElasticProblem& problem, const SolverSettings& settings)
    : impl_(std::make_unique<Impl>(device, problem, settings)) {}

ElasticSolver::~ElasticSolver() = default;

std::vector<double> ElasticSolver::solve(const LinearSystem& system, SolveReport& report, Monitor& monitor) {
  Impl& s = *impl_;
  const std::size_t n = s.fine.dof_count();
  report = SolveReport{};
  const std::int64_t applied = s.fine.applications();
  const Stopwatch setup;
  report.setup = s.prepare(*system.constrained, monitor);
  report.setup_s = setup.seconds();
  report.method = "CG (fp64) + " + s.preconditioner->description();
  report.level_dof = s.preconditioner->level_dof();

  const Stopwatch solve;
  Buffer<double> r = s.right_hand_side(system);
  Buffer<double> x(s.device, n);
  const double b_norm = s.norm(r);
  if (system.initial_mm != nullptr) {
    std::vector<double> start(n);
    for (std::size_t i = 0; i < n; ++i)
      start[i] = (*system.constrained)[i / 3] >> (i % 3) & 1 ? 0 : (*system.initial_mm)[i];
    x.copy_from(start);
    Buffer<double> q(s.device, n);
    s.fine.apply(x.data(), q.data());
    s.vectors.axpy(s.device, n, -1, q.data(), r.data());
    s.vectors.zero_constrained(s.device, s.constraint_view(), r.data());
  } else {
    x.set_zero();
  }
  if (!std::isfinite(b_norm)) {
    report.failure = "the loads or prescribed displacements hold a value that is not a number";
  } else if (b_norm == 0) {
    report.converged = true;
    report.residual_history.assign(1, 0.0);
  } else {
    s.conjugate_gradients(x, r, b_norm, report, monitor);
    s.note_rate(report);
  }
  std::vector<double> u = x.to_host();
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < n; ++i)
    if ((*system.constrained)[i / 3] >> (i % 3) & 1) u[i] = 0;
  for (const std::uint32_t node : system.prescribed_mm->nodes())
    for (int c = 0; c < 3; ++c)
      if ((*system.constrained)[node] >> c & 1) u[std::size_t{3} * node + c] = system.prescribed_mm->at(node, c);
  report.solve_s = solve.seconds();
  report.fine_operator_applications = s.fine.applications() - applied;
  return u;
}

void ElasticSolver::set_moduli(const std::vector<float>& modulus_mpa) {
  OSTEON_ASSERT(modulus_mpa.size() == impl_->problem.modulus_mpa->size());
  impl_->problem.modulus_mpa = &modulus_mpa;
  impl_->fine.set_moduli(modulus_mpa);
  impl_->moduli_changed = true;
}

std::vector<double> ElasticSolver::apply_stiffness(const std::vector<double>& u) {
  Impl& s = *impl_;
  Buffer<double> x(s.device, u), y(s.device, u.size());
  s.fine.apply(x.data(), y.data());
  return y.to_host();
}

}  // namespace osteon
