// SPDX-License-Identifier: Apache-2.0
// The levels of the aggregation multigrid below the finest: block matrices on the device, their set-up, and the W-cycle
// between them. What the finest level is made of (voxels, an assembled matrix) does not matter here.
//
// Every level keeps the true residual r and adds to x; every product is fused with the smoother step that follows it.
// Vectors are block vectors: matrices are read once for all columns.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <vector>

#include "device_blocks.hpp"
#include "device_setup.hpp"
#include "galerkin.hpp"
#include "hierarchy_pattern.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/vector/vector.hpp"

namespace osteon {

inline constexpr double k_smoothing = 4.0 / 3.0;  ///< of prolongators, over the largest eigenvalue

/// What every smoothed level has. `n` = unknowns, entries of one column.
template <class Real>
struct LevelVectors {
  std::size_t n = 0;
  Real *x = nullptr, *r = nullptr;  ///< solution and residual
  Buffer<Real> d, next;             ///< direction of the smoother and the one that follows
  double lambda = 0;                ///< upper bound of the largest eigenvalue of D^-1 A

  /// Weights of the direction that step k of the fourth-kind Chebyshev smoother makes (kernels/smoother).
  Real previous_weight(int k) const { return static_cast<Real>(k == 1 ? 0 : (2.0 * k - 3) / (2 * k + 1)); }
  Real residual_weight(int k) const { return static_cast<Real>((8.0 * k - 4) / ((2 * k + 1) * lambda)); }
};

/// Power iteration on D^-1 A (`apply(x, y)`) from a fixed start, with a margin since it approaches from below.
template <class Real, class Apply>
double largest_eigenvalue(Device& device, LevelVectors<Real>& level, Apply apply) {
  constexpr int k_steps = 15;
  constexpr double k_margin = 1.1;
  const auto& vectors = kernels::vector_kernels<Real>(device);
  std::vector<Real> start(level.n);
  std::uint64_t state = 0x9e3779b97f4a7c15ull;
  for (Real& value : start) {  // a linear congruence: the same start on every machine
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    value = static_cast<Real>(static_cast<double>(state >> 11) / 9007199254740992.0 - 0.5);
  }
  level.d.copy_part_from(0, start);
  Buffer<double> square(device, 1);
  double lambda = 0;
  for (int step = 0; step < k_steps; ++step) {
    apply(level.d.data(), level.next.data());
    vectors.dot(device, 1, level.n, level.next.data(), level.next.data(), square.data());
    lambda = std::sqrt(square.to_host()[0]);
    if (!(lambda > 0)) return 1;
    level.d.set_part_zero(0, level.n);
    vectors.axpy(device, level.n, 1 / lambda, level.next.data(), level.d.data());
  }
  return k_margin * lambda;
}

template <class Real>
class CoarseHierarchy {
 public:
  CoarseHierarchy(Device& device, int degree)
      : device_(device),
        degree_(degree),
        smoother_(kernels::smoother_kernels<Real>(device)),
        coarse_(kernels::coarse_kernels<Real>(device)) {}

  /// All levels from the first coarse matrix (upper half) and its rows.
  void build_on_host(BlockMatrix matrix, CoarseSpace space, int coarsest_dof, Monitor& monitor) {
    while (true) {
      Level& level = add_level(matrix.rows(), monitor);
      if (level.n <= static_cast<std::size_t>(coarsest_dof)) break;
      level.matrix = DeviceBlocks<Real>(device_, matrix, true);
      const std::vector<double> diagonal = inverse_diagonal_blocks(matrix);
      level.inverse_diagonal = to_device<Real>(device_, diagonal);
      level.lambda = largest_eigenvalue_of(level);
      CoarseLevel next = coarsen(matrix, space, diagonal, k_smoothing / level.lambda);
      level.prolongator = DeviceBlocks<Real>(device_, next.prolongator, false);
      matrix = std::move(next.matrix);
      space = std::move(next.space);
    }
    coarsest_inverse_ = to_device<Real>(device_, dense_inverse(matrix));
  }

  /// Levels and blocks without values, from integers and places alone.
  void build_patterns(DeviceSetUp<Real>& set_up, Graph graph, CoarseSpace space, int coarsest_dof, Monitor& monitor) {
    while (true) {
      Level& level = add_level(graph.rows(), monitor);
      level.matrix = DeviceBlocks<Real>(device_, graph, graph.rows(), true);
      set_up.add_level(space);
      if (level.n <= static_cast<std::size_t>(coarsest_dof)) break;
      level.inverse_diagonal = Buffer<Real>(device_, 6 * level.n + kernels::k_block_padding);
      level.inverse_diagonal.set_zero();
      std::vector<std::uint32_t> aggregate_of_row;
      CoarseSpace next = coarsen_space(space, aggregate_of_row);
      const std::vector<std::uint8_t> strong = strong_blocks(graph, space.strong);
      set_up.set_aggregates(aggregate_of_row, strong);
      const Graph prolongator = prolongator_pattern(graph, strong, space.mode_count, aggregate_of_row);
      level.prolongator = DeviceBlocks<Real>(device_, prolongator, next.count, false);
      graph = product_pattern(graph, prolongator, next.count);
      space = std::move(next);
    }
    const std::size_t n = levels_.back()->n;
    coarsest_inverse_ = Buffer<Real>(device_, n * n);
  }

  /// Values of all levels below the first matrix, on the device.
  void compute_values(DeviceSetUp<Real>& set_up, Monitor& monitor) {
    for (std::size_t k = 0; k + 1 < levels_.size(); ++k) {
      monitor.check_interrupt();
      Level& level = *levels_[k];
      set_up.inverse_blocks(level.matrix, level.inverse_diagonal);
      level.lambda = largest_eigenvalue_of(level);
      set_up.coarsen(k, level.matrix, level.inverse_diagonal, k_smoothing / level.lambda, level.prolongator,
                     levels_[k + 1]->matrix);
    }
    set_up.invert(levels_.back()->matrix, coarsest_inverse_);
  }

  DeviceBlocks<Real>& first_matrix() { return levels_[0]->matrix; }
  /// Residual that goes in and correction that comes out.
  Real* first_residual() { return levels_[0]->r; }
  const Real* first_solution() const { return levels_[0]->x; }

  /// Makes room for so many columns.
  void reserve(int columns) {
    capacity_ = columns;
    for (auto& level : levels_) make_vectors(*level);
  }

  /// first_solution = W-cycle(first_residual).
  void solve(int columns) {
    columns_ = columns;
    solve(std::size_t{0});
  }

  void append_level_dof(std::vector<std::int64_t>& level_dof) const {
    for (const auto& level : levels_) level_dof.push_back(static_cast<std::int64_t>(level->n));
  }

 private:
  struct Level : LevelVectors<Real> {
    DeviceBlocks<Real> matrix, prolongator;
    Buffer<Real> inverse_diagonal, solution, residual;
  };

  Level& add_level(std::uint32_t rows, Monitor& monitor) {
    monitor.check_interrupt();
    levels_.push_back(std::make_unique<Level>());
    Level& level = *levels_.back();
    level.n = 6 * std::size_t{rows};
    make_vectors(level);
    monitor.progress("set-up", 0.5, fmt::format("level {} with {} unknowns", levels_.size(), level.n));
    return level;
  }

  void make_vectors(Level& level) {
    for (Buffer<Real>* v : {&level.solution, &level.residual, &level.d, &level.next}) {
      *v = Buffer<Real>();  // the old one goes first
      *v = Buffer<Real>(device_, static_cast<std::size_t>(capacity_) * level.n);
    }
    level.x = level.solution.data();
    level.r = level.residual.data();
  }

  double largest_eigenvalue_of(Level& level) {
    const auto view = level.matrix.view();
    return largest_eigenvalue<Real>(device_, level, [&](const Real* x, Real* y) {
      coarse_.multiply(device_, view, 1, x, y, nullptr);
      smoother_.solve6(device_, 1, view.rows, level.inverse_diagonal.data(), 1, y, y, nullptr);
    });
  }

  void step(Level& level, Real a, Real b) {
    coarse_.smooth(device_, level.matrix.view(), columns_,
                   {level.d.data(), level.next.data(), level.r, level.x, level.inverse_diagonal.data(), a, b});
    std::swap(level.d, level.next);
  }
  void update_residual(Level& level) {
    coarse_.smooth(device_, level.matrix.view(), columns_,
                   {level.d.data(), level.next.data(), level.r, level.x, nullptr, 0, 0});
  }

  /// Two visits to every level but the coarsest: the second works on what the first leaves.
  void solve(std::size_t k) {
    Level& level = *levels_[k];
    if (k + 1 == levels_.size()) {
      coarse_.dense_multiply(device_, columns_, static_cast<std::uint32_t>(level.n), coarsest_inverse_.data(), level.r,
                             level.x);
      return;
    }
    level.solution.set_part_zero(0, static_cast<std::size_t>(columns_) * level.n);
    cycle(k);
    update_residual(level);
    cycle(k);
  }

  /// Adds to x; on return r is one product behind (the last direction is still in d).
  void cycle(std::size_t k) {
    Level& level = *levels_[k];
    Level& next = *levels_[k + 1];
    smoother_.solve6(device_, columns_, level.n / 6, level.inverse_diagonal.data(), level.residual_weight(1), level.r,
                     level.d.data(), level.x);
    for (int i = 2; i <= degree_; ++i) step(level, level.previous_weight(i), level.residual_weight(i));
    update_residual(level);
    coarse_.multiply(device_, level.prolongator.transposed_view(), columns_, level.r, next.r, nullptr);
    solve(k + 1);
    coarse_.multiply(device_, level.prolongator.view(), columns_, next.x, level.d.data(), level.x);
    for (int i = 1; i <= degree_; ++i) step(level, level.previous_weight(i), level.residual_weight(i));
  }

  Device& device_;
  int degree_;
  int columns_ = 1;   ///< of the vectors in work
  int capacity_ = 1;  ///< columns there is room for
  const kernels::SmootherKernels<Real>& smoother_;
  const kernels::CoarseKernels<Real>& coarse_;
  std::vector<std::unique_ptr<Level>> levels_;  ///< first coarse level first
  Buffer<Real> coarsest_inverse_;
};

}  // namespace osteon
