// SPDX-License-Identifier: Apache-2.0
// Block Jacobi: the inverse of every node's own 3x3 block, for comparison with the multigrid.
#include "galerkin.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/vector/vector.hpp"
#include "multigrid.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

namespace {

class BlockJacobi final : public VoxelPreconditioner {
 public:
  BlockJacobi(FineOperator& fine, const HostGrid& grid, const ElasticProblem& problem,
              const std::vector<std::uint8_t>& constrained)
      : device_(fine.device()),
        vectors_(kernels::vector_kernels<double>(device_)),
        nodes_(fine.node_count()),
        inverse_(device_, inverse_node_blocks(grid, problem, constrained)) {}
  void reserve(int) override {}
  void apply(int columns, const double* r, const double*, double* work) override {
    columns_ = columns;
    z_ = work;
    kernels::smoother_kernels<double>(device_).solve3(device_, columns, nodes_, inverse_.data(), 1, r, z_, nullptr);
  }
  void dot(const double* r, double* rho) override { vectors_.dot(device_, columns_, 3 * nodes_, r, z_, rho); }
  void add_to_direction(const double* rho, const double* rho_before, double* p) override {
    vectors_.add_to_double(device_, columns_, 3 * nodes_, nullptr, z_, rho, rho_before, p);
  }
  void follow_moduli(const HostGrid& grid, const ElasticProblem& problem,
                     const std::vector<std::uint8_t>& constrained) override {
    inverse_.copy_from(inverse_node_blocks(grid, problem, constrained));
  }
  bool compute_again(Monitor&) override { return false; }
  double smoother_bound() const override { return 0; }
  void set_smoother_bound(double) override {}
  std::vector<std::int64_t> level_dof() const override { return {static_cast<std::int64_t>(3 * nodes_)}; }
  std::string description() const override { return "block Jacobi (3x3, fp64)"; }

 private:
  Device& device_;
  const kernels::VectorKernels<double>& vectors_;
  std::size_t nodes_;
  Buffer<std::uint16_t> inverse_;
  double* z_ = nullptr;
  int columns_ = 1;
};

}  // namespace

std::unique_ptr<VoxelPreconditioner> make_block_jacobi(FineOperator& fine, const HostGrid& grid,
                                                          const ElasticProblem& problem,
                                                          const std::vector<std::uint8_t>& constrained) {
  return std::make_unique<BlockJacobi>(fine, grid, problem, constrained);
}

}  // namespace osteon
