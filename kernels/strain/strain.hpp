// SPDX-License-Identifier: Apache-2.0
// Strain, stress and energy of every element from the nodal displacements, evaluated at the element's centroid.
//
// Centroid strain is B(0) u; for a box element it is also the element's mean strain. Stress = modulus * palette law,
// energy density = 1/2 stress . strain, effective strain = sqrt(2 energy density / modulus) (Pistoia et al. 2002,
// Bone 30:842, doi 10.1016/s8756-3282(02)00736-6); for an orthotropic law the modulus is E_x.
// Units: mm in, MPa and dimensionless strain out; Voigt order of voigt.hpp with engineering shear.
// Bytes moved per element at one node per element: 24 read for the displacement, 5 for the material; written 16 always
// (energy density, effective strain), 24 + 24 for strain and stress, 12 principal strain, 4 von Mises, 8 mean energy.
// Deterministic: one thread per element and no sum across elements but sum_stress, whose order is fixed by the mesh.
#pragma once

#include <cstdint>

#include "kernels/element/hex8.hpp"
#include "kernels/grid/brick_grid.hpp"

namespace osteon::kernels {

/// What the kernels read; all pointers in the memory of the backend that runs them.
struct StrainInput {
  BrickGridView grid;
  const Elasticity* palette = nullptr;                ///< laws for unit modulus
  const Hex8Blocks<double>* energy_blocks = nullptr;  ///< per palette entry; only for mean_energy_density
  const std::uint8_t* palette_index = nullptr;        ///< per element
  const float* modulus_mpa = nullptr;                 ///< per element
  const double* displacement_mm = nullptr;            ///< 3 per node
  double spacing_mm[3] = {1, 1, 1};
};

/// What they write, per element; a null pointer means not wanted.
struct StrainOutput {
  float* strain = nullptr;            ///< 6 per element
  float* stress = nullptr;            ///< 6 per element, MPa
  float* principal_strain = nullptr;  ///< 3 per element, descending
  float* von_mises_mpa = nullptr;
  double* energy_density = nullptr;  ///< MPa, at the centroid
  double* effective_strain = nullptr;
  double* mean_energy_density = nullptr;  ///< MPa, element average 1/2 u.K_e u / V
};

namespace cpu {
void recover_fields(const StrainInput& input, const StrainOutput& output);
/// Sum of the stress of the elements of each brick, 6 per brick, MPa.
void sum_stress(const StrainInput& input, double* brick_sums);
}  // namespace cpu

/// Only in builds with CUDA; pointers are device pointers, the launches are asynchronous.
namespace cuda {
void recover_fields(const StrainInput& input, const StrainOutput& output);
void sum_stress(const StrainInput& input, double* brick_sums);
}  // namespace cuda

}  // namespace osteon::kernels
