// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "osteon/model/load_case.hpp"
#include "osteon/model/materials.hpp"
#include "osteon/model/voxel_mesh.hpp"

namespace osteon {

/// A mesh and its material: everything about the bone that does not depend on a load case.
struct ElasticModel {
  std::shared_ptr<const VoxelMesh> mesh;
  MaterialField material;
  ImageGeometry geometry;  ///< of the image the mesh was made from, for files that go back to patient space
};

}  // namespace osteon
