// SPDX-License-Identifier: Apache-2.0
// Claims of the synthetic bones: reproducible, of the asked volume, connected, spanning, labelled.
#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"

using namespace osteon;

namespace {

/// 64-bit FNV-1a over the labels.
std::uint64_t checksum(const VoxelImage& image) {
  std::uint64_t hash = 1469598103934665603ull;
  for (const float value : image.values) hash = (hash ^ static_cast<std::uint64_t>(value)) * 1099511628211ull;
  return hash;
}

double bone_fraction(const VoxelImage& image) {
  const auto bone = std::count_if(image.values.begin(), image.values.end(), [](float v) { return v > 0; });
  return static_cast<double>(bone) / static_cast<double>(image.values.size());
}

/// Voxels reached from the first bone voxel by face steps, found by flooding (another way than the code under test).
std::size_t connected_voxels(const VoxelImage& image) {
  const Index3 size = image.geometry.size;
  std::vector<bool> seen(image.values.size(), false);
  std::vector<Index3> open;
  const auto visit = [&](int x, int y, int z) {
    if (x < 0 || y < 0 || z < 0 || x >= size.x || y >= size.y || z >= size.z) return;
    const std::size_t i = image.index(x, y, z);
    if (seen[i] || image.values[i] == 0) return;
    seen[i] = true;
    open.push_back({x, y, z});
  };
  const auto first = static_cast<int>(
      std::find_if(image.values.begin(), image.values.end(), [](float v) { return v > 0; }) - image.values.begin());
  visit(first % size.x, first / size.x % size.y, first / (size.x * size.y));
  std::size_t count = 0;
  while (!open.empty()) {
    const Index3 p = open.back();
    open.pop_back();
    ++count;
    visit(p.x - 1, p.y, p.z);
    visit(p.x + 1, p.y, p.z);
    visit(p.x, p.y - 1, p.z);
    visit(p.x, p.y + 1, p.z);
    visit(p.x, p.y, p.z - 1);
    visit(p.x, p.y, p.z + 1);
  }
  return count;
}

bool layer_has_bone(const VoxelImage& image, int z) {
  const Index3 size = image.geometry.size;
  for (int y = 0; y < size.y; ++y) {
    for (int x = 0; x < size.x; ++x) {
      if (image.at(x, y, z) > 0) return true;
    }
  }
  return false;
}

TrabecularRecipe small_recipe(bool plate_like) {
  TrabecularRecipe recipe;
  recipe.size = {40, 36, 52};
  recipe.plate_like = plate_like;
  recipe.bone_volume_fraction = 0.3;
  recipe.period_voxels = 12;
  recipe.seed = 7;
  return recipe;
}

}  // namespace

TEST_CASE("the same seed gives the same voxels on every machine, in every version") {
  ShaftRecipe shaft;
  shaft.size = {48, 48, 40};
  shaft.bone_volume_fraction = 0.3;
  shaft.period_voxels = 12;
  shaft.seed = 7;

  CHECK(checksum(make_trabecular(small_recipe(false))) == 0xbb22a85a727a82e3ull);
  CHECK(checksum(make_trabecular(small_recipe(true))) == 0x26b4585de53cd4f7ull);
  CHECK(checksum(make_shaft(shaft)) == 0x0fe7f6686dcb2973ull);
}

TEST_CASE("the number of threads does not change a voxel") {
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1);
  const std::uint64_t one = checksum(make_trabecular(small_recipe(false)));
  omp_set_num_threads(3);
  const std::uint64_t three = checksum(make_trabecular(small_recipe(false)));
  omp_set_num_threads(threads);

  CHECK(one == three);
}

TEST_CASE("another seed gives another bone") {
  TrabecularRecipe other = small_recipe(false);
  other.seed = 8;

  CHECK(checksum(make_trabecular(other)) != checksum(make_trabecular(small_recipe(false))));
}

TEST_CASE("kept trabecular bone is one part, spans z and has the asked volume within half a point") {
  for (const bool plate_like : {false, true}) {
    for (const double fraction : {0.15, 0.25, 0.45}) {
      for (const Index3 size : {Index3{64, 64, 64}, Index3{50, 45, 65}}) {
        TrabecularRecipe recipe;
        recipe.size = size;
        recipe.plate_like = plate_like;
        recipe.bone_volume_fraction = fraction;
        CAPTURE(plate_like);
        CAPTURE(fraction);
        CAPTURE(size.x);

        const VoxelImage image = make_trabecular(recipe);

        CHECK(image.geometry.size == size);
        CHECK(std::abs(bone_fraction(image) - fraction) < 0.005);
        const double bone_voxels = bone_fraction(image) * static_cast<double>(image.values.size());
        CHECK(static_cast<double>(connected_voxels(image)) == doctest::Approx(bone_voxels));
        CHECK(layer_has_bone(image, 0));
        CHECK(layer_has_bone(image, size.z - 1));
      }
    }
  }
}

TEST_CASE("a stretched field varies more slowly along z") {
  TrabecularRecipe recipe;
  recipe.stretch_z = 2;
  const VoxelImage image = make_trabecular(recipe);
  int changes_x = 0, changes_z = 0;

  for (int z = 0; z < 63; ++z) {
    for (int y = 0; y < 63; ++y) {
      for (int x = 0; x < 63; ++x) {
        changes_x += image.at(x, y, z) != image.at(x + 1, y, z) ? 1 : 0;
        changes_z += image.at(x, y, z) != image.at(x, y, z + 1) ? 1 : 0;
      }
    }
  }

  CHECK(changes_x > 1.6 * changes_z);
  CHECK(changes_x < 2.4 * changes_z);
}

TEST_CASE("the period sets the distance between struts") {
  // A one-sided cut at 50 % has 2 crossings per wavelength along a random line, times sqrt(<cos^2>) = 1/sqrt(3)
  // (Rice's formula) and the root mean square of the band's wave numbers, about 1.1.
  TrabecularRecipe recipe;
  recipe.bone_volume_fraction = 0.5;
  recipe.stretch_z = 1;
  recipe.period_voxels = 16;
  const VoxelImage image = make_trabecular(recipe);
  int changes = 0;

  for (int z = 0; z < 64; ++z) {
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 63; ++x) changes += image.at(x, y, z) != image.at(x + 1, y, z) ? 1 : 0;
    }
  }

  const double crossings_per_period = changes / (64.0 * 64.0 * 63.0) * recipe.period_voxels;
  CHECK(crossings_per_period == doctest::Approx(2 * 1.1 / std::sqrt(3.0)).epsilon(0.12));
}

TEST_CASE("bone too sparse to connect the ends is refused with advice") {
  TrabecularRecipe recipe;
  recipe.bone_volume_fraction = 0.01;

  try {
    make_trabecular(recipe);
    FAIL("no error");
  } catch (const InputError& error) {
    CHECK(std::string(error.what()).find("larger BV/TV") != std::string::npos);
  }
}

TEST_CASE("values out of range are refused") {
  TrabecularRecipe recipe;

  recipe.bone_volume_fraction = 1.2;
  CHECK_THROWS_AS(make_trabecular(recipe), UsageError);
  recipe.bone_volume_fraction = std::nan("");
  CHECK_THROWS_AS(make_trabecular(recipe), UsageError);
  CHECK_THROWS_AS(make_block({0, 4, 4}, {1, 1, 1}), UsageError);
  CHECK_THROWS_AS(make_block({2000000000, 2000000000, 4}, {1, 1, 1}), UsageError);
  CHECK_THROWS_AS(make_block({4, 4, 4}, {1, -1, 1}), UsageError);
  CHECK_THROWS_AS(make_hollow_sphere(8, 1.0, 1.0), UsageError);
}

TEST_CASE("a shaft is a cortical tube around a connected core of the asked volume") {
  const ShaftRecipe recipe;

  const VoxelImage image = make_shaft(recipe);

  const int n = recipe.size.x;
  const int half_width = static_cast<int>(0.5 * recipe.outer_fraction * n);
  CHECK(image.at(n / 2 - half_width + 1, n / 2, n / 2) == 127);
  CHECK(image.at(0, 0, 0) == 0);
  std::size_t cortical = 0, core = 0, other = 0;
  for (const float value : image.values) {
    if (value == 127) {
      ++cortical;
    } else if (value == 100) {
      ++core;
    } else if (value != 0) {
      ++other;
    }
  }
  const double pi = 3.14159265358979, a = 0.5 * recipe.outer_fraction * n, b = 0.92 * a;
  const double t = recipe.cortex_fraction * a;
  const double tube = pi * (a * b - (a - t) * (b - t)) * n, marrow = pi * (a - t) * (b - t) * n;
  CHECK(static_cast<double>(cortical) == doctest::Approx(tube).epsilon(0.01));
  CHECK(static_cast<double>(core) / marrow == doctest::Approx(recipe.bone_volume_fraction).epsilon(0.03));
  CHECK(other == 0);
  CHECK(connected_voxels(image) == cortical + core);
}

TEST_CASE("plain solids have the volume of their shapes") {
  const double pi = 3.14159265358979;

  CHECK(bone_fraction(make_block({3, 4, 5}, {1, 2, 3})) == 1);
  CHECK(make_cantilever({30, 3, 4}, {0.5, 0.5, 0.5}).geometry.spacing_mm == Vec3{0.5, 0.5, 0.5});
  CHECK(bone_fraction(make_hollow_sphere(40, 0.1, 0)) == doctest::Approx(pi / 6).epsilon(0.005));
  CHECK(bone_fraction(make_hollow_sphere(40, 0.1, 0.5)) == doctest::Approx(pi / 6 * 0.875).epsilon(0.005));
  CHECK(bone_fraction(make_block_with_void(40, 0.1, 0.5)) == doctest::Approx(1 - pi / 6 * 0.125).epsilon(0.005));
}
