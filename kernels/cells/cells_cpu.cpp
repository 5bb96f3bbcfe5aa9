// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kernels/cells/cells_body.hpp"
#include "kernels/cpu_loop.hpp"
#include "kernels/cpu_sum.hpp"
#include "osteon/core/error.hpp"

namespace osteon::kernels {

double stable_step(const CellKinetics& kinetics) {
  // Heun stays positive for y' = -a y while a dt < 2; a fraction of that keeps its error below the splitting's.
  constexpr double k_safe = 0.4, k_longest_days = 0.25;
  double fastest = 0;
  for (int j = 0; j <= kinetics.cohorts; ++j) {
    const ProgenitorRates& p = kinetics.progenitor[j];
    const double help = j == 0 ? 1 + kinetics.paracrine_gain : 1;
    fastest = std::max(fastest, help * (p.proliferation + p.differentiation) + p.death + p.anoxic_death);
  }
  for (const PhenotypeRates& p : kinetics.phenotype)
    fastest = std::max({fastest, p.proliferation + p.death, 2 * p.production});
  for (const TissueRates& t : kinetics.tissue) fastest = std::max(fastest, t.maturation + t.resorption);
  return fastest > 0 ? std::min(k_longest_days, k_safe / fastest) : k_longest_days;
}

namespace cpu {

namespace {

class CellsCpu final : public CellKernels {
 public:
  void react(Device& device, const CellKinetics& kinetics, const CellFields& fields, double dt,
             int steps) const override {
    OSTEON_ASSERT(kinetics.cohorts >= 0 && kinetics.cohorts <= k_most_cohorts);
    switch (kinetics.cohorts) {
      case 0:
        return for_each(device, fields.sites.count, React<0>{kinetics, fields, dt, steps});
      case 1:
        return for_each(device, fields.sites.count, React<1>{kinetics, fields, dt, steps});
      case 2:
        return for_each(device, fields.sites.count, React<2>{kinetics, fields, dt, steps});
      default:
        return for_each(device, fields.sites.count, React<3>{kinetics, fields, dt, steps});
    }
  }
  void mix(Device& device, const TissueStiffness& stiffness, const CellFields& fields, float* modulus_mpa,
           std::uint8_t* palette_index) const override {
    for_each(device, fields.sites.count, MixTissues{stiffness, fields, modulus_mpa, palette_index});
  }
  void average(Device& device, const AverageModel& model, const TissueStiffness& stiffness, const CellFields& fields,
               const double* concentration, float* history, float* modulus_mpa,
               std::uint8_t* palette_index) const override {
    for_each(device, fields.sites.count,
             AverageTissues{model, stiffness, fields, concentration, history, modulus_mpa, palette_index});
  }
  void oxygen_sink(Device& device, const CellFields& fields, int populations, double use, double half,
                   double* sink) const override {
    for_each(device, fields.sites.count, OxygenSink{fields, populations, use, half, sink});
  }
  void sum(Device& device, std::size_t n, const double* x, double* result) const override {
    KernelScope scope(device);
    *result = sum_terms(n, PlainTerm{x});
  }
  void count_outside(Device& device, std::size_t n, const double* x, double low, double high,
                     double* result) const override {
    KernelScope scope(device);
    *result = sum_terms(n, OutsideTerm{x, low, high});
  }
};

}  // namespace

const CellKernels& cells() {
  static const CellsCpu kernels;
  return kernels;
}

}  // namespace cpu
}  // namespace osteon::kernels
