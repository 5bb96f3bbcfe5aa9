// SPDX-License-Identifier: Apache-2.0
// One 25^3 scan stored in six formats (folder image-formats of the validation data) must come out as the same scan.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "osteon/core/error.hpp"
#include "osteon/image/prepare.hpp"
#include "osteon/image/read.hpp"
#include "support/backend.hpp"

using namespace osteon;

namespace {

std::filesystem::path formats_folder() {
  const auto data = test::validation_data();
  if (data.empty()) {
    MESSAGE("skipped: OSTEON_VALIDATION_DATA is not set");
    return {};
  }
  return data / "image-formats";
}

VoxelImage read(const std::filesystem::path& path) { return read_image(path, {}, silent_monitor()); }

void check_spacing(const VoxelImage& image, double spacing_mm) {
  for (const double s : image.geometry.spacing_mm) CHECK(s == doctest::Approx(spacing_mm).epsilon(1e-6));
}

}  // namespace

TEST_CASE("AIM, ISQ and MetaImage hold the same voxels, and Scanco's own spacing is read to the digit") {
  const auto folder = formats_folder();
  if (folder.empty()) return;

  const VoxelImage aim = read(folder / "test_aim.AIM");
  const VoxelImage isq = read(folder / "test_isq.ISQ");
  const VoxelImage mha = read(folder / "test_mha.mha");

  CHECK(aim.geometry.size == Index3{25, 25, 25});
  CHECK(aim.values == isq.values);
  CHECK(aim.values == mha.values);
  CHECK(std::accumulate(aim.values.begin(), aim.values.end(), 0.0) == 81);
  check_spacing(aim, 0.06068);  // 1517 um / 25
  check_spacing(isq, 0.06068);
  check_spacing(mha, 0.0607);  // rounded by whoever converted it
  CHECK(mha.geometry.origin_mm[0] == doctest::Approx(-0.4856));
}

TEST_CASE("a scan without density calibration refuses to become a density") {
  const auto folder = formats_folder();
  if (folder.empty()) return;
  for (const char* name : {"test_aim.AIM", "test_isq.ISQ", "test_isq_native_only_binary_25.ISQ"}) {
    VoxelImage image = read(folder / name);

    CHECK_FALSE(image.calibration.has_value());
    CHECK_THROWS_AS(calibrate_to_density(image), InputError);
  }
}

TEST_CASE("the calibration block of an ISQ turns native values into density") {
  const auto folder = formats_folder();
  if (folder.empty()) return;
  VoxelImage image = read(folder / "test_isq_calibrated_binary_25.ISQ");
  const VoxelImage native = read(folder / "test_isq_native_only_binary_25.ISQ");

  CHECK(image.values == native.values);
  CHECK(std::accumulate(image.values.begin(), image.values.end(), 0.0) == 547);
  check_spacing(image, 0.06);
  REQUIRE(image.calibration.has_value());
  CHECK(image.calibration->mu_scaling == 1000);
  CHECK(image.calibration->density_slope == 2);
  CHECK(image.calibration->density_intercept == 3);
  CHECK(image.calibration->density_unit == "mg HA/ccm");
  CHECK(image.calibration->mu_water == 1.0);
  calibrate_to_density(image);
  CHECK(image.values[0] == doctest::Approx(3.002F));  // 1 * 2 / 1000 + 3
}

#ifdef OSTEON_HAS_ITK
TEST_CASE("NIfTI, NRRD and DICOM give the voxels and the place of the MetaImage") {
  const auto folder = formats_folder();
  if (folder.empty()) return;
  const VoxelImage mha = read(folder / "test_mha.mha");
  for (const char* name : {"test_nii.nii", "test_nrrd.nrrd", "dicom"}) {
    INFO(std::string(name));
    const VoxelImage image = read(folder / name);

    CHECK(image.values == mha.values);
    check_spacing(image, 0.0607);
    for (int a = 0; a < 3; ++a) CHECK(image.geometry.origin_mm[a] == doctest::Approx(mha.geometry.origin_mm[a]));
    for (int i = 0; i < 9; ++i) CHECK(image.geometry.direction[i] == doctest::Approx(mha.geometry.direction[i]));
  }
}

TEST_CASE("the trabecular core is prepared to the published volume fraction") {
  const auto data = test::validation_data();
  if (data.empty()) {
    MESSAGE("skipped: OSTEON_VALIDATION_DATA is not set");
    return;
  }
  ReadOptions options;
  options.spacing_mm = Vec3{0.0195, 0.0195, 0.0195};
  VoxelImage scan = read_image(data / "lhdl-trabecular-core" / "slices", options, silent_monitor());
  REQUIRE(scan.geometry.size == Index3{200, 200, 200});
  PrepareSteps steps;
  steps.gaussian_sigma_voxels = 1;
  steps.resample_factor = 0.5;
  steps.resample_spline_order = 2;
  steps.thresholds = {{63, 1}};
  steps.closing_radius_voxels = 3;

  const PreparedImage bone = prepare_image(std::move(scan), nullptr, steps, silent_monitor());

  const double count = std::accumulate(bone.labels.values.begin(), bone.labels.values.end(), 0.0);
  MESSAGE("elements " << count << ", published 247062");
  CHECK(bone.labels.geometry.size == Index3{100, 100, 100});
  CHECK(bone.labels.geometry.spacing_mm[0] == doctest::Approx(0.039));
  CHECK(std::abs(count / 1e6 - 0.247062) < 0.003);  // 0.3 points of BV/TV
}
#endif
