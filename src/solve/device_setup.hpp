// SPDX-License-Identifier: Apache-2.0
// The hierarchy's values computed on the device (kernels/galerkin), and what that needs beside what the cycle reads:
// per first aggregate the place of its cell 8 B, centre 24, mode count 1 and coarse aggregate 4, per aggregate below
// also its basis (36 values), a byte per block (does it couple strongly?), and the blocks of the coarsest matrix. 4.5 B
// per node measured (rods 96^3, cells of 4^3). It stays, so that new moduli need nothing from the host but themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "device_blocks.hpp"
#include "fine_operator.hpp"
#include "galerkin.hpp"
#include "hierarchy_pattern.hpp"
#include "kernels/galerkin/galerkin_node_body.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

template <class Real>
class DeviceSetUp {
 public:
  /// `transfer` as the cycle uses it: its bases are the finest aggregates'.
  DeviceSetUp(FineOperator& fine, const HostGrid& grid, const ElasticProblem& problem, const FineAggregation& f,
              const kernels::TransferView<Real>& transfer)
      : device_(fine.device()),
        fine_(fine),
        galerkin_(kernels::galerkin_kernels<Real>(device_)),
        transfer_(transfer),
        edge_(f.edge),
        cells_(device_, cell_places(grid, problem, f)),
        corners_(device_, corner_blocks(problem)) {}

  /// A level's rows; the finest coarse level first.
  void add_level(const CoarseSpace& space) {
    Level level;
    std::vector<double> centre;
    centre.reserve(3 * std::size_t{space.count});
    for (const auto& c : space.centre) centre.insert(centre.end(), c.begin(), c.end());
    level.centre = Buffer<double>(device_, centre);
    level.mode_count =
        Buffer<std::uint8_t>(device_, std::vector<std::uint8_t>(space.mode_count.begin(), space.mode_count.end()));
    level.length_mm = space.length_mm;
    if (!levels_.empty()) level.basis = to_device<Real>(device_, bases(space));
    levels_.push_back(std::move(level));
  }
  /// How the last level's rows are aggregated; `strong` per block of its matrix.
  void set_aggregates(const std::vector<std::uint32_t>& aggregate_of_row, const std::vector<std::uint8_t>& strong) {
    levels_.back().aggregate_of_row = Buffer<std::uint32_t>(device_, aggregate_of_row);
    levels_.back().strong = Buffer<std::uint8_t>(device_, strong);
  }

  void inverse_nodes(Buffer<std::uint16_t>& inverse) {
    galerkin_.inverse_nodes(device_, fine_.view(), corners_.data(), transfer_.packed, inverse.data());
  }
  void first_matrix(const Buffer<std::uint16_t>& inverse, double omega, DeviceBlocks<Real>& matrix) {
    kernels::FirstMatrixView<Real> view;
    view.stiffness = fine_.view();
    view.transfer = transfer_;
    view.cells = cells_.data();
    view.edge = edge_;
    view.inverse_diagonal = inverse.data();
    view.omega = omega;
    view.pattern = matrix.pattern();
    galerkin_.first_matrix(device_, view, matrix.values());
    fill_dropped_modes(0, matrix);
  }
  void inverse_blocks(DeviceBlocks<Real>& matrix, Buffer<Real>& inverse) {
    galerkin_.inverse_blocks(device_, matrix.pattern(), matrix.values(), inverse.data());
  }
  /// Prolongator and matrix of level k + 1 from the matrix of level k.
  void coarsen(std::size_t k, const DeviceBlocks<Real>& matrix, const Buffer<Real>& inverse_diagonal, double omega,
               DeviceBlocks<Real>& prolongator, DeviceBlocks<Real>& coarse) {
    kernels::ProlongatorView<Real> view;
    view.matrix = matrix.view();
    view.strong = levels_[k].strong.data();
    view.mode_count = levels_[k].mode_count.data();
    view.aggregate_of_row = levels_[k].aggregate_of_row.data();
    view.rows = rigid_basis(k);
    view.aggregates = rigid_basis(k + 1);
    view.inverse_diagonal = inverse_diagonal.data();
    view.omega = omega;
    view.pattern = prolongator.pattern();
    galerkin_.prolongator(device_, view, prolongator.values());
    galerkin_.product(device_, {matrix.view(), prolongator.view_with_columns(), coarse.pattern()}, coarse.values());
    fill_dropped_modes(k + 1, coarse);
  }
  /// Dense inverse of the coarsest matrix. One that is not positive definite (a bone that nothing holds) is inverted on
  /// the host.
  void invert(DeviceBlocks<Real>& matrix, Buffer<Real>& inverse) {
    const std::uint32_t n = kernels::k_block * matrix.pattern().rows;
    Buffer<double> dense(device_, std::size_t{n} * n), work(device_, 12 * std::size_t{n});
    Buffer<int> failed(device_, 1);
    galerkin_.expand(device_, matrix.pattern(), matrix.values(), dense.data());
    galerkin_.invert(device_, n, dense.data(), work.data(), failed.data(), inverse.data());
    if (failed.to_host()[0] == 0) return;
    galerkin_.expand(device_, matrix.pattern(), matrix.values(), dense.data());
    const std::vector<double> pseudo = dense_pseudo_inverse(n, dense.to_host());
    inverse.copy_from(std::vector<Real>(pseudo.begin(), pseudo.end()));
  }

 private:
  struct Level {
    Buffer<std::uint8_t> strong, mode_count;
    Buffer<std::uint32_t> aggregate_of_row;
    Buffer<double> centre;
    Buffer<Real> basis;
    double length_mm = 1;
  };

  static std::vector<kernels::CornerBlock> corner_blocks(const ElasticProblem& problem) {
    std::vector<kernels::CornerBlock> out;
    for (const Elasticity& law : *problem.palette)
      out.push_back(kernels::corner_block(hex8_blocks(law, problem.spacing_mm.data())));
    return out;
  }
  /// T from its inverse, whose rows are orthogonal.
  static std::vector<double> bases(const CoarseSpace& space) {
    std::vector<double> out(36 * std::size_t{space.count}, 0.0);
    for (std::uint32_t a = 0; a < space.count; ++a)
      for (int e = 0; e < space.mode_count[a]; ++e) {
        double square = 0;
        for (int i = 0; i < 6; ++i) square += space.modes[a][6 * i + e] * space.modes[a][6 * i + e];
        for (int i = 0; i < 6; ++i)
          out[36 * std::size_t{a} + static_cast<std::size_t>(6 * e + i)] = space.modes[a][6 * i + e] / square;
      }
    return out;
  }
  kernels::RigidBasis<Real> rigid_basis(std::size_t k) const {
    return {levels_[k].centre.data(), k == 0 ? transfer_.basis : levels_[k].basis.data(), levels_[k].length_mm};
  }
  void fill_dropped_modes(std::size_t k, DeviceBlocks<Real>& matrix) {
    galerkin_.fill_dropped_modes(device_, matrix.pattern(), levels_[k].mode_count.data(), matrix.values());
  }

  Device& device_;
  FineOperator& fine_;
  const kernels::GalerkinKernels<Real>& galerkin_;
  kernels::TransferView<Real> transfer_;
  int edge_;
  Buffer<kernels::CellPlace> cells_;
  Buffer<kernels::CornerBlock> corners_;
  std::vector<Level> levels_;
};

}  // namespace osteon
