// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu_loop.hpp"
#include "kernels/stimulus/stimulus_body.hpp"

namespace osteon::kernels::cpu {

namespace {

class StimulusCpu final : public StimulusKernels {
 public:
  void evaluate(Device& device, const StimulusInput& input, const StimulusParameters& parameters, double* fate,
                double* value, double* largest_strain) const override {
    for_each(device, input.sites.count, EvaluateStimulus{input, parameters, fate, value, largest_strain});
  }
  void volumetric_strain(Device& device, const StimulusInput& input, double* strain) const override {
    for_each(device, input.sites.count, VolumetricStrain{input, strain});
  }
};

}  // namespace

const StimulusKernels& stimulus() {
  static const StimulusCpu kernels;
  return kernels;
}

}  // namespace osteon::kernels::cpu
