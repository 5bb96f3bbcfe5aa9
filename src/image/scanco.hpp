// SPDX-License-Identifier: Apache-2.0
// What Scanco's AIM and ISQ files share: VAX numbers and calibration.
#pragma once

#include <optional>
#include <string>

#include "osteon/image/voxel_image.hpp"

namespace osteon {

/// VAX F-float: 16-bit words swapped, exponent 2 higher than IEEE's (Brunner, VAX Architecture Reference Manual, 1991).
float vax_float(const unsigned char* bytes);
/// Double as Scanco stores it: words in reverse order, IEEE fields (VAX G-float).
double vax_double(const unsigned char* bytes);

/// Calibration from an AIM processing log; nothing when a density needs a value that the log does not have.
std::optional<Calibration> calibration_from_log(const std::string& log, const std::string& source);

}  // namespace osteon
