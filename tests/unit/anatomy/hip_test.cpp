// SPDX-License-Identifier: Apache-2.0
// Claims of the hip models: axes, mirror images, caps and supports.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/hip.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"
#include "osteon/image/synthetic.hpp"

using namespace osteon;

namespace {

SyntheticFemur femur(BodySide side, const Vec3& turn_deg = {0, 0, 0}) {
  FemurRecipe recipe;
  recipe.side = side;
  recipe.turn_deg = turn_deg;
  recipe.spacing_mm = {2.5, 2.5, 2.5};
  return make_proximal_femur(recipe);
}

HipSettings coarse() {
  HipSettings settings;
  settings.spacing_mm = 2.5;
  return settings;
}

double along(const Mat3& axes, int column, const Vec3& v) {
  return axes[column] * v[0] + axes[3 + column] * v[1] + axes[6 + column] * v[2];
}

std::int64_t count(const VoxelImage& labels, float label) {
  return std::count(labels.values.begin(), labels.values.end(), label);
}

}  // namespace

TEST_CASE("sideways fall: tilt and rotation are those of the settings, the load goes towards the trochanter") {
  for (const BodySide side : {BodySide::left, BodySide::right}) {
    const SyntheticFemur bone = femur(side, {20, -10, 40});
    HipSettings settings = coarse();
    settings.side = side;

    const BoneSetup setup = hip_sideways_fall(bone.density, bone.mask, settings);

    const Mat3& axes = setup.labels.geometry.direction;
    // The shaft climbs 10 degrees towards the ground from the knee to the hip; the neck dips by the rotation.
    const double towards_ground = setup.load_sign * along(axes, 1, bone.shaft_axis);
    CHECK(std::asin(towards_ground) * 57.29578 == doctest::Approx(10).epsilon(0.05));
    CHECK(std::abs(along(axes, 0, bone.shaft_axis)) < 0.01);
    const Vec3 neck_to_shaft = {-bone.neck_axis[0], -bone.neck_axis[1], -bone.neck_axis[2]};
    CHECK(setup.load_sign * along(axes, 1, neck_to_shaft) > 0.5);
    CHECK(along(axes, 0, bone.neck_axis) / std::sin(53 * 0.0174533) ==
          doctest::Approx(std::sin(-15 * 0.0174533)).epsilon(0.05));
    CHECK(setup.load_axis == Axis::y);
    CHECK(setup.load_sign == (side == BodySide::left ? 1 : -1));
    // The grid hangs on the head.
    const Vec3 head = voxel_position(setup.labels.geometry, setup.landmarks[0].position_mm);
    for (const double place : head) CHECK(std::abs(std::remainder(place - 0.5, 1)) < 1e-6);
  }
}

TEST_CASE("sideways fall: the models of mirrored femora are mirror images, voxel by voxel") {
  const SyntheticFemur left_bone = femur(BodySide::left), right_bone = femur(BodySide::right);
  for (const bool falls : {true, false}) {
    const auto set_up = falls ? hip_sideways_fall : hip_stance;
    const BoneSetup left = set_up(left_bone.density, left_bone.mask, coarse());
    const BoneSetup right = set_up(right_bone.density, right_bone.mask, coarse());

    const Index3 n = left.labels.geometry.size;
    REQUIRE(right.labels.geometry.size == n);
    std::int64_t different = 0;
    float grey = 0;
    for (int z = 0; z < n.z; ++z)
      for (int y = 0; y < n.y; ++y)
        for (int x = 0; x < n.x; ++x) {
          different += left.labels.at(x, y, z) != right.labels.at(x, n.y - 1 - y, z);
          grey = std::max(grey, std::abs(left.grey.at(x, y, z) - right.grey.at(x, n.y - 1 - y, z)));
        }
    CHECK(different == 0);
    CHECK(grey < 1e-2F);  // mg/cm3
    CHECK(left.length_mm == doctest::Approx(right.length_mm).epsilon(1e-9));
    CHECK(count(left.labels, k_cap_label) > 50);
  }
}

TEST_CASE("hip models: cement has no density, and the cut is where it was asked for") {
  const SyntheticFemur bone = femur(BodySide::left);
  HipSettings settings = coarse();
  settings.shaft_mm = 100;

  const BoneSetup setup = hip_stance(bone.density, bone.mask, settings);

  int lowest = setup.labels.geometry.size.z;
  const Index3 n = setup.labels.geometry.size;
  for (int z = 0; z < n.z; ++z)
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x) {
        if (setup.labels.at(x, y, z) > 0) lowest = std::min(lowest, z);
        if (setup.labels.at(x, y, z) == k_cap_label) CHECK(setup.grey.at(x, y, z) == 0);
      }
  const double head = voxel_position(setup.labels.geometry, setup.landmarks[0].position_mm)[2] + 0.5;
  CHECK(head - lowest == doctest::Approx(100 / 2.5));
  CHECK(setup.length_mm == doctest::Approx(123).epsilon(0.005));
}

TEST_CASE("hip models: what cannot be is refused") {
  const SyntheticFemur bone = femur(BodySide::left);
  HipSettings settings = coarse();
  settings.side = BodySide::right;
  CHECK_THROWS_WITH_AS(hip_stance(bone.density, bone.mask, settings), doctest::Contains("left femur"), InputError);
  settings = coarse();
  settings.version = 2;
  CHECK_THROWS_WITH_AS(hip_stance(bone.density, bone.mask, settings), doctest::Contains("version"), UsageError);
  settings = coarse();
  settings.shaft_mm = 150;
  CHECK_THROWS_WITH_AS(hip_sideways_fall(bone.density, bone.mask, settings), doctest::Contains("shaft"), InputError);
  settings = coarse();
  settings.fall_tilt_deg = 90;
  CHECK_THROWS_WITH_AS(hip_sideways_fall(bone.density, bone.mask, settings), doctest::Contains("angle"), UsageError);
}
