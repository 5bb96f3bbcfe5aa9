// SPDX-License-Identifier: Apache-2.0
// W-cycle on aggregates of rigid bodies, smoothed matrix-free on the finest level (aggregation.hpp, galerkin.hpp).
//
// Storage per active node in fp32: seven fine vectors 84 B, inverse diagonal 24 B, aggregate number, node list and
// packed place 10 B. Coarse levels: 148 B per stored block and vectors.
#include "multigrid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "galerkin.hpp"
#include "kernels/coarse/coarse.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/transfer/transfer.hpp"
#include "kernels/vector/vector.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

namespace {

template <class Real>
std::vector<Real> rounded(const std::vector<double>& values) {
  return std::vector<Real>(values.begin(), values.end());
}

/// A block matrix in device memory.
template <class Real>
struct DeviceBlocks {
  Buffer<std::int64_t> start;
  Buffer<std::uint32_t> column;
  Buffer<Real> values;
  std::uint32_t rows = 0;

  DeviceBlocks() = default;
  DeviceBlocks(Device& device, const BlockMatrix& m)
      : start(device, m.graph.start),
        column(device, m.graph.column),
        values(device, rounded<Real>(m.values)),
        rows(m.rows()) {}
  kernels::BlockMatrixView<Real> view() const { return {rows, start.data(), column.data(), values.data()}; }
};

/// Vectors and diagonal that every smoothed level has. `n` = unknowns.
template <class Real>
struct LevelVectors {
  std::size_t n = 0;
  Buffer<Real> inverse_diagonal, x, b, r, d, q;
  double lambda = 0;  ///< upper bound of the largest eigenvalue of D^-1 A

  void allocate(Device& device, std::size_t unknowns) {
    n = unknowns;
    for (Buffer<Real>* v : {&x, &b, &r, &d, &q}) *v = Buffer<Real>(device, n);
  }
};

template <class Real>
struct CoarseLevelData : LevelVectors<Real> {
  DeviceBlocks<Real> matrix, prolongator, restriction;  ///< transfers to the next coarser level
  Buffer<Real> kept;                                    ///< first half of a W-cycle
};

template <class Real>
class Multigrid final : public PreconditionerOperator {
 public:
  Multigrid(FineOperator& fine, const HostGrid& grid, const ElasticProblem& problem,
            const std::vector<std::uint8_t>& constrained, const SolverSettings& settings, Monitor& monitor)
      : fine_operator_(fine),
        device_(fine.device()),
        degree_(settings.smoother_degree),
        vectors_(kernels::vector_kernels<Real>(device_)),
        smoother_(kernels::smoother_kernels<Real>(device_)),
        transfer_(kernels::transfer_kernels<Real>(device_)),
        coarse_(kernels::coarse_kernels<Real>(device_)) {
    edge_ = settings.aggregate_edge != 0 ? settings.aggregate_edge : choose_aggregate_edge(grid);
    set_up(grid, problem, constrained, settings, monitor);
  }

  void apply(const double* r, double r_norm, double* z) override {
    const double scale = r_norm > 0 ? 1 / r_norm : 1;
    const auto& doubles = kernels::vector_kernels<double>(device_);
    if constexpr (std::is_same_v<Real, float>)
      doubles.scale_to_float(device_, fine_.n, scale, r, fine_.b.data());
    else
      doubles.scale_to_double(device_, fine_.n, scale, r, fine_.b.data());
    cycle_fine();
    vectors_.scale_to_double(device_, fine_.n, 1 / scale, fine_.x.data(), z);
  }

  std::vector<std::int64_t> level_dof() const override { return level_dof_; }
  std::string description() const override {
    return fmt::format("aggregation multigrid ({0}^3 cells, W-cycle, Chebyshev-4 degree {1}, {2})", edge_, degree_,
                       sizeof(Real) == 4 ? "fp32" : "fp64");
  }

 private:
  // --- set-up ---------------------------------------------------------------------------------------------------
  void set_up(const HostGrid& grid, const ElasticProblem& problem, const std::vector<std::uint8_t>& constrained,
              const SolverSettings& settings, Monitor& monitor) {
    constexpr double k_smoothing = 4.0 / 3.0;  // of the prolongator
    monitor.progress("set-up", 0.0, "aggregates");
    const FineAggregation aggregation = aggregate_nodes(grid, problem, constrained, edge_, settings.strength_threshold);
    const std::vector<double> inverse = inverse_node_blocks(grid, problem, constrained);
    fine_.allocate(device_, fine_operator_.dof_count());
    fine_.inverse_diagonal = Buffer<Real>(device_, rounded<Real>(inverse));
    upload_transfer(aggregation);
    level_dof_.push_back(static_cast<std::int64_t>(fine_.n));
    fine_.lambda = largest_eigenvalue(fine_, [&](const Real* x, Real* y) {
      fine_operator_.apply(x, y);
      smoother_.solve3(device_, fine_.n / 3, fine_.inverse_diagonal.data(), y, y);
    });
    fine_omega_ = k_smoothing / fine_.lambda;

    monitor.progress("set-up", 0.2, "first coarse level");
    BlockMatrix matrix = level_one_matrix(grid, problem, constrained, aggregation, inverse, fine_omega_);
    CoarseSpace space = aggregation.space;
    fill_dropped_modes(matrix, space.mode_count);
    while (true) {
      monitor.check_interrupt();
      auto level = std::make_unique<CoarseLevelData<Real>>();
      level->allocate(device_, 6 * std::size_t{matrix.rows()});
      level_dof_.push_back(static_cast<std::int64_t>(level->n));
      monitor.progress("set-up", 0.5, fmt::format("level {} with {} unknowns", levels_.size() + 1, level->n));
      if (level->n <= static_cast<std::size_t>(settings.coarsest_dof)) {
        coarsest_inverse_ = Buffer<Real>(device_, rounded<Real>(dense_inverse(matrix)));
        levels_.push_back(std::move(level));
        break;
      }
      level->matrix = DeviceBlocks<Real>(device_, matrix);
      level->kept = Buffer<Real>(device_, level->n);
      const std::vector<double> diagonal = inverse_diagonal_blocks(matrix);
      level->inverse_diagonal = Buffer<Real>(device_, rounded<Real>(diagonal));
      const auto view = level->matrix.view();
      level->lambda = largest_eigenvalue(*level, [&](const Real* x, Real* y) {
        coarse_.multiply(device_, view, x, 1, nullptr, y);
        smoother_.solve6(device_, view.rows, level->inverse_diagonal.data(), y, y);
      });
      CoarseLevel next = coarsen(matrix, space, diagonal, k_smoothing / level->lambda);
      level->prolongator = DeviceBlocks<Real>(device_, next.prolongator);
      level->restriction = DeviceBlocks<Real>(device_, transpose(next.prolongator));
      levels_.push_back(std::move(level));
      matrix = std::move(next.matrix);
      space = std::move(next.space);
    }
  }

  void upload_transfer(const FineAggregation& f) {
    aggregate_of_node_ = Buffer<std::uint32_t>(device_, f.aggregate_of_node);
    packed_ = Buffer<kernels::PackedNode>(device_, f.packed);
    aggregate_start_ = Buffer<std::uint32_t>(device_, f.aggregate_start);
    aggregate_nodes_ = Buffer<std::uint32_t>(device_, f.aggregate_nodes);
    centre_ = Buffer<Real>(device_, rounded<Real>(f.centre));
    basis_ = Buffer<Real>(device_, rounded<Real>(f.basis));
    transfer_view_.node_count = static_cast<std::uint32_t>(f.aggregate_of_node.size());
    transfer_view_.aggregate_count = f.space.count;
    transfer_view_.aggregate_of_node = aggregate_of_node_.data();
    transfer_view_.packed = packed_.data();
    transfer_view_.aggregate_start = aggregate_start_.data();
    transfer_view_.aggregate_nodes = aggregate_nodes_.data();
    transfer_view_.centre = centre_.data();
    transfer_view_.basis = basis_.data();
    for (int d = 0; d < 3; ++d) transfer_view_.scale[d] = static_cast<Real>(f.scale[d]);
  }

  /// Power iteration on D^-1 A from a fixed start, with a margin since it approaches from below.
  template <class Apply>
  double largest_eigenvalue(LevelVectors<Real>& level, Apply apply) {
    constexpr int k_steps = 15;
    constexpr double k_margin = 1.1;
    std::vector<Real> start(level.n);
    std::uint64_t state = 0x9e3779b97f4a7c15ull;
    for (Real& value : start) {  // a linear congruence: the same start on every machine
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      value = static_cast<Real>(static_cast<double>(state >> 11) / 9007199254740992.0 - 0.5);
    }
    level.x.copy_from(start);
    double lambda = 0;
    for (int step = 0; step < k_steps; ++step) {
      apply(level.x.data(), level.q.data());
      lambda = std::sqrt(vectors_.dot(device_, level.n, level.q.data(), level.q.data()));
      if (!(lambda > 0)) return 1;
      level.x.set_zero();
      vectors_.axpy(device_, level.n, 1 / lambda, level.q.data(), level.x.data());
    }
    return k_margin * lambda;
  }

  // --- cycle ----------------------------------------------------------------------------------------------------
  /// Chebyshev smoothing of A x = b; on return r = b - A x unless `residual` is false.
  template <class Apply, class Step>
  void smooth(LevelVectors<Real>& level, bool zero_start, bool residual, Apply apply, Step step) {
    if (zero_start) {
      level.r.copy_from(level.b);
    } else {
      apply(level.x.data(), level.q.data());
      level.r.copy_from(level.b);
      vectors_.axpy(device_, level.n, -1, level.q.data(), level.r.data());
    }
    kernels::SmootherStep<Real> s;
    s.inverse_diagonal = level.inverse_diagonal.data();
    s.r = level.r.data();
    s.d = level.d.data();
    s.x = level.x.data();
    for (int k = 1; k <= degree_; ++k) {
      s.a = static_cast<Real>(k == 1 ? 0 : (2.0 * k - 3) / (2 * k + 1));
      s.b = static_cast<Real>((8.0 * k - 4) / ((2 * k + 1) * level.lambda));
      s.q = k == 1 ? nullptr : level.q.data();
      s.overwrite_x = zero_start && k == 1;
      if (k > 1) apply(level.d.data(), level.q.data());
      step(s);
    }
    if (!residual) return;
    apply(level.d.data(), level.q.data());
    vectors_.axpy(device_, level.n, -1, level.q.data(), level.r.data());
  }

  void cycle_fine() {
    const std::size_t nodes = fine_.n / 3;
    auto apply = [&](const Real* x, Real* y) { fine_operator_.apply(x, y); };
    auto step = [&](kernels::SmootherStep<Real>& s) {
      s.blocks = nodes;
      smoother_.step3(device_, s);
    };
    const Real* diagonal = fine_.inverse_diagonal.data();
    smooth(fine_, true, true, apply, step);
    // Restriction with P^T = P_t^T (I - omega K D^-1), matrix-free.
    smoother_.solve3(device_, nodes, diagonal, fine_.r.data(), fine_.d.data());
    apply(fine_.d.data(), fine_.q.data());
    vectors_.axpy(device_, fine_.n, -fine_omega_, fine_.q.data(), fine_.r.data());
    transfer_.restrict_to_aggregates(device_, transfer_view_, fine_.r.data(), levels_[0]->b.data());
    solve_coarse(0);
    transfer_.prolong_from_aggregates(device_, transfer_view_, levels_[0]->x.data(), fine_.d.data());
    apply(fine_.d.data(), fine_.q.data());
    smoother_.solve3(device_, nodes, diagonal, fine_.q.data(), fine_.q.data());
    vectors_.axpy(device_, fine_.n, -fine_omega_, fine_.q.data(), fine_.d.data());
    vectors_.axpy(device_, fine_.n, 1, fine_.d.data(), fine_.x.data());
    smooth(fine_, false, false, apply, step);
  }

  /// Two visits to every level but the coarsest: what one visit leaves, the second sees as its right-hand side.
  void solve_coarse(std::size_t k) {
    CoarseLevelData<Real>& level = *levels_[k];
    if (k + 1 == levels_.size()) {
      coarse_.dense_multiply(device_, static_cast<std::uint32_t>(level.n), coarsest_inverse_.data(), level.b.data(),
                             level.x.data());
      return;
    }
    cycle_coarse(k);
    level.kept.copy_from(level.x);
    coarse_.multiply(device_, level.matrix.view(), level.kept.data(), -1, level.b.data(), level.b.data());
    cycle_coarse(k);
    vectors_.axpy(device_, level.n, 1, level.kept.data(), level.x.data());
  }

  void cycle_coarse(std::size_t k) {
    CoarseLevelData<Real>& level = *levels_[k];
    CoarseLevelData<Real>& next = *levels_[k + 1];
    const auto matrix = level.matrix.view();
    auto apply = [&](const Real* x, Real* y) { coarse_.multiply(device_, matrix, x, 1, nullptr, y); };
    auto step = [&](kernels::SmootherStep<Real>& s) {
      s.blocks = matrix.rows;
      smoother_.step6(device_, s);
    };
    smooth(level, true, true, apply, step);
    coarse_.multiply(device_, level.restriction.view(), level.r.data(), 1, nullptr, next.b.data());
    solve_coarse(k + 1);
    coarse_.multiply(device_, level.prolongator.view(), next.x.data(), 1, level.x.data(), level.x.data());
    smooth(level, false, false, apply, step);
  }

  FineOperator& fine_operator_;
  Device& device_;
  int edge_ = 4;
  int degree_;
  const kernels::VectorKernels<Real>& vectors_;
  const kernels::SmootherKernels<Real>& smoother_;
  const kernels::TransferKernels<Real>& transfer_;
  const kernels::CoarseKernels<Real>& coarse_;

  LevelVectors<Real> fine_;
  double fine_omega_ = 0;
  kernels::TransferView<Real> transfer_view_;
  Buffer<std::uint32_t> aggregate_of_node_, aggregate_start_, aggregate_nodes_;
  Buffer<kernels::PackedNode> packed_;
  Buffer<Real> centre_, basis_;
  std::vector<std::unique_ptr<CoarseLevelData<Real>>> levels_;  ///< first coarse level first
  Buffer<Real> coarsest_inverse_;
  std::vector<std::int64_t> level_dof_;
};

class BlockJacobi final : public PreconditionerOperator {
 public:
  BlockJacobi(FineOperator& fine, const HostGrid& grid, const ElasticProblem& problem,
              const std::vector<std::uint8_t>& constrained)
      : device_(fine.device()),
        nodes_(fine.node_count()),
        inverse_(device_, inverse_node_blocks(grid, problem, constrained)) {}
  void apply(const double* r, double, double* z) override {
    kernels::smoother_kernels<double>(device_).solve3(device_, nodes_, inverse_.data(), r, z);
  }
  std::vector<std::int64_t> level_dof() const override { return {static_cast<std::int64_t>(3 * nodes_)}; }
  std::string description() const override { return "block Jacobi (3x3, fp64)"; }

 private:
  Device& device_;
  std::size_t nodes_;
  Buffer<double> inverse_;
};

}  // namespace

std::unique_ptr<PreconditionerOperator> make_multigrid(FineOperator& fine, const HostGrid& grid,
                                                       const ElasticProblem& problem,
                                                       const std::vector<std::uint8_t>& constrained,
                                                       const SolverSettings& settings, Monitor& monitor) {
  if (settings.precision == CyclePrecision::fp32)
    return std::make_unique<Multigrid<float>>(fine, grid, problem, constrained, settings, monitor);
  return std::make_unique<Multigrid<double>>(fine, grid, problem, constrained, settings, monitor);
}

std::unique_ptr<PreconditionerOperator> make_block_jacobi(FineOperator& fine, const HostGrid& grid,
                                                          const ElasticProblem& problem,
                                                          const std::vector<std::uint8_t>& constrained) {
  return std::make_unique<BlockJacobi>(fine, grid, problem, constrained);
}

}  // namespace osteon
