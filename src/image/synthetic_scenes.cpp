// SPDX-License-Identifier: Apache-2.0
// Scenes for the healing simulation: a fracture with callus, a critical-size defect with or without a scaffold.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"
#include "synthetic_grid.hpp"

namespace osteon {

namespace {

constexpr double k_slack = 1e-9;  // relative: a voxel centre on a surface belongs inside, whatever the rounding

/// Centre of a voxel as its distances from the three planes of symmetry, so that mirrored voxels are equal by the bit.
struct Place {
  double x, y, z, spacing;
  double radius() const { return std::sqrt(x * x + y * y); }
  bool within(double radius_mm) const { return radius() <= radius_mm * (1 + k_slack); }
  bool below(double z_mm) const { return z < z_mm - k_slack * spacing; }
  /// Some neighbour across x or y lies outside the cylinder; one towards the axis never does.
  bool at_surface(double radius_mm) const {
    return !Place{x + spacing, y, z, spacing}.within(radius_mm) || !Place{x, y + spacing, z, spacing}.within(radius_mm);
  }
};

/// The bone: a tube that begins at a distance `cut_mm` from the middle.
struct Tube {
  double canal_mm, outer_mm, cut_mm;
  SceneLabel label(const Place& at) const {
    if (at.within(canal_mm)) return SceneLabel::marrow;
    const bool at_cut = Place{at.x, at.y, at.z - at.spacing, at.spacing}.below(cut_mm);
    return at.at_surface(outer_mm) && !at_cut ? SceneLabel::periosteum : SceneLabel::cortex;
  }
};

[[noreturn]] void refuse(const char* scene, const std::string& what) {
  throw UsageError(fmt::format("synthetic {}: {}", scene, what));
}

void require_positive(const char* scene, const char* name, double value) {
  if (!(value > 0 && value <= 1e4)) {
    refuse(scene, fmt::format("{} is {} mm, must be above 0 and at most 10 000", name, value));
  }
}

void require_tube(const char* scene, double canal_mm, double outer_mm, double spacing_mm) {
  require_positive(scene, "the spacing", spacing_mm);
  require_positive(scene, "the radius of the canal", canal_mm);
  require_positive(scene, "the outer radius of the cortex", outer_mm);
  if (!(outer_mm - canal_mm >= 2 * spacing_mm * (1 - k_slack))) {
    refuse(scene, fmt::format("the cortex of {} mm is thinner than two voxels of {} mm; use a smaller spacing",
                              outer_mm - canal_mm, spacing_mm));
  }
}

int voxels_up_to(double length_mm, double spacing_mm) {
  return static_cast<int>(std::ceil(length_mm / spacing_mm * (1 - k_slack)));
}

/// Grid with one empty layer beyond `radius_mm`, as long as the bone to the nearest voxel, filled with label_at(place).
template <class LabelAt>
VoxelImage paint(double radius_mm, double length_mm, double spacing_mm, SceneSymmetry symmetry, LabelAt label_at) {
  const double half_layers = 0.5 * length_mm / spacing_mm;
  if (!(half_layers < 1e6 && radius_mm / spacing_mm < 1e6)) refuse("scene", "the spacing is too small");
  const bool cut_xy = symmetry != SceneSymmetry::full, cut_z = symmetry == SceneSymmetry::eighth;
  const int wide = voxels_up_to(radius_mm, spacing_mm) + 1, high = static_cast<int>(std::lround(half_layers));
  const Index3 size = {cut_xy ? wide : 2 * wide, cut_xy ? wide : 2 * wide, cut_z ? high : 2 * high};
  VoxelImage image = synthetic::make_empty(size, {spacing_mm, spacing_mm, spacing_mm});
  const auto distance = [&](int i, int n, bool cut) {
    return 0.5 * spacing_mm * (cut ? 2 * i + 1 : std::abs(2 * i + 1 - n));
  };
  std::size_t i = 0;
  for (int z = 0; z < size.z; ++z) {
    for (int y = 0; y < size.y; ++y) {
      for (int x = 0; x < size.x; ++x, ++i) {
        image.values[i] = label_at(
            Place{distance(x, size.x, cut_xy), distance(y, size.y, cut_xy), distance(z, size.z, cut_z), spacing_mm});
      }
    }
  }
  return image;
}

float value_of(SceneLabel label) { return static_cast<float>(label); }

void check(const FractureRecipe& r) {
  constexpr const char* k_scene = "fracture";
  require_tube(k_scene, r.canal_radius_mm, r.outer_radius_mm, r.spacing_mm);
  require_positive(k_scene, "the callus' thickness", r.callus_thickness_mm);
  require_positive(k_scene, "the callus' length", r.callus_length_mm);
  require_positive(k_scene, "the callus in the canal", r.endosteal_mm);
  require_positive(k_scene, "the length", r.length_mm);
  if (!(r.gap_mm >= 2 * r.spacing_mm * (1 - k_slack))) {
    refuse(k_scene, fmt::format("the gap of {} mm is narrower than two voxels of {} mm; use a smaller spacing",
                                r.gap_mm, r.spacing_mm));
  }
  const double reach = std::max({r.callus_length_mm, r.endosteal_mm, 0.5 * r.gap_mm});
  if (!(0.5 * r.length_mm >= reach + r.spacing_mm)) {
    refuse(k_scene, fmt::format("a bone of {} mm leaves none beyond gap and callus, which reach {} mm to each side",
                                r.length_mm, reach));
  }
}

}  // namespace

VoxelImage make_fracture(const FractureRecipe& recipe) {
  check(recipe);
  const Tube bone = {recipe.canal_radius_mm, recipe.outer_radius_mm, 0.5 * recipe.gap_mm};
  const auto label_at = [&](const Place& at) {
    if (at.within(bone.outer_mm)) {
      const bool healing =
          at.below(at.within(bone.canal_mm) ? std::max(recipe.endosteal_mm, bone.cut_mm) : bone.cut_mm);
      return value_of(healing ? SceneLabel::callus : bone.label(at));
    }
    const double along = at.z / recipe.callus_length_mm;
    const double thickness = along < 1 ? recipe.callus_thickness_mm * std::sqrt(1 - along * along) : 0;
    return at.within(bone.outer_mm + thickness) ? value_of(SceneLabel::callus) : 0.0F;
  };
  VoxelImage image = paint(recipe.outer_radius_mm + recipe.callus_thickness_mm, recipe.length_mm, recipe.spacing_mm,
                           recipe.symmetry, label_at);
  image.source =
      fmt::format("synthetic fracture with callus, gap {} mm, length {} mm", recipe.gap_mm, recipe.length_mm);
  return image;
}

namespace {

void check(const CriticalDefectRecipe& r) {
  constexpr const char* k_scene = "critical-size defect";
  require_tube(k_scene, r.canal_radius_mm, r.outer_radius_mm, r.spacing_mm);
  require_positive(k_scene, "the defect", r.defect_mm);
  require_positive(k_scene, "the length", r.length_mm);
  require_positive(k_scene, "the cuff", r.cuff_mm);
  require_positive(k_scene, "the cuff's overlap", r.overlap_mm);
  if (!(0.5 * (r.length_mm - r.defect_mm) >= r.overlap_mm + r.spacing_mm)) {
    refuse(k_scene,
           fmt::format("a bone of {} mm with a defect of {} mm leaves none beyond the cuff, which covers {} mm "
                       "of each end",
                       r.length_mm, r.defect_mm, r.overlap_mm));
  }
  if (r.scaffold != ScaffoldShape::honeycomb) return;
  require_positive(k_scene, "the honeycomb's cell", r.cell_mm);
  if (!(r.wall_mm >= r.spacing_mm * (1 - k_slack) && r.wall_mm + r.spacing_mm <= r.cell_mm * (1 + k_slack))) {
    refuse(k_scene,
           fmt::format("walls of {} mm in cells of {} mm: wall and channel must each be at least a voxel of {} "
                       "mm wide",
                       r.wall_mm, r.cell_mm, r.spacing_mm));
  }
}

/// Distance to the nearest wall middle of a honeycomb with a cell centred on the axis and flats across x.
double to_wall_middle(const Place& at, double cell_mm) {
  constexpr double k_half_root3 = 0.8660254037844386;
  const double row = 2 * k_half_root3 * cell_mm;  // cells repeat at (cell, row) and, shifted by half of both, again
  const auto inside = [&](double shift) {
    const double dx = std::abs(std::remainder(at.x - shift * cell_mm, cell_mm));
    const double dy = std::abs(std::remainder(at.y - shift * row, row));
    return 0.5 * cell_mm - std::max(dx, 0.5 * dx + k_half_root3 * dy);
  };
  return std::max(inside(0), inside(0.5));
}

bool is_scaffold(const CriticalDefectRecipe& recipe, const Place& at) {
  switch (recipe.scaffold) {
    case ScaffoldShape::tube:
      return !at.within(recipe.canal_radius_mm);
    case ScaffoldShape::honeycomb:
      return to_wall_middle(at, recipe.cell_mm) <= 0.5 * recipe.wall_mm * (1 + k_slack);
    case ScaffoldShape::none:
      break;
  }
  return false;
}

const char* scaffold_words(ScaffoldShape shape) {
  switch (shape) {
    case ScaffoldShape::tube:
      return "a tube as scaffold";
    case ScaffoldShape::honeycomb:
      return "a honeycomb as scaffold";
    case ScaffoldShape::none:
      break;
  }
  return "no scaffold";
}

}  // namespace

VoxelImage make_critical_defect(const CriticalDefectRecipe& recipe) {
  check(recipe);
  const Tube bone = {recipe.canal_radius_mm, recipe.outer_radius_mm, 0.5 * recipe.defect_mm};
  const auto label_at = [&](const Place& at) {
    if (at.within(bone.outer_mm)) {
      if (!at.below(bone.cut_mm)) return value_of(bone.label(at));
      return value_of(is_scaffold(recipe, at) ? SceneLabel::scaffold : SceneLabel::callus);
    }
    const bool in_cuff = at.within(bone.outer_mm + recipe.cuff_mm) && at.below(bone.cut_mm + recipe.overlap_mm);
    return in_cuff ? value_of(SceneLabel::callus) : 0.0F;
  };
  VoxelImage image =
      paint(recipe.outer_radius_mm + recipe.cuff_mm, recipe.length_mm, recipe.spacing_mm, recipe.symmetry, label_at);
  image.source = fmt::format("synthetic critical-size defect of {} mm, length {} mm, {}", recipe.defect_mm,
                             recipe.length_mm, scaffold_words(recipe.scaffold));
  return image;
}

}  // namespace osteon
