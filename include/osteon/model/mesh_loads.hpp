// SPDX-License-Identifier: Apache-2.0
// Loads on unstructured meshes as consistent nodal forces: the work of the load on every function of the elements.
#pragma once

#include <vector>

#include "osteon/core/geometry.hpp"
#include "osteon/model/unstructured_mesh.hpp"

namespace osteon {

/// All add to `force_n`, 3 per node. Loads do not follow the deformation.

/// Pressure, MPa, positive pushes into the body.
void add_pressure(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, double pressure_mpa,
                  std::vector<double>& force_n);
/// Force per area, MPa, in a fixed direction.
void add_traction(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, const Vec3& traction_mpa,
                  std::vector<double>& force_n);
/// Weight or any other acceleration: density per element, g/cm3; `acceleration_m_s2` is that of free fall, e.g.
/// (0, 0, -9.80665).
void add_gravity(const UnstructuredMesh& mesh, const std::vector<double>& density_g_cm3, const Vec3& acceleration_m_s2,
                 std::vector<double>& force_n);

/// Normal times area, mm2, outwards, summed over the faces; `area_mm2` gets the area itself.
Vec3 surface_vector(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, double* area_mm2 = nullptr);

}  // namespace osteon
