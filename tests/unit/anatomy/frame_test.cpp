// SPDX-License-Identifier: Apache-2.0
// Grids along a bone's axes, resampling onto them, caps.
#include <doctest/doctest.h>

#include <cmath>

#include "osteon/anatomy/bone_setup.hpp"
#include "osteon/anatomy/caps.hpp"
#include "osteon/anatomy/frame.hpp"
#include "osteon/core/error.hpp"
#include "osteon/image/resample.hpp"
#include "osteon/model/load_case.hpp"

using namespace osteon;

namespace {

VoxelImage image_of(Index3 size, Vec3 spacing_mm = {1, 1, 1}) {
  VoxelImage image;
  image.geometry.size = size;
  image.geometry.spacing_mm = spacing_mm;
  image.values.assign(static_cast<std::size_t>(size.volume()), 0);
  return image;
}

template <class Value>
void fill(VoxelImage& image, Value value) {
  const Index3 n = image.geometry.size;
  for (int z = 0; z < n.z; ++z)
    for (int y = 0; y < n.y; ++y)
      for (int x = 0; x < n.x; ++x)
        image.values[image.index(x, y, z)] =
            static_cast<float>(value(patient_position_mm(image.geometry, {1.0 * x, 1.0 * y, 1.0 * z})));
}

/// Turned about an axis that is none of the grid's.
Mat3 turned_axes() { return frame_from({0.3, -0.2, 1}, {1, 0.4, 0.1}); }

double linear(const Vec3& p) { return 3 + 0.5 * p[0] - 0.25 * p[1] + 2 * p[2]; }

}  // namespace

TEST_CASE("a grid round points lies along its axes, holds them all and puts the anchor on a corner") {
  const std::vector<Vec3> points = {{3, 4, 5}, {-2, 8, 1}, {6, -1, 9}, {0.3, 0.2, 0.1}};
  const Vec3 anchor = mean_position(points);
  const ImageGeometry grid = grid_round(points, turned_axes(), anchor, 0.7, 2);
  for (const Vec3& p : points) {
    const Vec3 v = voxel_position(grid, p);
    for (int a = 0; a < 3; ++a) {
      CHECK(v[a] > 1);
      CHECK(v[a] < grid.size[a] - 2);
    }
    const Vec3 back = patient_position_mm(grid, v);
    for (int a = 0; a < 3; ++a) CHECK(std::abs(back[a] - p[a]) < 1e-12);
  }
  const Vec3 corner = voxel_position(grid, anchor);
  for (int a = 0; a < 3; ++a) CHECK(std::abs(corner[a] - std::floor(corner[a]) - 0.5) < 1e-9);
  CHECK_THROWS_AS(grid_round(points, turned_axes(), anchor, 1e-6, 2), UsageError);
}

TEST_CASE("a linear field survives resampling onto a turned grid, whatever the order of the spline") {
  VoxelImage image = image_of({24, 22, 26}, {1, 1.25, 0.8});
  image.geometry.origin_mm = {-4, 7, 2};
  image.geometry.direction = frame_from({0, 1, 0.2}, {1, 0, 0.1});
  fill(image, linear);
  const Vec3 middle = patient_position_mm(image.geometry, {11.5, 10.5, 12.5});
  const std::vector<Vec3> points = {
      middle, {middle[0] + 2, middle[1] - 2, middle[2] + 2}, {middle[0] - 2, middle[1] + 2, middle[2] - 1}};
  const ImageGeometry grid = grid_round(points, turned_axes(), middle, 0.6, 0);
  for (const int order : {1, 2, 3}) {
    const VoxelImage result = resample_to_grid(image, grid, order);
    double worst = 0;
    for (int z = 0; z < grid.size.z; ++z)
      for (int y = 0; y < grid.size.y; ++y)
        for (int x = 0; x < grid.size.x; ++x) {
          const double exact = linear(patient_position_mm(grid, {1.0 * x, 1.0 * y, 1.0 * z}));
          worst = std::max(worst, std::abs(result.at(x, y, z) - exact));
        }
    CAPTURE(order);
    CHECK(worst < (order == 1 ? 1e-5 : 2e-3));  // splines feel the mirrored border a little, here 8 voxels away
  }
  ImageGeometry away = grid;
  away.origin_mm = {1000, 0, 0};
  for (const float value : resample_to_grid(image, away, 3, -7).values) CHECK(value == -7);
}

TEST_CASE("labels keep volume and names on a turned grid") {
  VoxelImage labels = image_of({40, 40, 40});
  fill(labels, [](const Vec3& p) {
    const double r = std::hypot(p[0] - 19.3, p[1] - 20.1, p[2] - 19.7);
    return r > 14 ? 0 : (p[2] > 19.7 ? 48 : 20);
  });
  const std::vector<Vec3> centres = voxel_centres_mm(labels);
  const VoxelImage result = resample_labels(labels, grid_round(centres, turned_axes(), mean_position(centres), 1, 2));
  const auto count = [&](const VoxelImage& image, int label) {
    return std::count(image.values.begin(), image.values.end(), static_cast<float>(label));
  };
  for (const int label : {20, 48})
    CHECK(std::abs(static_cast<double>(count(result, label)) / static_cast<double>(count(labels, label)) - 1) < 0.01);
  CHECK(count(result, 0) + count(result, 20) + count(result, 48) == static_cast<std::ptrdiff_t>(result.values.size()));
  CHECK_THROWS_WITH_AS(voxel_centres_mm(labels, {7}), doctest::Contains("no voxel has label 7; the mask has 20, 48"),
                       InputError);
}

TEST_CASE("a cap fills the columns asked for from its plane to the bone, and no waist") {
  VoxelImage labels = image_of({3, 1, 10});
  const auto put = [&](int x, int z) { labels.values[labels.index(x, 0, z)] = 1; };
  put(0, 7);  // rim, outermost
  put(0, 2);
  put(1, 5);  // hollow
  put(2, 1);  // seen from above between rim and floor: not part of the end
  const std::vector<std::uint8_t> columns = {1, 1, 1};
  const Cap cap = add_cap(labels, Axis::z, CapEnd::high, columns, 2, 3);
  CHECK(cap.plane == 10);
  CHECK(cap.outermost_bone == 7);
  CHECK(cap.voxels == 2 + 4);
  for (int z = 0; z < 10; ++z) {
    CHECK((labels.at(0, 0, z) == k_cap_label) == (z > 7));
    CHECK((labels.at(1, 0, z) == k_cap_label) == (z > 5));
    CHECK(labels.at(2, 0, z) == (z == 1 ? 1 : 0));
  }
  CHECK_THROWS_AS(add_cap(labels, Axis::z, CapEnd::low, columns, 2, 3), InputError);  // no room
  CHECK_THROWS_AS(add_cap(labels, Axis::x, CapEnd::low, std::vector<std::uint8_t>(10, 0), 1, 3), InputError);
}

TEST_CASE("a bone's load case turns shortening into the way of its loaded set") {
  BoneSetup setup;
  setup.model = "test";
  setup.length_mm = 30;
  setup.load_axis = Axis::y;
  setup.load_sign = 1;  // the loaded set lies at the low end and moves up
  NodeSetSpec held, loaded;
  held.displacement_mm = {0.0, 0.0, 0.0};
  loaded.displacement_mm[1] = 1;
  setup.node_sets = {held, loaded};
  LoadCaseSpec wanted;
  wanted.type = LoadType::free;
  wanted.bone_model = "test";
  wanted.strain = -0.02;
  const LoadCaseSpec by_strain = bone_load_case(wanted, setup);
  CHECK(*by_strain.node_sets[1].displacement_mm[1] == doctest::Approx(0.6));
  CHECK(*by_strain.node_sets[0].displacement_mm[1] == 0);
  CHECK(by_strain.axis == Axis::y);
  CHECK(*by_strain.length_mm == 30);
  wanted.strain.reset();
  wanted.force_n = -500;
  const LoadCaseSpec by_force = bone_load_case(wanted, setup);
  CHECK(*by_force.force_n == 500);
  CHECK(*by_force.node_sets[1].displacement_mm[1] == doctest::Approx(0.3));
  wanted.has_platen = false;
  const LoadCaseSpec spread = bone_load_case(wanted, setup);
  CHECK(!spread.force_n);
  CHECK(!spread.node_sets[1].displacement_mm[1]);
  CHECK(spread.node_sets[1].force_n == Vec3{0, 500, 0});
  CHECK(spread.node_sets[0].force_n == Vec3{0, 0, 0});
}
