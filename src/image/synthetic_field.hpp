// SPDX-License-Identifier: Apache-2.0
// Band-passed Gaussian random field in exact integer arithmetic: the same numbers on every machine.
#pragma once

#include <cstdint>
#include <vector>

#include "osteon/core/geometry.hpp"

namespace osteon::synthetic {

struct FieldSpec {
  Index3 size;
  double wavelength_voxels = 20;
  double stretch_z = 1;
  std::uint64_t seed = 1;
};

/// Approximately normal values, mean 0, x fastest. Sum of plane waves with random directions, phases and lengths:
/// J.W. Cahn, "Phase separation by spinodal decomposition in isotropic systems", J. Chem. Phys. 42:93 (1965).
/// Cost: k_waves multiply-add pairs per voxel.
std::vector<std::int32_t> random_field(const FieldSpec& spec);

}  // namespace osteon::synthetic
