// SPDX-License-Identifier: Apache-2.0
// The values of the multigrid hierarchy, computed where the cycle reads them; which blocks exist is decided on the host
// (src/solve/hierarchy_pattern.hpp).
//
// Every item (a node, an aggregate, a row, a block) gathers what it needs and writes its own result: no atomics, and
// the order of every sum is fixed by the patterns. Sums are made in fp64 from what the cycle keeps (fp32 or fp64).
// The CPU loops play the GPU's path for tests and the `checked` device; the backend `cpu` sets up on the host
// (src/solve/galerkin.hpp), with vectors and less work, to the same values but for rounding.
// Blocks are column-major, 36 values; a symmetric matrix is given by its upper half.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/coarse/coarse.hpp"
#include "kernels/stiffness/stiffness.hpp"
#include "kernels/transfer/transfer.hpp"

namespace osteon::kernels {

/// The diagonal 3x3 block at a corner of a unit-modulus element, xx yy zz yz zx xy: by symmetry the same at every
/// corner but for the signs of the last three (galerkin_node_body.hpp).
struct CornerBlock {
  double value[6];
};

/// Where an aggregate's cell is: a brick near it and the cell's low corner in that brick's coordinates, each -3 .. 7.
/// The brick is the one that holds the aggregate's first node.
struct CellPlace {
  std::int32_t brick;
  std::int8_t corner[4];  ///< x y z, 0
};

/// A pattern: blocks start[row] .. start[row + 1] of columns column[k], ascending.
struct BlockPattern {
  std::uint32_t rows = 0;
  const std::int64_t* start = nullptr;
  const std::uint32_t* column = nullptr;
};

/// A_1 = P^T K P with P = (I - omega D^-1 K) P_t.
template <class Real>
struct FirstMatrixView {
  StiffnessView<double> stiffness;
  TransferView<Real> transfer;
  const CellPlace* cells = nullptr;  ///< per aggregate
  int edge = 4;                      ///< nodes per axis of a cell, 3 or 4
  const std::uint16_t* inverse_diagonal = nullptr;
  double omega = 0;
  BlockPattern pattern;  ///< upper half
};

/// Rigid-body modes of the rows of a level, or of its aggregates: T and where it turns about.
template <class Real>
struct RigidBasis {
  const double* centre = nullptr;  ///< 3 per row, mm
  const Real* basis = nullptr;     ///< 36 per row, column-major, orthogonal columns, zero for dropped modes
  double length_mm = 1;            ///< by which rotations are scaled
};

/// P = Q - omega D^-1 A_s Q: smoothed with the strong couplings, the others lumped so that A_s moves rigid motions as A
/// does (src/solve/galerkin_coarse.cpp).
template <class Real>
struct ProlongatorView {
  BlockRowsView<Real> matrix;                ///< A, symmetric
  const std::uint8_t* strong = nullptr;      ///< per stored block of A
  const std::uint8_t* mode_count = nullptr;  ///< per row
  const std::uint32_t* aggregate_of_row = nullptr;
  RigidBasis<Real> rows, aggregates;
  const Real* inverse_diagonal = nullptr;  ///< 36 per row
  double omega = 0;
  BlockPattern pattern;
};

/// P^T A P, upper half.
template <class Real>
struct ProductView {
  BlockRowsView<Real> matrix;       ///< A, symmetric
  BlockRowsView<Real> prolongator;  ///< P with the lists of both directions
  BlockPattern pattern;
};

template <class Real>
class GalerkinKernels {
 public:
  virtual ~GalerkinKernels() = default;
  /// Inverse 3x3 block of every node over its free components, packed (node_diagonal.hpp); the last group's spare
  /// entries are not written. `corners`: per law of the palette. 17 B read per node, 12 written.
  virtual void inverse_nodes(Device& device, const StiffnessView<double>& stiffness, const CornerBlock* corners,
                             const PackedNode* packed, std::uint16_t* inverse) const = 0;
  /// Values of A_1.
  virtual void first_matrix(Device& device, const FirstMatrixView<Real>& view, Real* values) const = 0;
  /// Unit-sized diagonal for the modes that aggregates do not have.
  virtual void fill_dropped_modes(Device& device, const BlockPattern& pattern, const std::uint8_t* mode_count,
                                  Real* values) const = 0;
  /// Pseudo-inverse of the diagonal block (the first) of every row: eigenvalues below 1e-11 of the largest give
  /// nothing. 36 values read and written per row.
  virtual void inverse_blocks(Device& device, const BlockPattern& pattern, const Real* values, Real* inverse) const = 0;
  /// Values of P.
  virtual void prolongator(Device& device, const ProlongatorView<Real>& view, Real* values) const = 0;
  /// Values of P^T A P.
  virtual void product(Device& device, const ProductView<Real>& view, Real* values) const = 0;
  /// dense (n x n, n = 6 rows) = A with its diagonal raised by 1e-12 of itself. Zeroes `dense` first.
  virtual void expand(Device& device, const BlockPattern& pattern, const Real* values, double* dense) const = 0;
  /// inverse = dense^-1, symmetric; `dense` is used up, `work` holds 12 n doubles. *failed (device memory) becomes 1
  /// and the inverse is void unless `dense` is positive definite. 2 n^3 flops.
  virtual void invert(Device& device, std::uint32_t n, double* dense, double* work, int* failed,
                      Real* inverse) const = 0;
};

template <class Real>
const GalerkinKernels<Real>& galerkin_kernels(const Device& device);

namespace cpu {
template <class Real>
const GalerkinKernels<Real>& galerkin();
}
namespace cuda {
template <class Real>
const GalerkinKernels<Real>& galerkin();
}

}  // namespace osteon::kernels
