// SPDX-License-Identifier: Apache-2.0
// Claims of the femur's landmarks: found from the mask to half a voxel and one degree, however the bone lies.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/femur_landmarks.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"

using namespace osteon;

namespace {

double dot(const Vec3& a, const Vec3& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
double distance(const Vec3& a, const Vec3& b) { return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }
double angle_deg(const Vec3& a, const Vec3& b) { return std::acos(std::min(1.0, dot(a, b))) * 57.29577951308232; }

SyntheticFemur femur(BodySide side, const Vec3& turn_deg, double spacing_mm) {
  FemurRecipe recipe;
  recipe.side = side;
  recipe.turn_deg = turn_deg;
  recipe.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
  return make_proximal_femur(recipe);
}

constexpr Vec3 k_turns[] = {{0, 0, 0}, {10, -15, 20}, {-75, 30, 140}, {180, 0, 10}, {90, 45, 0}};

}  // namespace

TEST_CASE("femur landmarks: head to half a voxel, axes to a degree, in every pose and on both sides") {
  for (const BodySide side : {BodySide::left, BodySide::right})
    for (const Vec3& turn : k_turns)
      for (const double spacing : {1.0, 2.0}) {
        CAPTURE(side_name(side));
        CAPTURE(turn[0]);
        CAPTURE(spacing);
        const SyntheticFemur truth = femur(side, turn, spacing);

        const FemurLandmarks found = find_femur_landmarks(truth.mask);

        CHECK(distance(found.head_centre_mm, truth.head_centre_mm) < 0.5 * spacing);
        CHECK(std::abs(found.head_radius_mm - 23) < 0.5 * spacing);
        CHECK(angle_deg(found.shaft_axis, truth.shaft_axis) < 0.3);  // 1 is what was asked for
        CHECK(angle_deg(found.neck_axis, truth.neck_axis) < 0.4);
        CHECK(std::abs(found.neck_shaft_deg - 127) < 1.5);
        CHECK(std::abs(found.shaft_radius_mm - 14.5) < 0.5 * spacing);
        CHECK(femur_side(found) == side);
        CHECK_NOTHROW(require_side(found, side));
      }
}

TEST_CASE("femur landmarks: the most lateral point lies on the trochanter, seen from the shaft and the head") {
  const SyntheticFemur truth = femur(BodySide::left, {0, 0, 0}, 1);

  const FemurLandmarks found = find_femur_landmarks(truth.mask);

  const Vec3 from_shaft = {found.trochanter_mm[0] - truth.shaft_point_mm[0], 0,
                           found.trochanter_mm[2] - truth.shaft_point_mm[2]};
  CHECK(from_shaft[0] > 25);
  CHECK(from_shaft[0] < 31);
  CHECK(from_shaft[2] > -20);
  CHECK(from_shaft[2] < 30);
  CHECK(dot(found.medial, {-1, 0, 0}) > 0.9);
}

TEST_CASE("femur landmarks: dimensions other than the usual ones are found, too") {
  FemurRecipe recipe;
  recipe.neck_shaft_deg = 117;
  recipe.anteversion_deg = 25;
  recipe.head_radius_mm = 20;
  recipe.neck_radius_mm = 12;
  recipe.neck_length_mm = 48;
  recipe.shaft_radius_mm = 12;
  recipe.shaft_cortex_mm = 3;
  recipe.shaft_length_mm = 80;
  recipe.turn_deg = {15, 20, -60};
  recipe.spacing_mm = {0.9, 0.9, 1.5};
  const SyntheticFemur truth = make_proximal_femur(recipe);

  const FemurLandmarks found = find_femur_landmarks(truth.mask);

  CHECK(distance(found.head_centre_mm, truth.head_centre_mm) < 0.5);
  CHECK(std::abs(found.head_radius_mm - 20) < 0.5);
  CHECK(angle_deg(found.shaft_axis, truth.shaft_axis) < 1);
  CHECK(angle_deg(found.neck_axis, truth.neck_axis) <
        2);  // the shorter the neck, the more its fillets turn its section
  CHECK(femur_side(found) == BodySide::left);
}

TEST_CASE("femur landmarks: the wrong side is named") {
  const FemurLandmarks found = find_femur_landmarks(femur(BodySide::right, {30, 0, 0}, 2).mask);
  CHECK_THROWS_WITH_AS(require_side(found, BodySide::left), doctest::Contains("the mask shows a right femur"),
                       InputError);
}

TEST_CASE("femur landmarks: where the shape does not tell the side, the patient's axes do, or nobody") {
  FemurLandmarks found = find_femur_landmarks(femur(BodySide::right, {0, 0, 0}, 2).mask);
  found.lesser_trochanter_mm = 0;
  CHECK(femur_side(found) == BodySide::right);
  found.shaft_axis = {1, 0, 0};
  CHECK_FALSE(femur_side(found).has_value());
  CHECK_NOTHROW(require_side(found, BodySide::left));
}

TEST_CASE("femur landmarks: masks that are no upper femur are refused with what is missing") {
  CHECK_THROWS_WITH_AS(find_femur_landmarks(make_hollow_sphere(24, 2, 0)), doctest::Contains("does not look like"),
                       InputError);
  CHECK_THROWS_WITH_AS(find_femur_landmarks(make_cantilever({80, 12, 12}, {1, 1, 1})), doctest::Contains("reaches out"),
                       InputError);
  VoxelImage stump = femur(BodySide::left, {0, 0, 0}, 2).mask;  // cut through the lesser trochanter
  for (int z = 0; z < stump.geometry.size.z; ++z)
    for (int y = 0; y < stump.geometry.size.y; ++y)
      for (int x = 0; x < stump.geometry.size.x; ++x)
        if (stump.geometry.origin_mm[2] + 2 * z < -45) stump.values[stump.index(x, y, z)] = 0;
  CHECK_THROWS_WITH_AS(find_femur_landmarks(stump), doctest::Contains("of shaft"), InputError);
}
