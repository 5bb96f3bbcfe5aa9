// SPDX-License-Identifier: Apache-2.0
// The finest level of an unstructured mesh: its stiffness as rows of 3x3 blocks on a device.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "block_matrix.hpp"
#include "kernels/assembly/assembly.hpp"
#include "kernels/node_matrix/node_matrix.hpp"
#include "linear_operator.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/solve/mesh_problem.hpp"

namespace osteon {

/// How blocks are summed (assembly.hpp); both give the same values but for rounding.
enum class AssemblyLayout { by_device, chunks, entries };

/// Per block 72 B (and 36 B once fp32 values were asked for) and a column number on host and device. Per element
/// besides, tet10: chunks 250 B; entries 850 B + 4 B per block.
class AssembledOperator final : public LinearOperator {
 public:
  AssembledOperator(Device& device, const MeshProblem& problem, AssemblyLayout layout = AssemblyLayout::by_device);

  Device& device() const override { return *device_; }
  std::uint32_t node_count() const override { return graph_.rows(); }
  /// Which nodes couple; on the host, for aggregation.
  const Graph& graph() const { return graph_; }
  kernels::NodeMatrixView<double> matrix() const;
  /// The same rounded to fp32, for the multigrid cycle; made when first asked for (which a recording must not do),
  /// renewed with the moduli.
  kernels::NodeMatrixView<float> matrix_f32();
  /// 9 per block of graph(), row-major, N/mm
  std::vector<double> values_to_host() const { return values_.to_host(); }

  /// New moduli of the elements of problem.elements[type]; values follow at the next assemble().
  void set_moduli(std::size_t type, const std::vector<float>& modulus_mpa);
  void assemble();

  void apply(const float* x, float* y);
  void apply(const double* x, double* y) override;
  void apply_dot(int columns, const double* x, double* y, double* result) override;
  /// r -= K d and the smoother step that follows; not counted, as FineOperator's.
  void smooth(int columns, const kernels::NodeStep<float>& step);
  void smooth(int columns, const kernels::NodeStep<double>& step);
  std::int64_t applications() const override { return applications_; }
  void count_applications(std::int64_t more) { applications_ += more; }

 private:
  /// Device memory of the elements of one type.
  struct Elements {
    ElementType type;
    int moduli = 1;
    Buffer<std::uint32_t> nodes, list_start, list;
    Buffer<std::uint16_t> place;
    Buffer<double> reference, axes, geometry;
    Buffer<float> modulus;
    Buffer<std::uint8_t> law;
  };
  Elements upload(const MeshElements& elements) const;
  kernels::AssemblyView view() const;

  Device* device_;
  bool by_entries_;
  Graph graph_;
  Buffer<std::int64_t> start_;
  Buffer<std::uint32_t> column_;
  Buffer<double> position_, values_;
  Buffer<float> values_f32_;
  Buffer<UnitLaw> palette_;
  std::vector<Elements> elements_;
  std::int64_t applications_ = 0;
};

/// Per Gauss point of a type: its weight, then the gradients of the n functions on the reference element.
std::vector<double> reference_table(ElementType type);

}  // namespace osteon
