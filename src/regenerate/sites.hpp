// SPDX-License-Identifier: Apache-2.0
// Which voxels regenerate, who their neighbours are, and what surfaces they touch.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/grid/site_grid.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/model/elastic_model.hpp"
#include "osteon/regenerate/regeneration.hpp"

namespace osteon {

/// Surface 0 is the outer one (no voxel beyond, inside the grid); 1 + m the faces on material m.
class SiteGrid {
 public:
  /// Throws UsageError when no voxel regenerates or too many materials carry cells.
  SiteGrid(Device& device, const ElasticModel& model, const std::vector<RegionRole>& regions);

  std::size_t count() const { return elements_.size(); }
  SiteGridView view() const;
  const std::vector<std::uint32_t>& elements() const { return elements_; }
  const std::vector<std::int32_t>& neighbours() const { return neighbours_; }
  /// Centre of a site, mm from the corner of voxel 0,0,0.
  Vec3 centre_mm(std::size_t site) const;
  /// Material of a site, as in MaterialField::materials.
  std::uint8_t material(std::size_t site) const { return model_->material.material_index[elements_[site]]; }

 private:
  const ElasticModel* model_;
  std::vector<std::uint32_t> elements_;
  std::vector<std::int32_t> neighbours_;
  Buffer<std::int32_t> device_neighbours_;
  Buffer<std::uint32_t> device_elements_, device_places_;
};

}  // namespace osteon
