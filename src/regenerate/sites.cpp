// SPDX-License-Identifier: Apache-2.0
#include "sites.hpp"

#include <fmt/format.h>

#include "kernels/grid/brick_elements.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr std::uint32_t k_no_site = 0xffffffffu;

/// 512 * brick + place in the brick, per element.
std::vector<std::uint32_t> element_places(const BrickGridView& grid) {
  std::vector<std::uint32_t> places(grid.element_count);
  for (std::int32_t b = 0; b < grid.brick_count; ++b)
    for_each_element(grid, b, [&](std::uint32_t element, int x, int y, int z) {
      places[element] = 512 * static_cast<std::uint32_t>(b) + static_cast<std::uint32_t>(64 * z + 8 * y + x);
    });
  return places;
}

bool inside(const Index3& size, const Index3& p) {
  for (int axis = 0; axis < 3; ++axis)
    if (p[axis] < 0 || p[axis] >= size[axis]) return false;
  return true;
}

}  // namespace

SiteGrid::SiteGrid(Device& device, const ElasticModel& model, const std::vector<RegionRole>& regions) : model_(&model) {
  const VoxelMesh& mesh = *model.mesh;
  OSTEON_ASSERT(regions.size() == model.material.materials.size());
  if (regions.size() >= k_most_surfaces)
    throw UsageError(
        fmt::format("a regenerating model takes at most {} materials, not {}", k_most_surfaces - 1, regions.size()));
  std::vector<std::uint32_t> site_of(mesh.element_count(), k_no_site);
  for (std::uint32_t e = 0; e < mesh.element_count(); ++e) {
    if (regions[model.material.material_index[e]].kind == RegionRole::Kind::inert) continue;
    site_of[e] = static_cast<std::uint32_t>(elements_.size());
    elements_.push_back(e);
  }
  if (elements_.empty())
    throw UsageError(
        "no voxel regenerates: give a material role = \"callus\" or \"scaffold\" whose label occurs in the "
        "image, or a callus mask");
  const std::size_t n = elements_.size();
  neighbours_.assign(k_site_faces * n, k_wall);
  for (std::size_t s = 0; s < n; ++s)
    for (int face = 0; face < k_site_faces; ++face) {
      Index3 p = mesh.element_positions()[elements_[s]];
      p[face / 2] += face % 2 == 0 ? -1 : 1;
      if (!inside(mesh.size(), p)) continue;  // the grid's own boundary: a plane of symmetry or a cut
      std::int32_t& to = neighbours_[static_cast<std::size_t>(face) * n + s];
      const std::uint32_t other = mesh.element_at(p);
      if (other == k_no_node) {
        to = surface_face(0);
      } else if (site_of[other] != k_no_site) {
        to = static_cast<std::int32_t>(site_of[other]);
      } else {
        to = surface_face(1 + model.material.material_index[other]);
      }
    }
  const std::vector<std::uint32_t> places = element_places(mesh.view());
  std::vector<std::uint32_t> own(n);
  for (std::size_t s = 0; s < n; ++s) own[s] = places[elements_[s]];
  device_neighbours_ = Buffer<std::int32_t>(device, neighbours_);
  device_elements_ = Buffer<std::uint32_t>(device, elements_);
  device_places_ = Buffer<std::uint32_t>(device, own);
}

SiteGridView SiteGrid::view() const {
  SiteGridView view;
  view.count = static_cast<std::uint32_t>(elements_.size());
  view.neighbours = device_neighbours_.data();
  view.element = device_elements_.data();
  view.place = device_places_.data();
  return view;
}

Vec3 SiteGrid::centre_mm(std::size_t site) const {
  const Index3 p = model_->mesh->element_positions()[elements_[site]];
  Vec3 centre;
  for (int d = 0; d < 3; ++d) centre[d] = (p[d] + 0.5) * model_->mesh->spacing_mm()[d];
  return centre;
}

}  // namespace osteon
