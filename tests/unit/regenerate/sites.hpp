// SPDX-License-Identifier: Apache-2.0
// Small regenerating models.
#pragma once

#include "osteon/regenerate/regeneration.hpp"
#include "support/solve_model.hpp"

namespace osteon::test {

/// Labels by a rule; x fastest.
template <class Rule>
ElasticModel model_by_label(Index3 size, Vec3 spacing_mm, const std::vector<Material>& materials, Rule label) {
  VoxelImage image;
  image.geometry.size = size;
  image.geometry.spacing_mm = spacing_mm;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x) image.values.push_back(static_cast<float>(label(x, y, z)));
  return model_of(image, materials);
}

inline RegionRole callus_role() {
  RegionRole role;
  role.kind = RegionRole::Kind::callus;
  return role;
}
inline RegionRole scaffold_role() {
  RegionRole role;
  role.kind = RegionRole::Kind::scaffold;
  return role;
}
inline RegionRole source_role(double value) {
  RegionRole role;
  role.cell_source = value;
  return role;
}

/// Bone, a gap of callus, bone along z: 4 x 4 x 12 voxels of 0.5 mm, clamped below, compressed from above.
struct GapModel {
  ElasticModel model;
  ResolvedLoadCase load_case;
  RegenerationSettings settings;

  explicit GapModel(int callus_label = 2) {
    model = model_by_label({4, 4, 12}, {0.5, 0.5, 0.5},
                           {isotropic_material(17000, 0.3, 1), isotropic_material(1, 0.167, callus_label)},
                           [=](int, int, int z) { return z >= 4 && z < 8 ? callus_label : 1; });
    load_case = resolve_load_case(*model.mesh, strained("axial", -0.01));
    settings.regions = {source_role(1.0), callus_role()};
    settings.fixator = {50, 200, 0, false, 1};
    settings.solver.tolerance = 1e-8;
    settings.days = 10;
  }
};

}  // namespace osteon::test
