// SPDX-License-Identifier: Apache-2.0
// The elements that have yielded, in device memory, and the tangent stiffness they leave.
#pragma once

#include <cstdint>
#include <vector>

#include "fine_operator.hpp"
#include "kernels/plastic/plastic.hpp"
#include "kernels/vector/vector.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/solve/elastoplastic_solver.hpp"

namespace osteon {

/// A list that grows: an element is taken up in the first iterate in which one of its Gauss points would yield, and
/// stays. New ones are appended in the order of their numbers, so every sum keeps its order. Displacements are device
/// pointers, 3 per node. Device memory: 1.4 kB per listed element, 9 B per element of the mesh.
class PlasticElements {
 public:
  PlasticElements(const FineOperator& fine, const ElasticProblem& problem, const PlasticMaterial& material);

  /// Largest phi / strength of every element, as if none had yielded.
  std::vector<double> utilisation(const double* u);
  /// Lists elements whose utilisation is above 1.
  void list(const std::vector<double>& utilisation);
  /// Lists what yields at `u`, and makes forces and tangent there.
  void update(const double* u);
  /// The state at `next` becomes the present one.
  void commit(const double* before, const double* next);
  /// The tangent becomes that of elasticity until the next update.
  void forget_tangent() { tangent_.set_zero(); }
  /// y -= what the elements carry less than K u (after `update`), or than K x.
  void subtract_forces(double* y);
  void subtract_product(const double* x, double* y);

  PlasticState to_host() const;

 private:
  kernels::PlasticListView view();
  kernels::PlasticNodesView nodes_view() const;
  void make_node_lists(const std::vector<std::uint32_t>& nodes);
  void grow(Buffer<double>& values, std::size_t arrays, std::size_t old_count);

  Device& device_;
  const kernels::PlasticKernels& kernels_;
  BrickGridView host_grid_, grid_;
  kernels::PlasticMaterialView material_;
  Buffer<PlasticLaw> laws_;
  Buffer<std::uint8_t> law_index_;
  Buffer<double> utilisation_;
  std::vector<std::uint8_t> is_listed_;      ///< per element
  std::vector<std::uint32_t> elements_;      ///< listed, in order
  std::vector<std::uint32_t> corner_nodes_;  ///< 8 per listed element
  Buffer<std::uint32_t> element_, nodes_, near_node_, first_, entry_;
  Buffer<double> state_, tangent_, force_, energy_, summary_;
};

/// K_t = K - what the listed elements have lost.
class TangentOperator final : public LinearOperator {
 public:
  TangentOperator(FineOperator& fine, PlasticElements& plastic)
      : fine_(fine), plastic_(plastic), vectors_(kernels::vector_kernels<double>(fine.device())) {}
  Device& device() const override { return fine_.device(); }
  std::uint32_t node_count() const override { return fine_.node_count(); }
  void apply(const double* x, double* y) override {
    fine_.apply(x, y);
    plastic_.subtract_product(x, y);
  }
  void apply_dot(int columns, const double* x, double* y, double* result) override;
  std::int64_t applications() const override { return fine_.applications(); }

 private:
  FineOperator& fine_;
  PlasticElements& plastic_;
  const kernels::VectorKernels<double>& vectors_;
};

}  // namespace osteon
