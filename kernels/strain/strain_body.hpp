// SPDX-License-Identifier: Apache-2.0
// Strain recovery of one element: the function that the CPU loop and the CUDA kernel share.
#pragma once

#include "kernels/strain/principal.hpp"
#include "kernels/strain/strain.hpp"

namespace osteon::kernels {

/// Strain, stress and energy of one element in full precision.
struct ElementState {
  double strain[6];
  double stress[6];       ///< MPa
  double energy_density;  ///< MPa
  double effective_strain;
};

/// Displacements of the eight nodes of element (x,y,z) of brick b, in the local order of hex8.hpp.
OSTEON_HD inline void gather_element(const BrickGridView& grid, std::int32_t b, int x, int y, int z,
                                     const double* displacement, double u[24]) {
  for (int a = 0; a < 8; ++a) {
    const std::size_t node = grid.node_near(b, x + (a & 1), y + (a >> 1 & 1), z + (a >> 2));
    for (int c = 0; c < 3; ++c) u[3 * a + c] = displacement[3 * node + c];
  }
}

OSTEON_HD inline void element_state(const StrainInput& input, std::uint32_t element, const double u[24],
                                    ElementState& state) {
  const double inverse_h[3] = {1 / input.spacing_mm[0], 1 / input.spacing_mm[1], 1 / input.spacing_mm[2]};
  const double modulus = input.modulus_mpa[element];
  hex8_centroid_strain(u, inverse_h, state.strain);
  stress_from_strain(input.palette[input.palette_index[element]], state.strain, state.stress);
  double product = 0;  // stress . strain for unit modulus
  for (int v = 0; v < 6; ++v) {
    product += state.stress[v] * state.strain[v];
    state.stress[v] *= modulus;
  }
  state.energy_density = modulus * product / 2;
  state.effective_strain = std::sqrt(product > 0 ? product : 0);
}

/// What the element average of the energy density, 1/2 u.K_e u / V, has above the centroid's, MPa: the energy of the
/// bending modes (differences along two or three axes), which the Walsh-Hadamard basis of hex8.hpp keeps apart from the
/// constant-strain modes. Never negative, and free of the rounding that a large rigid motion would cause in u.K_e u.
OSTEON_HD inline double bending_energy_density(const StrainInput& input, std::uint32_t element, const double u[24]) {
  double modes[3][8];
  for (int c = 0; c < 3; ++c)
    for (int m = 0; m < 8; ++m) {
      modes[c][m] = 0;
      if ((m & (m - 1)) == 0) continue;  // translation or constant strain
      for (int a = 0; a < 8; ++a) modes[c][m] += hadamard_sign(m, a) * u[3 * a + c];
    }
  const Hex8Blocks<double>& s = input.energy_blocks[input.palette_index[element]];
  double sum = 0;
  for (int r = 0; r < 8; ++r)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) sum += modes[i][r ^ (1 << i)] * s.block[r][i][j] * modes[j][r ^ (1 << j)];
  return input.modulus_mpa[element] * sum / (2 * input.spacing_mm[0] * input.spacing_mm[1] * input.spacing_mm[2]);
}

/// Everything asked for about element (x,y,z) of brick b.
OSTEON_HD inline void recover_element(const StrainInput& input, const StrainOutput& output, std::int32_t b, int x,
                                      int y, int z, std::uint32_t element) {
  double u[24];
  ElementState state;
  gather_element(input.grid, b, x, y, z, input.displacement_mm, u);
  element_state(input, element, u, state);
  const std::size_t e = element;
  if (output.strain != nullptr)
    for (int v = 0; v < 6; ++v) output.strain[6 * e + v] = static_cast<float>(state.strain[v]);
  if (output.stress != nullptr)
    for (int v = 0; v < 6; ++v) output.stress[6 * e + v] = static_cast<float>(state.stress[v]);
  if (output.principal_strain != nullptr) {
    double values[3];
    principal_values(state.strain, 0.5, values);
    for (int v = 0; v < 3; ++v) output.principal_strain[3 * e + v] = static_cast<float>(values[v]);
  }
  if (output.von_mises_mpa != nullptr) output.von_mises_mpa[e] = static_cast<float>(von_mises(state.stress));
  if (output.energy_density != nullptr) output.energy_density[e] = state.energy_density;
  if (output.effective_strain != nullptr) output.effective_strain[e] = state.effective_strain;
  if (output.mean_energy_density != nullptr)
    output.mean_energy_density[e] = state.energy_density + bending_energy_density(input, element, u);
}

}  // namespace osteon::kernels
