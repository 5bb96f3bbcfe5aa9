// SPDX-License-Identifier: Apache-2.0
// The stimulus on the GPU: one thread per site.
#include "kernels/cuda_launch.hpp"
#include "kernels/stimulus/stimulus_body.hpp"

namespace osteon::kernels::cuda {

namespace {

class StimulusCuda final : public StimulusKernels {
 public:
  void evaluate(Device&, const StimulusInput& input, const StimulusParameters& parameters, double* fate, double* value,
                double* largest_strain) const override {
    for_each("stimulus", input.sites.count, EvaluateStimulus{input, parameters, fate, value, largest_strain});
  }
  void volumetric_strain(Device&, const StimulusInput& input, double* strain) const override {
    for_each("volumetric strain", input.sites.count, VolumetricStrain{input, strain});
  }
};

}  // namespace

const StimulusKernels& stimulus() {
  static const StimulusCuda kernels;
  return kernels;
}

}  // namespace osteon::kernels::cuda
