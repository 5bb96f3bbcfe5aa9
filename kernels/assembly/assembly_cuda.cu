// SPDX-License-Identifier: Apache-2.0
// Assembly on the GPU: a thread per block of the matrix, once per type of element; a thread per Gauss point before.
#include "kernels/assembly/assembly_body.hpp"
#include "kernels/cuda_launch.hpp"
#include "osteon/core/error.hpp"

namespace osteon::kernels::cuda {

namespace {

class AssemblyCuda final : public AssemblyKernels {
 public:
  void find_geometry(Device&, const AssemblyView& view, int type, double* geometry) const override {
    const ElementsView& s = view.elements[type];
    with_shape(s.type, [&](auto shape) {
      using Shape = decltype(shape);
      for_each("element geometry", s.count * std::size_t{Shape::k_points}, FindGeometry<Shape>{view, s, geometry});
    });
  }
  void assemble(Device&, const AssemblyView& view, double* values) const override {
    OSTEON_ASSERT(view.by_entries);
    for (int t = 0; t < view.types; ++t)
      with_shape(view.elements[t].type, [&](auto shape) {
        for_each("assembly", static_cast<std::size_t>(view.blocks),
                 AssembleEntry<decltype(shape)>{view, view.elements[t], t == 0, values});
      });
  }
};

}  // namespace

const AssemblyKernels& assembly() {
  static const AssemblyCuda kernels;
  return kernels;
}

}  // namespace osteon::kernels::cuda
