// SPDX-License-Identifier: Apache-2.0
// A linear elastic problem on an unstructured mesh, as the solver takes it. Knows no bone.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/element/element_type.hpp"
#include "kernels/element/unit_law.hpp"

namespace osteon {

/// Elements of one type and what they are made of. Host memory; must outlive what is built from it.
struct MeshElements {
  ElementType type = ElementType::tet4;
  const std::vector<std::uint32_t>* nodes = nullptr;         ///< node_count(type) per element, VTK's order
  const std::vector<float>* modulus_mpa = nullptr;           ///< one per element, or point_count(type) (shapes.hpp)
  const std::vector<std::uint8_t>* palette_index = nullptr;  ///< per element; null: all of law 0
  /// 9 per element, rows = the material's axes, orthonormal, right-handed; null: laws are in global axes.
  const std::vector<double>* axes = nullptr;
};

/// Every Jacobian at a Gauss point must be positive (osteon/model/mesh_quality.hpp names those that are not).
struct MeshProblem {
  const std::vector<double>* position_mm = nullptr;  ///< 3 per node
  std::vector<MeshElements> elements;                ///< at most one entry per type
  const std::vector<UnitLaw>* palette = nullptr;     ///< unit laws
};

}  // namespace osteon
