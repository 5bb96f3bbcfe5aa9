// SPDX-License-Identifier: Apache-2.0
// Writes Scanco files for the tests.
#pragma once

#include "sample_image.hpp"

namespace osteon::test {

/// VAX F-float of an IEEE float.
inline std::string vax_bytes(float value) {
  const std::string b = number_bytes(4 * value);
  return {b[2], b[3], b[0], b[1]};
}
inline std::string vax_double_bytes(double value) {
  const std::string b = number_bytes(4 * value);
  return {b[6], b[7], b[4], b[5], b[2], b[3], b[0], b[1]};
}

inline const std::string k_calibrated_log =
    "! Processing Log\nMu_Scaling                                       8192\n"
    "HU: mu water                                   0.24090\nDensity: unit                          mg HA/ccm\n"
    "Density: slope                          1.6e+03\nDensity: intercept                    -391.5\n";

struct AimFile {
  bool v030 = false;
  std::int32_t type = 0x00020002;
  std::string data;
  Index3 size = {5, 4, 3}, position = {2, 3, 4}, border = {};
  std::string log = k_calibrated_log;
};

inline std::string aim_bytes(const AimFile& aim) {
  const auto number = [&](std::int64_t n) {
    return aim.v030 ? number_bytes(n) : number_bytes(static_cast<std::int32_t>(n));
  };
  std::string structure;
  for (int i = 0; i < (aim.v030 ? 3 : 5); ++i) structure += number_bytes(std::int32_t{i == 0 ? 16 : 0});
  structure += number_bytes(aim.type);
  for (const Index3& triple : {aim.position, aim.size, aim.border, Index3{}, Index3{}, Index3{}, Index3{}})
    for (int a = 0; a < 3; ++a) structure += number(triple[a]);
  const double spacing[3] = {0.1, 0.2, 0.3};
  for (const double s : spacing)
    structure += aim.v030 ? number(std::llround(s * 1e6)) : vax_bytes(static_cast<float>(s));
  structure.resize(aim.v030 ? 224 : 140, '\0');
  std::string bytes = aim.v030 ? std::string("AIMDATA_V030   ") + '\0' : std::string();
  bytes += number(aim.v030 ? 40 : 20) + number(static_cast<std::int64_t>(structure.size())) +
           number(static_cast<std::int64_t>(aim.log.size())) + number(static_cast<std::int64_t>(aim.data.size())) +
           number(0);
  return bytes + structure + aim.log + aim.data;
}

/// int16 reconstruction; `calibrated` adds the header block with slope 1600 and intercept -391.5.
inline std::string isq_bytes(const VoxelImage& image, bool calibrated) {
  std::string head = "CTDATA-HEADER_V1";
  head.resize(512, '\0');
  const auto put = [&head](std::size_t at, std::int32_t n) { head.replace(at, 4, number_bytes(n)); };
  put(16, 3);
  for (int a = 0; a < 3; ++a) {
    const auto at = static_cast<std::size_t>(4 * a);
    put(44 + at, image.geometry.size[a]);
    put(56 + at, static_cast<std::int32_t>(std::lround(image.geometry.spacing_mm[a] * image.geometry.size[a] * 1000)));
  }
  put(88, 8192);
  put(508, calibrated ? 3 : 0);
  if (calibrated) {
    std::string block(1536, '\0');
    block.replace(8, 11, "Calibration");
    block.replace(1160, 9, "mg HA/ccm");
    block.replace(1176, 8, vax_double_bytes(1600));
    block.replace(1184, 8, vax_double_bytes(-391.5));
    block.replace(1200, 8, vax_double_bytes(0.2409));
    head += block;
  }
  return head + voxel_bytes<std::int16_t>(image);
}

}  // namespace osteon::test
