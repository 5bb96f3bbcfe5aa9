// SPDX-License-Identifier: Apache-2.0
// Scanco AIM and ISQ files, written here byte by byte.
#include "scanco_files.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

VoxelImage scanco_image() {
  VoxelImage image = asymmetric_image();
  image.geometry.direction = k_identity3;
  image.geometry.origin_mm = {2 * 0.1, 3 * 0.2, 4 * 0.3};  // the position times the spacing
  return image;
}

VoxelImage binary_image() {
  VoxelImage image = scanco_image();
  for (float& value : image.values) value = static_cast<int>(value) % 3 == 0 ? 127.0F : 0.0F;
  return image;
}

constexpr double k_float_digits = 1e-7;  // spacing is a float in version 020

void check_aim(AimFile aim, const VoxelImage& expected) {
  for (const bool v030 : {false, true}) {
    CAPTURE(v030);
    const ScratchFolder folder;
    aim.v030 = v030;
    write_bytes(folder / "scan.AIM", aim_bytes(aim));

    check_same(read(folder / "scan.AIM"), expected, k_float_digits);
  }
}

// Two-value run lengths: value, value, then runs; 255 says 254 and no change.
std::string two_value_runs(const std::vector<float>& values, bool v030) {
  std::string runs = {'\0', '\x7f'};
  float current = 0;
  std::size_t i = 0;
  while (i < values.size()) {
    std::size_t n = 0;
    while (i + n < values.size() && values[i + n] == current) ++n;
    i += n;
    for (; n > 254; n -= 254) runs += '\xff';
    runs += static_cast<char>(n);
    current = 127 - current;
  }
  const auto bytes = static_cast<std::int64_t>(runs.size());
  return (v030 ? number_bytes(bytes + 8) : number_bytes(static_cast<std::int32_t>(bytes + 4))) + runs;
}

}  // namespace

TEST_CASE("an AIM of char, short or VAX float keeps every voxel in its place") {
  const VoxelImage image = scanco_image();
  VoxelImage small = image;
  for (float& value : small.values) value = value - 80;  // signed char

  std::string vax;
  for (const float value : image.values) vax += vax_bytes(value * 1.5F - 7);
  VoxelImage floats = image;
  for (float& value : floats.values) value = value * 1.5F - 7;

  check_aim({false, 0x00010001, voxel_bytes<std::int8_t>(small)}, small);
  check_aim({false, 0x00020002, voxel_bytes<std::int16_t>(image)}, image);
  check_aim({false, 0x00040004, vax}, floats);
}

TEST_CASE("packed bits and run lengths of an AIM unpack to the mask") {
  const VoxelImage image = binary_image();
  std::string packed(static_cast<std::size_t>(3 * 2 * 2), '\0');
  for (int z = 0; z < 3; ++z)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 5; ++x)
        if (image.at(x, y, z) > 0) {
          char& octet = packed[static_cast<std::size_t>((z / 2 * 2 + y / 2) * 3 + x / 2)];
          octet = static_cast<char>(octet | 1 << (x % 2 + 2 * (y % 2) + 4 * (z % 2)));
        }
  check_aim({false, 0x00060001, packed + '\x7f'}, image);

  for (const bool v030 : {false, true}) {
    const ScratchFolder folder;
    std::string pairs;
    for (const float value : image.values) pairs += {static_cast<char>(value), '\1'};
    const auto bytes = static_cast<std::int64_t>(pairs.size());
    const std::string length = v030 ? number_bytes(bytes + 8) : number_bytes(static_cast<std::int32_t>(bytes + 4));
    write_bytes(folder / "pairs.aim", aim_bytes({v030, 0x00080002, length + pairs}));
    write_bytes(folder / "runs.aim", aim_bytes({v030, 0x00150001, two_value_runs(image.values, v030)}));

    check_same(read(folder / "pairs.aim"), image, k_float_digits);
    check_same(read(folder / "runs.aim"), image, k_float_digits);
  }
}

TEST_CASE("a run longer than 254 voxels goes on with the same value") {
  const ScratchFolder folder;
  std::vector<float> values(1000, 0.0F);
  std::fill(values.begin() + 600, values.end(), 127.0F);
  AimFile aim{false, 0x00150001, two_value_runs(values, false)};
  aim.size = {10, 10, 10};
  write_bytes(folder / "long.aim", aim_bytes(aim));

  CHECK(read(folder / "long.aim").values == values);
}

TEST_CASE("run lengths leave out the border of an AIM, which stays empty") {
  const ScratchFolder folder;
  AimFile aim{false, 0x00150001, two_value_runs(std::vector<float>(3 * 2 * 1, 127.0F), false)};
  aim.border = {1, 1, 1};
  write_bytes(folder / "border.aim", aim_bytes(aim));

  const VoxelImage image = read(folder / "border.aim");

  for (int z = 0; z < 3; ++z)
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 5; ++x) {
        const bool inside = x >= 1 && x <= 3 && y >= 1 && y <= 2 && z == 1;
        CHECK(image.at(x, y, z) == (inside ? 127.0F : 0.0F));
      }
}

TEST_CASE("the processing log of an AIM gives density = value * slope / mu scaling + intercept") {
  const ScratchFolder folder;
  write_bytes(folder / "scan.aim", aim_bytes({false, 0x00020002, voxel_bytes<std::int16_t>(scanco_image())}));
  VoxelImage image = read(folder / "scan.aim");
  REQUIRE(image.calibration.has_value());
  CHECK(image.calibration->mu_scaling == 8192);
  CHECK(image.calibration->density_unit == "mg HA/ccm");
  CHECK(image.calibration->mu_water == 0.2409);

  calibrate_to_density(image);

  CHECK(image.values[0] == doctest::Approx(1 * 1600.0 / 8192 - 391.5));
  CHECK_THROWS_AS(calibrate_to_density(image), InputError);  // not twice
}

TEST_CASE("a log that lacks one number of the density calibration gives no calibration") {
  for (const char* missing : {"Mu_Scaling", "Density: slope", "Density: intercept"}) {
    const ScratchFolder folder;
    AimFile aim{false, 0x00020002, voxel_bytes<std::int16_t>(scanco_image())};
    aim.log.replace(aim.log.find(missing), 3, "???");
    write_bytes(folder / "scan.aim", aim_bytes(aim));
    VoxelImage image = read(folder / "scan.aim");

    CHECK_FALSE(image.calibration.has_value());
    CHECK(contains(input_error([&] { calibrate_to_density(image); }), "no density calibration"));
  }
}

TEST_CASE("an ISQ keeps every voxel in its place and its calibration block is read") {
  const ScratchFolder folder;
  VoxelImage image = scanco_image();
  image.geometry.origin_mm = {0, 0, 0};
  write_bytes(folder / "native.isq", isq_bytes(image, false));
  write_bytes(folder / "calibrated.isq", isq_bytes(image, true));

  const VoxelImage native = read(folder / "native.isq");
  const VoxelImage calibrated = read(folder / "calibrated.isq");

  check_same(native, image);
  check_same(calibrated, image);
  CHECK_FALSE(native.calibration.has_value());
  REQUIRE(calibrated.calibration.has_value());
  CHECK(calibrated.calibration->density_slope == 1600);
  CHECK(calibrated.calibration->density_intercept == -391.5);
  CHECK(calibrated.calibration->mu_water == 0.2409);
}

TEST_CASE("damaged Scanco files are refused with the reason") {
  const ScratchFolder folder;
  const VoxelImage image = scanco_image();
  const std::string aim = aim_bytes({false, 0x00020002, voxel_bytes<std::int16_t>(image)});
  const std::string isq = isq_bytes(image, false);
  AimFile unknown{false, 0x00990002, voxel_bytes<std::int16_t>(image)};
  AimFile short_runs{false, 0x00150001, two_value_runs(std::vector<float>(20, 0.0F), false)};
  AimFile huge{true, 0x00020002, voxel_bytes<std::int16_t>(image)};
  huge.size = {1 << 20, 1 << 20, 1 << 20};
  AimFile wide{false, 0x00020002, voxel_bytes<std::int16_t>(image)};
  wide.size = {5000, 4000, 3000};
  std::string negative = isq;
  negative.replace(44, 4, number_bytes(std::int32_t{-5}));
  std::string flat = isq;
  flat.replace(56, 4, number_bytes(std::int32_t{0}));

  const auto error = [&](const std::string& bytes) {
    write_bytes(folder / "bad", bytes);
    return input_error([&] { read(folder / "bad"); });
  };
  CHECK(contains(error(aim.substr(0, aim.size() - 1)), "truncated"));
  CHECK(contains(error(aim.substr(0, 100)), "truncated"));
  CHECK(contains(error(isq.substr(0, isq.size() - 1)), "truncated"));
  CHECK(contains(error(isq.substr(0, 100)), "truncated"));
  CHECK(contains(error(aim_bytes(unknown)), "unknown"));
  CHECK(contains(error(aim_bytes(short_runs)), "truncated"));
  CHECK(contains(error(aim_bytes(huge)), "absurd image size"));
  CHECK(contains(error(aim_bytes(wide)), "cannot hold"));
  CHECK(contains(error(negative), "impossible image size"));
  CHECK(contains(error(flat), "not positive"));
}
