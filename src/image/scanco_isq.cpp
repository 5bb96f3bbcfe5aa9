// SPDX-License-Identifier: Apache-2.0
// Scanco ISQ: int16 reconstructions behind a 512-byte header, with an optional calibration block.
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "formats.hpp"
#include "scanco.hpp"

namespace osteon {
namespace {

constexpr std::size_t k_block = 512;

// Byte positions in the first block (shared reference: ecosystem notes, Scanco section of the manual).
namespace at {
constexpr std::size_t k_data_type = 16, k_size = 44, k_size_um = 56, k_mu_scaling = 88, k_data_offset = 508;
}
// Byte positions inside the block named "Calibration", counted from 8 bytes before that name.
namespace calibration_at {
constexpr std::size_t k_unit = 1160, k_slope = 1176, k_intercept = 1184, k_mu_water = 1200, k_end = 1208;
}

std::optional<Calibration> read_calibration(FileBytes& file, std::uint64_t header_bytes, double mu_scaling) {
  const std::string header = file.read_up_to(0, header_bytes);
  const std::size_t name = header.find("Calibration", k_block);
  if (name == std::string::npos || name < 8 || name - 8 + calibration_at::k_end > header.size()) return std::nullopt;
  const auto* block = reinterpret_cast<const unsigned char*>(header.data()) + name - 8;
  Calibration calibration;
  calibration.mu_scaling = mu_scaling;
  calibration.density_unit = std::string(reinterpret_cast<const char*>(block) + calibration_at::k_unit, 16).c_str();
  calibration.density_slope = vax_double(block + calibration_at::k_slope);
  calibration.density_intercept = vax_double(block + calibration_at::k_intercept);
  const double mu_water = vax_double(block + calibration_at::k_mu_water);
  if (std::isfinite(mu_water) && mu_water > 0) calibration.mu_water = mu_water;
  calibration.source = "calibration block of the ISQ header";
  const bool usable = mu_scaling > 0 && std::isfinite(calibration.density_slope) && calibration.density_slope != 0 &&
                      std::isfinite(calibration.density_intercept);
  return usable ? std::optional<Calibration>(calibration) : std::nullopt;
}

}  // namespace

OpenScan open_isq(const std::filesystem::path& path) {
  auto file = std::make_shared<FileBytes>(path);
  file->require(0, k_block, "the ISQ header");
  const std::vector<unsigned char> head = file->read(0, k_block);
  if (std::string(head.begin(), head.begin() + 16) != "CTDATA-HEADER_V1")
    file->fail("this is not an ISQ file: it does not start with CTDATA-HEADER_V1");
  const std::int32_t type = little_int32(&head[at::k_data_type]);
  if (type != 3) file->fail(fmt::format("ISQ data type {} is not a reconstruction of int16 voxels (type 3)", type));

  OpenScan scan;
  scan.info.format = "Scanco ISQ";
  scan.info.value_type = "int16";
  std::int64_t size[3];
  for (int a = 0; a < 3; ++a) size[a] = little_int32(&head[at::k_size + 4 * a]);
  scan.info.geometry.size = checked_size(size, path.string());
  for (int a = 0; a < 3; ++a)
    scan.info.geometry.spacing_mm[a] = little_int32(&head[at::k_size_um + 4 * a]) * 1e-3 / static_cast<double>(size[a]);

  const std::int32_t data_block = little_int32(&head[at::k_data_offset]);
  if (data_block < 0) file->fail(fmt::format("damaged ISQ header: data offset {} is negative", data_block));
  const std::uint64_t data_offset = (std::uint64_t(data_block) + 1) * k_block;
  file->require(data_offset, std::uint64_t(scan.info.geometry.size.volume()) * 2, "the ISQ voxels");
  scan.info.calibration = read_calibration(*file, data_offset, little_int32(&head[at::k_mu_scaling]));
  scan.values = [file, data_offset, n = scan.info.geometry.size] {
    return read_raw_values(*file, data_offset, n, ValueType::int16, false);
  };
  return scan;
}

}  // namespace osteon
