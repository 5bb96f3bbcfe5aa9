// SPDX-License-Identifier: Apache-2.0
// From a day's strain to what it tells the cells of every site: fibrous tissue, cartilage, bone, or disuse.
//
// A rule (stimulus_rules.hpp) turns strain and stress at the voxel's centre
// into a Fate. The displacement may belong to a unit load: `strain_scale` brings it to the day's.
// Bytes per site: 24 displacement (neighbours from cache), 9 place and material, written 48.
#pragma once

#include "kernels/grid/brick_grid.hpp"
#include "kernels/grid/site_grid.hpp"
#include "kernels/stimulus/stimulus_rules.hpp"
#include "kernels/strain/strain.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

/// Numbers of the rules; each uses its own. Sources: rules/*.hpp.
struct StimulusParameters {
  StimulusRule rule = StimulusRule::octahedral_strain;
  double strain_unit = 0.0375;     ///< a of S = gamma_oct / a + v / b
  double flow_unit_mm_s = 0.003;   ///< b
  double fibrous_above = 3;        ///< S
  double cartilage_above = 1;      ///< S
  double mature_below = 0.267;     ///< S; bone below it is mature (level A0)
  double resorption_below = 0.01;  ///< S
  double fibrous_width = 0.3, cartilage_width = 0.1, resorption_width = 0.001;  ///< of the smooth switches; 0 = sharp
  double hysteresis = 0;  ///< relative: disuse starts at (1 - h) and ends at (1 + h) of its threshold
  double bone_pressure_mpa = 0.15, bone_strain = 0.05, cartilage_strain = 0.15;  ///< Claes and Heigele
  double resorption_pressure_mpa = 0.0016, resorption_strain = 0.0004;           ///< the same
  double distortion_bone = 0.07, distortion_destructive = 0.16;                  ///< distortion_dilatation
  double dilatation_bone = 0.0085, dilatation_destructive = 0.05;                ///< the same
};

/// What the mechanics of the day favours at one site: weights in [0, 1].
struct Fate {
  double fibrous = 0, cartilage = 0, bone = 0;  ///< sum <= 1; the rest is disuse
  double mature = 0;                            ///< share of bone that may be mature at once (level A0)
  double disuse = 0;                            ///< resorption
  double value = 0;                             ///< the scalar that is written as Stimulus
};

inline constexpr int k_fate_values = 5;  ///< fibrous, cartilage, bone, mature, disuse: fields [k * sites + site]

struct StimulusInput {
  SiteGridView sites;
  StrainInput strain;                 ///< mesh, material and displacement; only grid, palette, moduli, spacing are used
  double strain_scale = 1;            ///< times the displacement's strain
  const double* flow_mm_s = nullptr;  ///< speed of the fluid per site; null = none
};

class StimulusKernels {
 public:
  virtual ~StimulusKernels() = default;
  /// Fate of every site; `fate` is read before it is written: its disuse is the memory of the hysteresis.
  /// `value` [site]: the scalar; `largest_strain` [site]: largest absolute principal strain, for the 20 % check.
  virtual void evaluate(Device& device, const StimulusInput& input, const StimulusParameters& parameters, double* fate,
                        double* value, double* largest_strain) const = 0;
  /// Volumetric strain of every site.
  virtual void volumetric_strain(Device& device, const StimulusInput& input, double* strain) const = 0;
};

const StimulusKernels& stimulus_kernels(const Device& device);

namespace cpu {
const StimulusKernels& stimulus();
}
namespace cuda {
const StimulusKernels& stimulus();
}

}  // namespace osteon::kernels
