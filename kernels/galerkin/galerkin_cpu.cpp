// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/galerkin/galerkin_body.hpp"
#include "kernels/galerkin/galerkin_node_body.hpp"
#include "kernels/galerkin/galerkin_window_body.hpp"

namespace osteon::kernels::cpu {

namespace {

/// One thread is the whole group.
struct RunAlone {
  template <class Phase>
  void operator()(const Phase& phase) const {
    phase(0);
  }
};

template <int Edge, class Real>
void compute_rows(const FirstMatrixView<Real>& view, Real* values) {
#pragma omp parallel
  {
    GalerkinWindow<Edge> window;
#pragma omp for schedule(dynamic, 16)
    for (std::uint32_t a = 0; a < view.transfer.aggregate_count; ++a)
      compute_row(view, a, 1, window, values, RunAlone{});
  }
}

template <class Real>
class GalerkinCpu final : public GalerkinKernels<Real> {
 public:
  void inverse_nodes(Device& device, const StiffnessView<double>& stiffness, const CornerBlock* corners,
                     const PackedNode* packed, std::uint16_t* inverse) const override {
    KernelScope scope(device);
    constexpr int k_places = k_brick_edge * k_brick_edge * k_brick_edge;
#pragma omp parallel for schedule(static)
    for (std::int32_t b = 0; b < stiffness.grid.brick_count; ++b)
      for (int at = 0; at < k_places; ++at) inverse_node(stiffness, corners, packed, b, at, inverse);
  }
  void first_matrix(Device& device, const FirstMatrixView<Real>& view, Real* values) const override {
    KernelScope scope(device);
    if (view.edge == 3)
      compute_rows<3>(view, values);
    else
      compute_rows<4>(view, values);
  }
  void fill_dropped_modes(Device& device, const BlockPattern& pattern, const std::uint8_t* mode_count,
                          Real* values) const override {
    KernelScope scope(device);
    for (std::uint32_t row = 0; row < pattern.rows; ++row) fill_dropped_row(pattern, mode_count, row, values);
  }
  void inverse_blocks(Device& device, const BlockPattern& pattern, const Real* values, Real* inverse) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(static)
    for (std::uint32_t row = 0; row < pattern.rows; ++row) inverse_block(pattern, row, values, inverse);
  }
  void prolongator(Device& device, const ProlongatorView<Real>& view, Real* values) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(dynamic, 64)
    for (std::uint32_t row = 0; row < view.pattern.rows; ++row)
      for (int lane = 0; lane < k_block_lanes; ++lane) prolongator_lane(view, row, lane, values);
  }
  void product(Device& device, const ProductView<Real>& view, Real* values) const override {
    KernelScope scope(device);
#pragma omp parallel for schedule(dynamic, 16)
    for (std::uint32_t row = 0; row < view.pattern.rows; ++row)
      for (std::int64_t k = view.pattern.start[row]; k < view.pattern.start[row + std::size_t{1}]; ++k)
        product_block(view, row, k, values);
  }
  void expand(Device& device, const BlockPattern& pattern, const Real* values, double* dense) const override {
    KernelScope scope(device);
    const std::size_t n = std::size_t{k_block} * pattern.rows;
    std::fill_n(dense, n * n, 0.0);
    const auto entries = static_cast<std::size_t>(k_block_values * pattern.start[pattern.rows]);
    for (std::size_t i = 0; i < entries; ++i) expand_entry(pattern, values, i, dense);
  }
  void invert(Device& device, std::uint32_t n, double* dense, double* work, int* failed, Real* inverse) const override {
    KernelScope scope(device);
    const std::size_t entries = std::size_t{n} * n;
    *failed = 0;
    for (std::uint32_t pivot = 0; pivot < n; pivot += k_block) {
      for (std::uint32_t j = 0; j < n; ++j) invert_panel(n, pivot, j, dense, work, failed);
#pragma omp parallel for schedule(static)
      for (std::size_t i = 0; i < entries; ++i) invert_update(n, pivot, i, work, dense);
    }
    for (std::size_t i = 0; i < entries; ++i) invert_store(n, i, dense, inverse);
  }

 private:
  static void product_block(const ProductView<Real>& view, std::uint32_t row, std::int64_t k, Real* values) {
    for (int q = 0; q < k_block; ++q) {
      double sum[k_block] = {}, share[k_block];
      for (int lane = q; lane < k_block_lanes; lane += k_block) {
        product_lane(view, row, view.pattern.column[k], lane, share);
        for (int i = 0; i < k_block; ++i) sum[i] += share[i];
      }
      for (int i = 0; i < k_block; ++i) values[k_block_values * k + k_block * q + i] = static_cast<Real>(sum[i]);
    }
  }
};

}  // namespace

template <class Real>
const GalerkinKernels<Real>& galerkin() {
  static const GalerkinCpu<Real> kernels;
  return kernels;
}
template const GalerkinKernels<float>& galerkin();
template const GalerkinKernels<double>& galerkin();

}  // namespace osteon::kernels::cpu
