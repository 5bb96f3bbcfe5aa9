// SPDX-License-Identifier: Apache-2.0
// Claims of the generated femur: its dimensions, that turning and mirroring change the sampling only, determinism.
#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"

using namespace osteon;

namespace {

constexpr double k_pi = 3.14159265358979;

Vec3 centre_of(const ImageGeometry& geometry, int x, int y, int z) {
  const Vec3 o = geometry.origin_mm, h = geometry.spacing_mm;
  return {o[0] + x * h[0], o[1] + y * h[1], o[2] + z * h[2]};
}

/// visit(position, density, is bone) for every voxel, summed and times the volume of a voxel.
template <class Visit>
double integral(const SyntheticFemur& femur, Visit visit) {
  const ImageGeometry& geometry = femur.mask.geometry;
  double sum = 0;
  for (int z = 0; z < geometry.size.z; ++z)
    for (int y = 0; y < geometry.size.y; ++y)
      for (int x = 0; x < geometry.size.x; ++x)
        sum += visit(centre_of(geometry, x, y, z), femur.density.at(x, y, z), femur.mask.at(x, y, z) > 0);
  return sum * geometry.spacing_mm[0] * geometry.spacing_mm[1] * geometry.spacing_mm[2];
}

double volume_mm3(const SyntheticFemur& femur) {
  return integral(femur, [](const Vec3&, double, bool bone) { return bone ? 1.0 : 0.0; });
}

double distance(const Vec3& a, const Vec3& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

FemurRecipe recipe_of(BodySide side, const Vec3& turn_deg, double spacing_mm) {
  FemurRecipe recipe;
  recipe.side = side;
  recipe.turn_deg = turn_deg;
  recipe.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
  return recipe;
}

}  // namespace

TEST_CASE("femur: shaft and head have the asked dimensions") {
  const FemurRecipe recipe = recipe_of(BodySide::left, {0, 0, 0}, 0.8);
  const SyntheticFemur femur = make_proximal_femur(recipe);

  const double shaft =
      integral(femur, [](const Vec3& p, double, bool bone) { return bone && p[2] > -96 && p[2] < -64; });
  CHECK(shaft / (40 * 0.8) == doctest::Approx(k_pi * 14.5 * 14.5).epsilon(0.005));
  // The half of the head that looks away from the neck.
  const double cap = integral(femur, [&](const Vec3& p, double, bool bone) {
    double along = 0;
    for (int i = 0; i < 3; ++i) along += (p[i] - femur.head_centre_mm[i]) * femur.neck_axis[i];
    return bone && along > 0;
  });
  CHECK(cap == doctest::Approx(2 * k_pi / 3 * std::pow(23, 3)).epsilon(0.005));
  CHECK(distance(femur.head_centre_mm, femur.shaft_point_mm) == doctest::Approx(recipe.neck_length_mm));
  CHECK(femur.head_centre_mm[0] < 0);  // of a left femur the head is to the patient's right,
  CHECK(femur.head_centre_mm[1] < 0);  // and anteversion brings it forward
}

TEST_CASE("femur: turned, mirrored or sampled otherwise it is the same bone") {
  // Weighted by a smooth window, so that nothing but the scan itself is measured: the sum converges fast.
  const auto windowed_mass = [](const SyntheticFemur& femur) {
    constexpr double k_soft_tissue = 30;
    return integral(femur, [&](const Vec3& p, double density, bool) {
      const double r = std::min(distance(p, femur.shaft_point_mm) / 60, 1.0);
      return (density - k_soft_tissue) * std::pow(1 - r * r, 3);
    });
  };
  const SyntheticFemur fine = make_proximal_femur(recipe_of(BodySide::left, {5, 5, 5}, 0.7));
  const double volume = volume_mm3(fine), mass = windowed_mass(fine);

  for (const BodySide side : {BodySide::left, BodySide::right})
    for (const Vec3& turn : {Vec3{0, 0, 0}, Vec3{10, -15, 20}, Vec3{-75, 30, 140}}) {
      const SyntheticFemur femur = make_proximal_femur(recipe_of(side, turn, 1));
      CHECK(windowed_mass(femur) == doctest::Approx(mass).epsilon(2e-4));
      CHECK(volume_mm3(femur) == doctest::Approx(volume).epsilon(0.006));  // voxels are in or out
      CHECK(distance(femur.head_centre_mm, femur.shaft_point_mm) == doctest::Approx(52));
    }
}

TEST_CASE("femur: the right one is the left one's mirror image to the bit") {
  const SyntheticFemur left = make_proximal_femur(recipe_of(BodySide::left, {0, 0, 0}, 2));
  const SyntheticFemur right = make_proximal_femur(recipe_of(BodySide::right, {0, 0, 0}, 2));

  const Index3 size = left.mask.geometry.size;
  REQUIRE(right.mask.geometry.size == size);
  CHECK(centre_of(left.mask.geometry, 0, 0, 0)[0] == -centre_of(right.mask.geometry, size.x - 1, 0, 0)[0]);
  std::int64_t different = 0;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x)
        different += left.density.at(x, y, z) != right.density.at(size.x - 1 - x, y, z) ||
                     left.mask.at(x, y, z) != right.mask.at(size.x - 1 - x, y, z);
  CHECK(different == 0);
  CHECK(right.head_centre_mm[0] == -left.head_centre_mm[0]);
}

TEST_CASE("femur: no bone touches the border, whatever the turn") {
  for (const Vec3& turn : {Vec3{0, 0, 0}, Vec3{40, 50, 60}, Vec3{-90, 0, 45}}) {
    const SyntheticFemur femur = make_proximal_femur(recipe_of(BodySide::right, turn, 2));
    const Index3 size = femur.mask.geometry.size;
    std::int64_t at_border = 0;
    for (int z = 0; z < size.z; ++z)
      for (int y = 0; y < size.y; ++y)
        for (int x = 0; x < size.x; ++x)
          if (x * y * z == 0 || x == size.x - 1 || y == size.y - 1 || z == size.z - 1)
            at_border += femur.mask.at(x, y, z) > 0;
    CHECK(at_border == 0);
  }
}

TEST_CASE("femur: the number of threads does not matter") {
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1);
  const SyntheticFemur one = make_proximal_femur(recipe_of(BodySide::left, {10, 20, 30}, 3));
  omp_set_num_threads(3);
  const SyntheticFemur three = make_proximal_femur(recipe_of(BodySide::left, {10, 20, 30}, 3));
  omp_set_num_threads(threads);
  CHECK(one.density.values == three.density.values);
  CHECK(one.mask.values == three.mask.values);
}

TEST_CASE("femur: dimensions that do not fit are refused by name") {
  FemurRecipe recipe;
  recipe.neck_radius_mm = 22;
  CHECK_THROWS_WITH_AS(make_proximal_femur(recipe), doctest::Contains("radius of the neck"), UsageError);
  recipe = {};
  recipe.spacing_mm = {1, 0, 1};
  CHECK_THROWS_WITH_AS(make_proximal_femur(recipe), doctest::Contains("spacing"), UsageError);
}
