// SPDX-License-Identifier: Apache-2.0
// The generated vertebra, turned in its scan: axes, registration, the model.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/frame.hpp"
#include "osteon/anatomy/registration.hpp"
#include "osteon/anatomy/spine.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"

using namespace osteon;

namespace {

SyntheticVertebra vertebra(const Vec3& turn_deg, double spacing_mm = 1) {
  VertebraRecipe recipe;
  recipe.turn_deg = turn_deg;
  recipe.spacing_mm = {spacing_mm, spacing_mm, spacing_mm};
  return make_vertebra(recipe);
}

double angle_deg(const Vec3& a, const Vec3& b) {
  const double dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  return std::acos(std::clamp(dot, -1.0, 1.0)) * 180 / 3.14159265358979323846;
}

SpineSettings settings_of_generated() {
  SpineSettings settings;
  settings.body_labels = {k_vertebra_body};
  settings.posterior_labels = {k_vertebra_posterior};
  return settings;
}

Vec3 column(const Mat3& m, int c) {
  return {m[static_cast<std::size_t>(c)], m[static_cast<std::size_t>(c + 3)], m[static_cast<std::size_t>(c + 6)]};
}

}  // namespace

TEST_CASE("the endplates of a turned vertebra give its axis to half a degree") {
  for (const Vec3& turn : {Vec3{0, 0, 0}, Vec3{12, -9, 20}, Vec3{-18, 14, -35}}) {
    const SyntheticVertebra bone = vertebra(turn);
    const Endplates ends =
        find_endplates(voxel_centres_mm(bone.mask, {k_vertebra_body}), 1, frame_from({0, 0, 1}, {1, 0, 0}));
    CAPTURE(turn[0]);
    CHECK(angle_deg(ends.up, bone.up) < 0.5);
    CHECK(ends.angle_deg < 1);
    CHECK(std::abs(ends.distance_mm - 25) < 0.7);  // 28 mm between the rims, less the hollows
  }
}

TEST_CASE("registration of masks finds a turn of 30 degrees to a tenth of a degree") {
  const SyntheticVertebra reference = vertebra({0, 0, 0}, 1.5), scan = vertebra({20, -15, 18}, 1.5);
  const RigidMotion motion = register_masks(scan.mask, reference.mask);
  CHECK(motion.overlap > 0.97);
  CHECK(angle_deg(column(motion.rotation, 2), scan.up) < 0.1);
  // Both have their body's centre at the origin of patient space.
  for (int i = 0; i < 3; ++i) {
    double moved = motion.scan_centre_mm[i];
    for (int j = 0; j < 3; ++j) moved -= motion.rotation[3 * i + j] * motion.reference_centre_mm[j];
    CHECK(std::abs(moved) < 0.1);
  }
  VoxelImage rod = reference.mask;
  for (std::size_t i = 0; i < rod.values.size(); ++i) {
    const int x = static_cast<int>(i) % rod.geometry.size.x;
    const int y = static_cast<int>(i) / rod.geometry.size.x % rod.geometry.size.y;
    rod.values[i] = x > 30 && x < 36 && y > 30 && y < 36 ? 1.0F : 0.0F;
  }
  CHECK_THROWS_WITH_AS(register_masks(scan.mask, rod), doctest::Contains("does not look like the reference"),
                       InputError);
}

TEST_CASE("spine-compression caps both ends of the body and nothing else") {
  const SyntheticVertebra bone = vertebra({8, -5, 10});
  const BoneSetup setup = spine_compression(bone.density, bone.mask, nullptr, settings_of_generated());
  const VoxelImage& labels = setup.labels;
  const Index3 n = labels.geometry.size;
  std::int64_t caps = 0, body = 0, posterior_capped = 0;
  int low = n.z, high = -1;
  for (int z = 0; z < n.z; ++z)
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x) {
        body += labels.at(x, y, z) == k_vertebra_body ? 1 : 0;
        if (labels.at(x, y, z) != k_cap_label) continue;
        ++caps;
        low = std::min(low, z);
        high = std::max(high, z);
        CHECK(setup.grey.at(x, y, z) == 0);
        for (const int neighbour : {z - 1, z + 1})
          posterior_capped += labels.at(x, y, neighbour) == k_vertebra_posterior ? 1 : 0;
      }
  CHECK(posterior_capped == 0);
  CHECK(caps > 10000);
  CHECK(high - low + 1 == 28 + 2 * 4);  // rims 28 mm apart, 4 mm of cement outside each
  const auto in_scan = std::count(bone.mask.values.begin(), bone.mask.values.end(), 1.0F * k_vertebra_body);
  CHECK(std::abs(static_cast<double>(body) / static_cast<double>(in_scan) - 1) < 0.005);
  CHECK(setup.node_sets.size() == 2);
  CHECK(std::abs(setup.length_mm - 25) < 0.7);
  CHECK(angle_deg(column(labels.geometry.direction, 2), bone.up) < 0.5);

  SpineSettings wrong = settings_of_generated();
  wrong.version = 2;
  CHECK_THROWS_AS(spine_compression(bone.density, bone.mask, nullptr, wrong), UsageError);
  wrong = settings_of_generated();
  wrong.body_labels = {20};
  CHECK_THROWS_WITH_AS(spine_compression(bone.density, bone.mask, nullptr, wrong),
                       doctest::Contains("no voxel has label 20; the mask has 1, 2"), InputError);
  wrong = settings_of_generated();
  wrong.pose = SpinePose::registration;
  CHECK_THROWS_AS(spine_compression(bone.density, bone.mask, nullptr, wrong), UsageError);
}
