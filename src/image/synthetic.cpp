// SPDX-License-Identifier: Apache-2.0
// The synthetic bones: trabecular bone and the long-bone shaft. Plain solids are in synthetic_solids.cpp.
#include "osteon/image/synthetic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "osteon/core/error.hpp"
#include "synthetic_cut.hpp"
#include "synthetic_field.hpp"
#include "synthetic_grid.hpp"

namespace osteon {

using synthetic::Cut;
using synthetic::Site;

namespace {

constexpr float k_trabecular_label = 100;
constexpr float k_cortical_label = 127;
constexpr double k_shaft_ellipticity = 0.92;  // width along y / width along x

void require_range(const char* name, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    throw UsageError(fmt::format("synthetic bone: {} is {}, must be between {} and {}", name, value, low, high));
  }
}

std::int64_t rounded_share(double fraction, std::int64_t count) {
  return static_cast<std::int64_t>(std::floor(fraction * static_cast<double>(count) + 0.5));
}

/// Throws InputError when less than one connected part of the asked volume was found.
void require_volume(const Cut& cut, std::int64_t target, std::int64_t available, double asked_fraction) {
  const double got = static_cast<double>(cut.field_voxels) / static_cast<double>(available);
  const double missing = static_cast<double>(std::llabs(target - cut.field_voxels)) / static_cast<double>(available);
  if (missing > 0.005) {
    throw InputError(
        fmt::format("synthetic bone: no single connected part has the volume fraction {:.3f} (nearest: {:.3f}); try "
                    "a larger BV/TV or another seed",
                    asked_fraction, got));
  }
}

void require_span(const Index3& size, const Cut& cut, double asked_fraction) {
  if (!synthetic::spans_z(size, cut.bone)) {
    throw InputError(
        fmt::format("synthetic bone: with BV/TV {:.3f} the bone does not connect the two z faces; try a larger BV/TV, "
                    "a smaller period or another seed",
                    asked_fraction));
  }
}

}  // namespace

VoxelImage make_trabecular(const TrabecularRecipe& recipe) {
  require_range("bone volume fraction", recipe.bone_volume_fraction, 0.001, 0.999);
  require_range("period in voxels", recipe.period_voxels, 4, 1e4);
  require_range("stretch along z", recipe.stretch_z, 0.1, 10);
  VoxelImage image = synthetic::make_empty(recipe.size, {recipe.spacing_mm, recipe.spacing_mm, recipe.spacing_mm});

  // |f| has two sheets per wavelength of f: twice the wavelength puts the plates one period apart.
  const double wavelength = recipe.plate_like ? 2 * recipe.period_voxels : recipe.period_voxels;
  std::vector<std::int32_t> score = synthetic::random_field({recipe.size, wavelength, recipe.stretch_z, recipe.seed});
  if (recipe.plate_like) {
    for (std::int32_t& value : score) value = -std::abs(value);
  }
  const std::vector<Site> sites(score.size(), Site::field);
  const std::int64_t target = rounded_share(recipe.bone_volume_fraction, recipe.size.volume());
  const Cut cut = synthetic::cut_connected(recipe.size, score, sites, target);
  require_span(recipe.size, cut, recipe.bone_volume_fraction);
  require_volume(cut, target, recipe.size.volume(), recipe.bone_volume_fraction);

  image.values.assign(cut.bone.begin(), cut.bone.end());
  image.source = fmt::format("synthetic trabecular bone, {}, BV/TV {}, period {} voxels, stretch {}, seed {}",
                             recipe.plate_like ? "plate-like" : "rod-like", recipe.bone_volume_fraction,
                             recipe.period_voxels, recipe.stretch_z, recipe.seed);
  return image;
}

namespace {

/// Solid sites form the cortical tube, field sites the core inside it.
std::vector<Site> shaft_sites(const ShaftRecipe& recipe) {
  const Index3 size = recipe.size;
  const double outer_x = 0.5 * recipe.outer_fraction * std::min(size.x, size.y),
               outer_y = k_shaft_ellipticity * outer_x;
  const double thickness = recipe.cortex_fraction * outer_x;
  const auto inside = [](double dx, double dy, double a, double b) {
    return (dx / a) * (dx / a) + (dy / b) * (dy / b) <= 1 + 1e-9;  // voxel centres on the boundary belong to it
  };
  std::vector<Site> sites(static_cast<std::size_t>(size.volume()));
  std::size_t i = 0;
  for (int z = 0; z < size.z; ++z) {
    for (int y = 0; y < size.y; ++y) {
      for (int x = 0; x < size.x; ++x, ++i) {
        const double dx = x + 0.5 - 0.5 * size.x, dy = y + 0.5 - 0.5 * size.y;
        if (inside(dx, dy, outer_x - thickness, outer_y - thickness)) {
          sites[i] = Site::field;
        } else if (inside(dx, dy, outer_x, outer_y)) {
          sites[i] = Site::solid;
        }
      }
    }
  }
  return sites;
}

}  // namespace

VoxelImage make_shaft(const ShaftRecipe& recipe) {
  require_range("outer diameter / grid width", recipe.outer_fraction, 0.1, 1);
  require_range("cortical thickness / outer radius", recipe.cortex_fraction, 0.01, 0.8);
  require_range("bone volume fraction of the core", recipe.bone_volume_fraction, 0.001, 0.999);
  require_range("period in voxels", recipe.period_voxels, 4, 1e4);
  VoxelImage image = synthetic::make_empty(recipe.size, {recipe.spacing_mm, recipe.spacing_mm, recipe.spacing_mm});

  constexpr double k_stretch_z = 1.5;
  const std::vector<Site> sites = shaft_sites(recipe);
  const std::int64_t core = std::count(sites.begin(), sites.end(), Site::field);
  if (core == 0) {
    throw UsageError(
        "synthetic shaft: no voxel is left for the trabecular core; use a larger grid or a thinner cortex");
  }
  const std::vector<std::int32_t> score =
      synthetic::random_field({recipe.size, recipe.period_voxels, k_stretch_z, recipe.seed});
  const std::int64_t target = rounded_share(recipe.bone_volume_fraction, core);
  const Cut cut = synthetic::cut_connected(recipe.size, score, sites, target);
  require_span(recipe.size, cut, recipe.bone_volume_fraction);
  require_volume(cut, target, core, recipe.bone_volume_fraction);

  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (cut.bone[i] != 0) image.values[i] = sites[i] == Site::solid ? k_cortical_label : k_trabecular_label;
  }
  image.source = fmt::format("synthetic long-bone shaft, core BV/TV {}, period {} voxels, seed {}",
                             recipe.bone_volume_fraction, recipe.period_voxels, recipe.seed);
  return image;
}

}  // namespace osteon
