// SPDX-License-Identifier: Apache-2.0
// Plasticity on the GPU: a thread per listed element, per node near them, or per place for an element.
#include "kernels/cuda_launch.hpp"
#include "kernels/plastic/plastic_body.hpp"

namespace osteon::kernels::cuda {

namespace {

class PlasticCuda final : public PlasticKernels {
 public:
  void utilisation(Device&, const BrickGridView& grid, const PlasticMaterialView& material, const double* displacement,
                   double* value) const override {
    for_each("utilisation", k_brick_places * static_cast<std::size_t>(grid.brick_count),
             PlasticUtilisation{grid, material, displacement, value});
  }
  void update(Device&, const PlasticListView& list, const double* displacement) const override {
    for_each("plastic update", list.count, PlasticUpdate{list, displacement});
  }
  void commit(Device&, const PlasticListView& list, const double* before, const double* next) const override {
    for_each("plastic commit", list.count, PlasticCommit{list, before, next});
  }
  void product(Device&, const PlasticListView& list, const double* x) const override {
    for_each("plastic product", list.count, PlasticProduct{list, x});
  }
  void subtract(Device&, const PlasticListView& list, const PlasticNodesView& nodes, double* y) const override {
    for_each("plastic forces", nodes.count, PlasticSubtract{list, nodes, y});
  }
};

}  // namespace

const PlasticKernels& plastic() {
  static const PlasticCuda kernels;
  return kernels;
}

}  // namespace osteon::kernels::cuda
