// SPDX-License-Identifier: Apache-2.0
// Each preparation step against an answer known beforehand.
#include <numeric>

#include "osteon/image/prepare.hpp"
#include "sample_image.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

template <class Value>
VoxelImage make_image(const Index3& size, const Value& value) {
  VoxelImage image;
  image.geometry.size = size;
  image.source = "test";
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x) image.values.push_back(static_cast<float>(value(x, y, z)));
  return image;
}

double sum(const VoxelImage& image) { return std::accumulate(image.values.begin(), image.values.end(), 0.0); }

PreparedImage prepare(const VoxelImage& image, const PrepareSteps& steps, const VoxelImage* mask = nullptr) {
  return prepare_image(image, mask, steps, silent_monitor());
}

PrepareSteps threshold_at(double above) {
  PrepareSteps steps;
  steps.thresholds = {{above, 1}};
  steps.largest_component = false;
  return steps;
}

template <class Action>
std::string usage_error(const Action& action) {
  try {
    action();
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a Gaussian leaves a constant as it is, up to the edges") {
  PrepareSteps steps = threshold_at(0);
  steps.gaussian_sigma_voxels = 1.7;

  const PreparedImage out = prepare(make_image({7, 5, 3}, [](int, int, int) { return 42; }), steps);

  for (const float value : out.grey.values) CHECK(value == doctest::Approx(42).epsilon(1e-6));
}

TEST_CASE("a Gaussian spreads an impulse symmetrically to a sum of one") {
  PrepareSteps steps = threshold_at(0);
  steps.gaussian_sigma_voxels = 1;
  const int n = 17, c = 8;

  const VoxelImage out =
      prepare(make_image({n, n, n}, [](int x, int y, int z) { return x == c && y == c && z == c; }), steps).grey;

  CHECK(sum(out) == doctest::Approx(1).epsilon(1e-6));
  CHECK(out.at(c - 2, c, c) == out.at(c + 2, c, c));
  CHECK(out.at(c, c, c + 3) == doctest::Approx(out.at(c + 3, c, c)));
  CHECK(out.at(c + 1, c, c) / out.at(c, c, c) == doctest::Approx(std::exp(-0.5)));
  CHECK(out.at(c + 4, c, c) > 0);
  CHECK(out.at(c + 5, c, c) == 0);  // truncated at 4 sigma
}

TEST_CASE("a linear ramp resampled by a factor is the ramp on the new samples, corner on corner, for orders 1 to 3") {
  const auto ramp = [](double x, double y, double z) { return 10 + 2 * x - y + 3 * z; };
  for (const int order : {1, 2, 3}) {
    CAPTURE(order);
    PrepareSteps steps = threshold_at(-1e9);
    steps.resample_factor = 0.5;
    steps.resample_spline_order = order;

    const VoxelImage out = prepare(make_image({41, 41, 41}, ramp), steps).grey;

    CHECK(out.geometry.size == Index3{20, 20, 20});  // 20.5 rounds to even
    CHECK(out.geometry.spacing_mm == Vec3{2, 2, 2});
    CHECK(out.at(0, 0, 0) == doctest::Approx(ramp(0, 0, 0)).epsilon(order == 1 ? 1e-6 : 1e-5));
    CHECK(out.at(19, 19, 19) == doctest::Approx(ramp(40, 40, 40)).epsilon(1e-5));
    const double step = 40.0 / 19.0;  // the mirrored edges bend the spline near the border only
    CHECK(out.at(9, 10, 8) == doctest::Approx(ramp(9 * step, 10 * step, 8 * step)).epsilon(1e-5));
  }
}

TEST_CASE("a B-spline goes through the samples") {
  const VoxelImage image = asymmetric_image();
  for (const int order : {0, 1, 2, 3}) {
    PrepareSteps steps = threshold_at(-1e9);
    steps.resample_factor = 1.0;
    steps.resample_spline_order = order;

    const VoxelImage out = prepare(image, steps).grey;

    for (std::size_t i = 0; i < image.values.size(); ++i)
      CHECK(out.values[i] == doctest::Approx(image.values[i]).epsilon(1e-5));
  }
}

TEST_CASE("resampling to a spacing keeps the outer faces of a turned, anisotropic image") {
  const VoxelImage image = asymmetric_image();
  PrepareSteps steps = threshold_at(0);
  steps.resample_spacing_mm = Vec3{0.05, 0.4, 0.1};

  const ImageGeometry out = prepare(image, steps).labels.geometry;

  CHECK(out.size == Index3{10, 2, 9});
  CHECK(out.spacing_mm == Vec3{0.05, 0.4, 0.1});
  for (int row = 0; row < 3; ++row) {
    const auto corner = [row](const ImageGeometry& g) {
      double position = g.origin_mm[row];
      for (int a = 0; a < 3; ++a) position -= 0.5 * g.direction[row * 3 + a] * g.spacing_mm[a];
      return position;
    };
    CHECK(corner(out) == doctest::Approx(corner(image.geometry)));
  }
}

TEST_CASE("a crop keeps its voxels where they were in space") {
  const VoxelImage image = asymmetric_image();
  PrepareSteps steps = threshold_at(0);
  steps.crop = PrepareSteps::Crop{{1, 2, 1}, {3, 2, 2}};

  const VoxelImage out = prepare(image, steps).grey;

  CHECK(out.geometry.size == Index3{3, 2, 2});
  for (int z = 0; z < 2; ++z)
    for (int y = 0; y < 2; ++y)
      for (int x = 0; x < 3; ++x) CHECK(out.at(x, y, z) == image.at(x + 1, y + 2, z + 1));
  for (int row = 0; row < 3; ++row) {
    const Mat3& d = image.geometry.direction;
    CHECK(out.geometry.origin_mm[row] == doctest::Approx(image.geometry.origin_mm[row] + d[row * 3] * 0.1 +
                                                         d[row * 3 + 1] * 0.4 + d[row * 3 + 2] * 0.3));
  }
  steps.crop->size = {5, 2, 2};
  CHECK(contains(usage_error([&] { prepare(image, steps); }), "the crop keeps voxels"));
}

TEST_CASE("of two thresholds the higher one wins, whatever their order") {
  PrepareSteps steps;
  steps.thresholds = {{320, 100}, {450, 127}};
  steps.largest_component = false;
  const VoxelImage image = make_image({4, 1, 1}, [](int x, int, int) { return 300 + 75 * x; });

  const std::vector<float> expected = {0, 100, 100, 127};  // 450 is not above 450
  CHECK(prepare(image, steps).labels.values == expected);
  std::swap(steps.thresholds[0], steps.thresholds[1]);
  CHECK(prepare(image, steps).labels.values == expected);
}

TEST_CASE("closing bridges a gap of its diameter, and nothing wider") {
  const auto two_blocks = [](int gap) {
    return make_image({30, 9, 9}, [gap](int x, int, int) { return x >= 10 && (x < 12 || (x >= 12 + gap && x < 20)); });
  };
  PrepareSteps steps;
  steps.closing_radius_voxels = 1;
  steps.largest_component = false;

  CHECK(sum(prepare(two_blocks(2), steps).labels) == 10 * 81);
  CHECK(sum(prepare(two_blocks(3), steps).labels) == sum(two_blocks(3)));
}

TEST_CASE("closing equals dilation and erosion with the ball, offset by offset") {
  const Index3 n = {13, 11, 9};
  const int r = 2;
  const VoxelImage image = make_image(n, [](int x, int y, int z) { return (x * 7 + y * 13 + z * 29) % 11 == 0; });
  const auto mirrored = [](int i, int size) { return i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i; };
  const auto morph = [&](const VoxelImage& in, bool dilate) {
    return make_image(n, [&](int x, int y, int z) {
      for (int dz = -r; dz <= r; ++dz)
        for (int dy = -r; dy <= r; ++dy)
          for (int dx = -r; dx <= r; ++dx)
            if (dx * dx + dy * dy + dz * dz <= r * r &&
                (in.at(mirrored(x + dx, n.x), mirrored(y + dy, n.y), mirrored(z + dz, n.z)) > 0) == dilate)
              return dilate ? 1 : 0;
      return dilate ? 0 : 1;
    });
  };
  PrepareSteps steps;
  steps.closing_radius_voxels = r;
  steps.largest_component = false;

  CHECK(prepare(image, steps).labels.values == morph(morph(image, true), false).values);
}

TEST_CASE("a voxel that closing adds takes the label of the nearest bone") {
  PrepareSteps steps;
  steps.closing_radius_voxels = 2;
  steps.largest_component = false;
  const VoxelImage image = make_image({11, 5, 5}, [](int x, int, int) {
    return x < 4 ? 100 : x >= 7 ? 127 : 0;
  });  // gap 4, 5, 6

  const VoxelImage out = prepare(image, steps).labels;

  CHECK(out.at(4, 2, 2) == 100);
  CHECK(out.at(6, 2, 2) == 127);
}

TEST_CASE("the largest face-connected part stays and what goes is counted") {
  // A bar of 20, a block of 8 that touches it along an edge only, and one lone voxel, across several slabs of layers.
  const auto shape = [](int x, int y, int z) {
    const bool bar = x == 1 && y == 1 && z >= 10 && z < 30;
    const bool block = x >= 2 && x < 4 && y >= 2 && y < 4 && z >= 18 && z < 20;
    const bool lone = x == 6 && y == 6 && z == 39;
    return bar ? 5 : block || lone ? 7 : 0;
  };

  const PreparedImage out = prepare(make_image({8, 8, 40}, shape), {});

  CHECK(sum(out.labels) == 20 * 5);
  CHECK(out.removed_voxels == 9);
  CHECK(out.removed_components == 2);
}

TEST_CASE("arms that meet only at a later row are one part") {
  const auto fork = [](int x, int y, int z) { return (x == 0 || x == 6 || y == 6) && z % 2 == 0; };

  const PreparedImage out = prepare(make_image({7, 7, 5}, fork), {});

  CHECK(out.removed_components == 2);  // three equal layers, the first stays
  CHECK(sum(out.labels) == 19);
  CHECK(out.labels.at(6, 0, 0) == 1);
}

TEST_CASE("a mask limits the bone, also after closing, and labels come from it when there is no threshold") {
  const VoxelImage image = make_image({9, 3, 3}, [](int x, int, int) { return x == 4 ? 0 : 100; });
  const VoxelImage mask = make_image({9, 3, 3}, [](int x, int, int) { return x < 4 ? 2 : x == 4 ? 0 : 3; });
  PrepareSteps steps = threshold_at(50);
  steps.closing_radius_voxels = 1;

  CHECK(prepare(image, steps).labels.at(4, 1, 1) == 1);
  CHECK(prepare(image, steps, &mask).labels.at(4, 1, 1) == 0);
  CHECK(prepare(image, steps, &mask).labels.at(5, 1, 1) == 1);

  PrepareSteps from_mask;
  from_mask.labels = {3};
  const VoxelImage labels = prepare(image, from_mask, &mask).labels;
  CHECK(labels.at(3, 1, 1) == 0);
  CHECK(labels.at(5, 1, 1) == 3);
}

TEST_CASE("a mask on another grid is refused") {
  const auto one = [](int, int, int) { return 1; };
  const VoxelImage image = make_image({4, 3, 2}, one);
  VoxelImage moved = image, turned = image, finer = image;
  moved.geometry.origin_mm[1] = 1;
  turned.geometry.direction = {0, 1, 0, -1, 0, 0, 0, 0, 1};
  finer.geometry.spacing_mm[2] = 0.5;
  const VoxelImage larger = make_image({4, 3, 3}, one);

  for (const VoxelImage* mask : {&static_cast<const VoxelImage&>(moved), &static_cast<const VoxelImage&>(turned),
                                 &static_cast<const VoxelImage&>(finer), &larger})
    CHECK_THROWS_AS(prepare(image, {}, mask), InputError);
}

TEST_CASE("an empty result names the step, and senseless steps are refused") {
  const VoxelImage image = make_image({4, 3, 2}, [](int x, int, int) { return x + 0.5; });

  const std::string too_high = input_error([&] { prepare(image, threshold_at(99)); });
  CHECK(contains(too_high, "after the step 'threshold above 99'"));
  CHECK(contains(too_high, "the values are 0.5 to 3.5"));
  CHECK(contains(too_high, "must lie below that maximum"));
  PrepareSteps other_label = threshold_at(1);
  other_label.labels = {7};
  CHECK(contains(input_error([&] { prepare(image, other_label); }), "check thresholds, labels and mask"));
  CHECK(contains(input_error([&] { prepare(image, {}); }), "not whole numbers"));
  PrepareSteps smooth;
  smooth.gaussian_sigma_voxels = 1;
  CHECK(contains(usage_error([&] { prepare(image, smooth); }), "smoothing needs thresholds"));
  PrepareSteps density = threshold_at(1);
  density.to_density = true;
  CHECK(contains(input_error([&] { prepare(image, density); }), "no density calibration"));
  PrepareSteps both = threshold_at(1);
  both.resample_factor = 0.5;
  both.resample_spacing_mm = Vec3{1, 1, 1};
  CHECK(contains(usage_error([&] { prepare(image, both); }), "choose one"));
  PrepareSteps negative = threshold_at(1);
  negative.resample_factor = -1;
  CHECK(contains(usage_error([&] { prepare(image, negative); }), "impossible"));
}
