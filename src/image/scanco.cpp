// SPDX-License-Identifier: Apache-2.0
// VAX numbers and the processing log of Scanco files.
#include "scanco.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <sstream>

namespace osteon {
namespace {

std::uint32_t swapped_words(const unsigned char* b) {
  return static_cast<std::uint32_t>(b[1]) << 24 | static_cast<std::uint32_t>(b[0]) << 16 |
         static_cast<std::uint32_t>(b[3]) << 8 | static_cast<std::uint32_t>(b[2]);
}

// The log line "key    value"; empty when there is none.
std::string log_value(const std::string& log, const std::string& key) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    const std::size_t first = line.find_first_not_of(" \t", key.size());
    if (first == key.size() || first == std::string::npos) continue;
    const std::size_t last = line.find_last_not_of(" \t\r");
    return line.substr(first, last - first + 1);
  }
  return {};
}

std::optional<double> log_number(const std::string& log, const std::string& key) {
  const std::string text = log_value(log, key);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

float vax_float(const unsigned char* bytes) {
  const std::uint32_t bits = swapped_words(bytes);
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return 0.25F * value;
}

double vax_double(const unsigned char* bytes) {
  const std::uint64_t bits = static_cast<std::uint64_t>(swapped_words(bytes)) << 32 | swapped_words(bytes + 4);
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return 0.25 * value;
}

std::optional<Calibration> calibration_from_log(const std::string& log, const std::string& source) {
  const auto mu_scaling = log_number(log, "Mu_Scaling");
  const auto slope = log_number(log, "Density: slope");
  const auto intercept = log_number(log, "Density: intercept");
  if (!mu_scaling || *mu_scaling <= 0 || !slope || *slope == 0 || !intercept) return std::nullopt;
  Calibration calibration;
  calibration.mu_scaling = *mu_scaling;
  calibration.density_slope = *slope;
  calibration.density_intercept = *intercept;
  calibration.density_unit = log_value(log, "Density: unit");
  calibration.mu_water = log_number(log, "HU: mu water");
  calibration.source = source;
  return calibration;
}

}  // namespace osteon
