// SPDX-License-Identifier: Apache-2.0
// Claims of the healing scenes: volumes, symmetry, which faces bring cells, the empty layer round what regenerates.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"

using namespace osteon;

namespace {

constexpr double k_pi = 3.14159265358979;

bool is(float value, SceneLabel label) { return value == static_cast<float>(label); }
bool regenerates(float value) { return is(value, SceneLabel::callus) || is(value, SceneLabel::scaffold); }
bool is_cortex(float value) { return is(value, SceneLabel::cortex) || is(value, SceneLabel::periosteum); }

double volume_mm3(const VoxelImage& image, const std::function<bool(float)>& counts) {
  const double h = image.geometry.spacing_mm[0];
  return h * h * h * static_cast<double>(std::count_if(image.values.begin(), image.values.end(), counts));
}

double label_volume_mm3(const VoxelImage& image, SceneLabel label) {
  return volume_mm3(image, [=](float v) { return is(v, label); });
}

std::set<int> labels_of(const VoxelImage& image) {
  std::set<int> labels;
  for (const float value : image.values) labels.insert(static_cast<int>(value));
  return labels;
}

bool holds(const Index3& size, const Index3& p) {
  return p.x >= 0 && p.y >= 0 && p.z >= 0 && p.x < size.x && p.y < size.y && p.z < size.z;
}

/// visit(position, axis, neighbour) for every face between a voxel that regenerates and one inside the grid.
template <class Visit>
void for_each_site_face(const VoxelImage& image, Visit visit) {
  const Index3 size = image.geometry.size;
  Index3 p;
  for (p.z = 0; p.z < size.z; ++p.z)
    for (p.y = 0; p.y < size.y; ++p.y)
      for (p.x = 0; p.x < size.x; ++p.x) {
        if (!regenerates(image.at(p.x, p.y, p.z))) continue;
        for (int axis = 0; axis < 3; ++axis)
          for (const int step : {-1, 1}) {
            Index3 q = p;
            q[axis] += step;
            if (holds(size, q)) visit(p, axis, q);
          }
      }
}

/// The voxels of `full` on the positive side of the planes of symmetry that `part` keeps.
void check_part_of(const VoxelImage& part, const VoxelImage& full) {
  const Index3 size = part.geometry.size, whole = full.geometry.size;
  Index3 offset;
  for (int axis = 0; axis < 3; ++axis) {
    REQUIRE((whole[axis] == size[axis] || whole[axis] == 2 * size[axis]));
    offset[axis] = whole[axis] - size[axis];
  }
  std::int64_t different = 0;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x)
        different += part.at(x, y, z) != full.at(x + offset.x, y + offset.y, z + offset.z) ? 1 : 0;
  CHECK(different == 0);
}

void check_mirrored(const VoxelImage& image) {
  const Index3 n = image.geometry.size;
  std::int64_t different = 0;
  for (int z = 0; z < n.z; ++z)
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x) {
        const float value = image.at(x, y, z);
        different += value != image.at(n.x - 1 - x, y, z) || value != image.at(x, n.y - 1 - y, z) ||
                     value != image.at(x, y, n.z - 1 - z);
      }
  CHECK(different == 0);
}

/// Nothing that regenerates touches the high faces along x and y, nor, where z is not the bone's own end, anything.
void check_empty_layer(const VoxelImage& image) {
  const Index3 n = image.geometry.size;
  std::int64_t touching = 0;
  for (int z = 0; z < n.z; ++z)
    for (int i = 0; i < n.x; ++i) touching += (image.at(n.x - 1, i, z) != 0) + (image.at(i, n.y - 1, z) != 0);
  for (int y = 0; y < n.y; ++y)
    for (int x = 0; x < n.x; ++x) touching += regenerates(image.at(x, y, n.z - 1));
  CHECK(touching == 0);
}

/// What the closed forms say of one eighth, and the area of the curved surfaces: voxels are wrong only along those.
struct Shape {
  double volume_mm3, curved_mm2;
};
struct Shapes {
  Shape cortex, marrow, regenerating;
};

double disc(double radius_mm) { return k_pi / 4 * radius_mm * radius_mm; }
double wall(double radius_mm, double height_mm) { return k_pi / 2 * radius_mm * height_mm; }

Shapes fracture_shapes(const FractureRecipe& r) {
  const double outer = r.outer_radius_mm, canal = r.canal_radius_mm, t = r.callus_thickness_mm;
  const double half = 0.5 * r.length_mm, cut = 0.5 * r.gap_mm;
  // Integral of pi/4 ((R + t s)^2 - R^2) over the callus, with s = sqrt(1 - (z / c)^2).
  const double outside = k_pi / 4 * r.callus_length_mm * (2 * outer * t * k_pi / 4 + t * t * 2 / 3);
  const double inside = disc(outer) * cut + disc(canal) * (r.endosteal_mm - cut);
  const double outside_wall = wall(outer + t, r.callus_length_mm) + wall(outer, r.callus_length_mm - cut);
  return {{(disc(outer) - disc(canal)) * (half - cut), wall(outer, half - cut) + wall(canal, half - cut)},
          {disc(canal) * (half - r.endosteal_mm), wall(canal, half - r.endosteal_mm)},
          {inside + outside, outside_wall + wall(canal, r.endosteal_mm - cut)}};
}

Shapes defect_shapes(const CriticalDefectRecipe& r) {
  const double outer = r.outer_radius_mm, canal = r.canal_radius_mm, cuff = outer + r.cuff_mm;
  const double cut = 0.5 * r.defect_mm, end = 0.5 * r.length_mm - cut, cuff_end = cut + r.overlap_mm;
  return {{(disc(outer) - disc(canal)) * end, wall(outer, end) + wall(canal, end)},
          {disc(canal) * end, wall(canal, end)},
          {disc(cuff) * cuff_end - disc(outer) * r.overlap_mm, wall(cuff, cuff_end) + wall(outer, r.overlap_mm)}};
}

void check_volume(double voxels_mm3, const Shape& shape, double spacing_mm) {
  constexpr double k_share_of_a_layer = 0.1;
  CAPTURE(voxels_mm3);
  CAPTURE(shape.volume_mm3);
  CHECK(std::abs(voxels_mm3 - shape.volume_mm3) < k_share_of_a_layer * spacing_mm * shape.curved_mm2);
}

void check_volumes(const VoxelImage& image, const Shapes& shapes) {
  const double h = image.geometry.spacing_mm[0];
  CAPTURE(h);
  check_volume(volume_mm3(image, is_cortex), shapes.cortex, h);
  check_volume(label_volume_mm3(image, SceneLabel::marrow), shapes.marrow, h);
  check_volume(volume_mm3(image, regenerates), shapes.regenerating, h);
}

constexpr std::array<SceneSymmetry, 2> k_parts = {SceneSymmetry::eighth, SceneSymmetry::quarter};

}  // namespace

TEST_CASE("a fracture has the volumes of its shapes, within a tenth of a layer of voxels") {
  FractureRecipe recipe;
  for (const double gap : {2.0, 3.0}) {
    for (const double h : {0.5, 0.25, 0.125}) {
      recipe.gap_mm = gap;
      recipe.spacing_mm = h;
      check_volumes(make_fracture(recipe), fracture_shapes(recipe));
    }
  }
}

TEST_CASE("a critical-size defect has the volumes of its shapes, within a tenth of a layer of voxels") {
  CriticalDefectRecipe recipe;
  for (const double h : {0.5, 0.25, 0.125}) {
    recipe.spacing_mm = h;
    check_volumes(make_critical_defect(recipe), defect_shapes(recipe));
  }
}

TEST_CASE("a scene holds its labels and no other") {
  CriticalDefectRecipe defect;

  CHECK(labels_of(make_fracture({})) == std::set<int>{0, 1, 2, 3, 4});
  CHECK(labels_of(make_critical_defect(defect)) == std::set<int>{0, 1, 2, 3, 4});
  defect.scaffold = ScaffoldShape::tube;
  CHECK(labels_of(make_critical_defect(defect)) == std::set<int>{0, 1, 2, 3, 4, 5});
  defect.scaffold = ScaffoldShape::honeycomb;
  CHECK(labels_of(make_critical_defect(defect)) == std::set<int>{0, 1, 2, 3, 4, 5});
}

TEST_CASE("an eighth and a quarter are cut out of the full fracture, voxel by voxel") {
  FractureRecipe recipe;
  recipe.symmetry = SceneSymmetry::full;
  const VoxelImage full = make_fracture(recipe);

  check_mirrored(full);
  for (const SceneSymmetry part : k_parts) {
    recipe.symmetry = part;
    check_part_of(make_fracture(recipe), full);
  }
}

TEST_CASE("an eighth and a quarter are cut out of the full defect with its honeycomb, voxel by voxel") {
  CriticalDefectRecipe recipe;
  recipe.defect_mm = 8;
  recipe.length_mm = 30;
  recipe.scaffold = ScaffoldShape::honeycomb;
  recipe.symmetry = SceneSymmetry::full;
  const VoxelImage full = make_critical_defect(recipe);

  check_mirrored(full);
  for (const SceneSymmetry part : k_parts) {
    recipe.symmetry = part;
    check_part_of(make_critical_defect(recipe), full);
  }
}

TEST_CASE("the same recipe gives the same voxels on every machine") {
  const auto checksum = [](const VoxelImage& image) {
    std::uint64_t hash = 1469598103934665603ull;  // FNV-1a
    for (const float value : image.values) hash = (hash ^ static_cast<std::uint64_t>(value)) * 1099511628211ull;
    return hash;
  };
  CriticalDefectRecipe honeycomb;
  honeycomb.scaffold = ScaffoldShape::honeycomb;

  CHECK(checksum(make_fracture({})) == 0xc930c7a0cee0e6edull);
  CHECK(checksum(make_critical_defect(honeycomb)) == 0xd4eea2dff88c8e7full);
}

TEST_CASE("callus meets periosteum only on the tube's outer surface, and all of it but the ring at the cut") {
  for (const double h : {0.5, 0.25, 0.3}) {
    FractureRecipe recipe;
    recipe.spacing_mm = h;
    const VoxelImage image = make_fracture(recipe);
    CAPTURE(h);
    std::map<int, std::int64_t> periosteal;  // faces by axis
    std::int64_t inside = 0, bare = 0, bare_above_the_ring = 0;
    const int ring = static_cast<int>(std::ceil((0.5 * recipe.gap_mm - 0.5 * h) / h - 1e-9));
    for_each_site_face(image, [&](const Index3& p, int axis, const Index3& q) {
      const float other = image.at(q.x, q.y, q.z);
      const double radius = h * std::hypot(p.x + 0.5, p.y + 0.5);
      if (is(other, SceneLabel::periosteum)) {
        ++periosteal[axis];
        inside += radius < recipe.outer_radius_mm ? 1 : 0;
      } else if (is(other, SceneLabel::cortex) && axis != 2 && radius > recipe.outer_radius_mm) {
        ++bare;
        bare_above_the_ring += p.z != ring ? 1 : 0;
      }
    });

    CHECK(periosteal[0] > 0);
    CHECK(periosteal[0] == periosteal[1]);
    CHECK(periosteal[2] == 0);
    CHECK(inside == 0);
    CHECK(bare > 0);
    CHECK(bare_above_the_ring == 0);
  }
}

TEST_CASE("the cut faces of the bone and its inner surface bring no cells, the marrow does") {
  CriticalDefectRecipe recipe;
  recipe.scaffold = ScaffoldShape::tube;
  const VoxelImage image = make_critical_defect(recipe);
  std::map<int, std::int64_t> cut_faces, canal_faces;
  const int cut = static_cast<int>(0.5 * recipe.defect_mm / recipe.spacing_mm);

  for_each_site_face(image, [&](const Index3& p, int axis, const Index3& q) {
    if (axis != 2 || p.z != cut - 1 || q.z != cut) return;
    const double radius = recipe.spacing_mm * std::hypot(p.x + 0.5, p.y + 0.5);
    const float other = image.at(q.x, q.y, q.z);
    if (radius <= recipe.outer_radius_mm) ++(radius > recipe.canal_radius_mm ? cut_faces : canal_faces)[int(other)];
  });

  CHECK(cut_faces.size() == 1);
  CHECK(cut_faces[static_cast<int>(SceneLabel::cortex)] > 0);
  CHECK(canal_faces.size() == 1);
  CHECK(canal_faces[static_cast<int>(SceneLabel::marrow)] > 0);
}

TEST_CASE("one empty layer surrounds what regenerates, so that its outer surface lies inside the grid") {
  for (const double h : {0.5, 0.3}) {
    FractureRecipe fracture;
    fracture.spacing_mm = h;
    check_empty_layer(make_fracture(fracture));
    CriticalDefectRecipe defect;
    defect.spacing_mm = h;
    check_empty_layer(make_critical_defect(defect));
  }
}

TEST_CASE("scaffolds fill the asked part of the defect") {
  CriticalDefectRecipe recipe;
  recipe.spacing_mm = 0.25;
  const double height = 0.5 * recipe.defect_mm, outer2 = recipe.outer_radius_mm * recipe.outer_radius_mm;

  recipe.scaffold = ScaffoldShape::tube;
  const double tube = k_pi / 4 * (outer2 - recipe.canal_radius_mm * recipe.canal_radius_mm) * height;
  CHECK(label_volume_mm3(make_critical_defect(recipe), SceneLabel::scaffold) == doctest::Approx(tube).epsilon(0.005));

  // Of an endless honeycomb the walls are 1 - ((cell - wall) / cell)^2; a disc of four cells cuts it unevenly.
  recipe.scaffold = ScaffoldShape::honeycomb;
  const double open = (recipe.cell_mm - recipe.wall_mm) / recipe.cell_mm;
  const double walls = k_pi / 4 * outer2 * height * (1 - open * open);
  CHECK(label_volume_mm3(make_critical_defect(recipe), SceneLabel::scaffold) == doctest::Approx(walls).epsilon(0.08));
}

TEST_CASE("dimensions that do not fit are refused") {
  const auto fracture = [](double FractureRecipe::*member, double value) {
    FractureRecipe recipe;
    recipe.*member = value;
    make_fracture(recipe);
  };
  const auto defect = [](double CriticalDefectRecipe::*member, double value) {
    CriticalDefectRecipe recipe;
    recipe.scaffold = ScaffoldShape::honeycomb;
    recipe.*member = value;
    make_critical_defect(recipe);
  };

  CHECK_THROWS_AS(fracture(&FractureRecipe::spacing_mm, 0), UsageError);
  CHECK_THROWS_AS(fracture(&FractureRecipe::spacing_mm, 1.1), UsageError);  // less than two voxels in gap and cortex
  CHECK_THROWS_AS(fracture(&FractureRecipe::spacing_mm, 1e-9), UsageError);
  CHECK_THROWS_AS(fracture(&FractureRecipe::gap_mm, std::nan("")), UsageError);
  CHECK_THROWS_AS(fracture(&FractureRecipe::length_mm, 16), UsageError);
  CHECK_THROWS_AS(fracture(&FractureRecipe::canal_radius_mm, 9), UsageError);
  CHECK_THROWS_AS(defect(&CriticalDefectRecipe::defect_mm, 60), UsageError);
  CHECK_THROWS_AS(defect(&CriticalDefectRecipe::wall_mm, 0.4), UsageError);
  CHECK_THROWS_AS(defect(&CriticalDefectRecipe::cell_mm, 1.2), UsageError);
  CHECK_THROWS_AS(defect(&CriticalDefectRecipe::cuff_mm, -1), UsageError);
}
