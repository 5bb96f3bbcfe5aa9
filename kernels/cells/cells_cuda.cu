// SPDX-License-Identifier: Apache-2.0
// Cells and tissues on the GPU: one thread per site, its state in registers.
#include "kernels/cells/cells_body.hpp"
#include "kernels/cuda_launch.hpp"
#include "kernels/cuda_sum.hpp"

namespace osteon::kernels::cuda {

namespace {

class CellsCuda final : public CellKernels {
 public:
  void react(Device&, const CellKinetics& kinetics, const CellFields& fields, double dt, int steps) const override {
    const std::size_t n = fields.sites.count;
    switch (kinetics.cohorts) {
      case 0:
        return for_each("react", n, React<0>{kinetics, fields, dt, steps});
      case 1:
        return for_each("react", n, React<1>{kinetics, fields, dt, steps});
      case 2:
        return for_each("react", n, React<2>{kinetics, fields, dt, steps});
      default:
        return for_each("react", n, React<3>{kinetics, fields, dt, steps});
    }
  }
  void mix(Device&, const TissueStiffness& stiffness, const CellFields& fields, float* modulus_mpa,
           std::uint8_t* palette_index) const override {
    for_each("mix tissues", fields.sites.count, MixTissues{stiffness, fields, modulus_mpa, palette_index});
  }
  void average(Device&, const AverageModel& model, const TissueStiffness& stiffness, const CellFields& fields,
               const double* concentration, float* history, float* modulus_mpa,
               std::uint8_t* palette_index) const override {
    for_each("average tissues", fields.sites.count,
             AverageTissues{model, stiffness, fields, concentration, history, modulus_mpa, palette_index});
  }
  void oxygen_sink(Device&, const CellFields& fields, int populations, double use, double half,
                   double* sink) const override {
    for_each("oxygen sink", fields.sites.count, OxygenSink{fields, populations, use, half, sink});
  }
  void sum(Device&, std::size_t n, const double* x, double* result) const override {
    kernels::cuda::sum("sum", 1, n, PlainTerm{x}, nullptr, sum_scratch(k_sum_blocks), result);
  }
  void count_outside(Device&, std::size_t n, const double* x, double low, double high, double* result) const override {
    kernels::cuda::sum("count", 1, n, OutsideTerm{x, low, high}, nullptr, sum_scratch(k_sum_blocks), result);
  }
};

}  // namespace

const CellKernels& cells() {
  static const CellsCuda kernels;
  return kernels;
}

}  // namespace osteon::kernels::cuda
