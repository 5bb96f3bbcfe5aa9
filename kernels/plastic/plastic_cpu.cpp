// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu_loop.hpp"
#include "kernels/plastic/plastic_body.hpp"

namespace osteon::kernels::cpu {

namespace {

class PlasticCpu final : public PlasticKernels {
 public:
  void utilisation(Device& device, const BrickGridView& grid, const PlasticMaterialView& material,
                   const double* displacement, double* value) const override {
    for_each(device, k_brick_places * static_cast<std::size_t>(grid.brick_count),
             PlasticUtilisation{grid, material, displacement, value});
  }
  void update(Device& device, const PlasticListView& list, const double* displacement) const override {
    for_each(device, list.count, PlasticUpdate{list, displacement});
  }
  void commit(Device& device, const PlasticListView& list, const double* before, const double* next) const override {
    for_each(device, list.count, PlasticCommit{list, before, next});
  }
  void product(Device& device, const PlasticListView& list, const double* x) const override {
    for_each(device, list.count, PlasticProduct{list, x});
  }
  void subtract(Device& device, const PlasticListView& list, const PlasticNodesView& nodes, double* y) const override {
    for_each(device, nodes.count, PlasticSubtract{list, nodes, y});
  }
};

}  // namespace

const PlasticKernels& plastic() {
  static const PlasticCpu kernels;
  return kernels;
}

}  // namespace osteon::kernels::cpu
