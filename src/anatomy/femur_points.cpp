// SPDX-License-Identifier: Apache-2.0
#include "femur_points.hpp"

#include "osteon/image/resample.hpp"

namespace osteon {

FemurPoints femur_points(const VoxelImage& mask, const std::vector<Vec3>& centres_mm) {
  FemurPoints points;
  points.centres_mm.reserve(centres_mm.size());
  for (const Vec3& p : centres_mm) points.centres_mm.push_back(to_eigen(p));
  const ImageGeometry& geometry = mask.geometry;
  points.spacing_mm = *std::max_element(geometry.spacing_mm.begin(), geometry.spacing_mm.end());
  points.voxel_mm3 = geometry.spacing_mm[0] * geometry.spacing_mm[1] * geometry.spacing_mm[2];
  const Index3 n = geometry.size;
  const auto is_bone = [&](const Index3& p) {
    for (int axis = 0; axis < 3; ++axis)
      if (p[axis] < 0 || p[axis] >= n[axis]) return false;
    return mask.at(p.x, p.y, p.z) > 0;
  };
  Index3 p;
  for (p.z = 0; p.z < n.z; ++p.z)
    for (p.y = 0; p.y < n.y; ++p.y)
      for (p.x = 0; p.x < n.x; ++p.x) {
        if (mask.at(p.x, p.y, p.z) <= 0) continue;
        for (int axis = 0; axis < 3; ++axis)
          for (const int step : {-1, 1}) {
            Index3 beside = p;
            beside[axis] += step;
            if (is_bone(beside)) continue;
            Vec3 middle = {1.0 * p.x, 1.0 * p.y, 1.0 * p.z};
            middle[axis] += 0.5 * step;
            points.surface_mm.push_back(to_eigen(patient_position_mm(geometry, middle)));
          }
      }
  return points;
}

}  // namespace osteon
