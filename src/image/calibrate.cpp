// SPDX-License-Identifier: Apache-2.0
// Stored values to bone mineral density, by the scanner's own calibration only.
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/read.hpp"

namespace osteon {

void calibrate_to_density(VoxelImage& image) {
  if (!image.calibration)
    throw InputError(image.source +
                     ": density was asked for, but the file carries no density calibration (mu scaling, slope and "
                     "intercept); calibrate the image first, or give a material law in stored values");
  const Calibration& c = *image.calibration;
  const double slope = c.density_slope / c.mu_scaling;
  if (!(c.mu_scaling > 0) || !std::isfinite(slope) || slope == 0 || !std::isfinite(c.density_intercept))
    throw InputError(image.source + ": the density calibration (" + c.source + ") is not usable");
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(image.values.size()); ++i) {
    float& value = image.values[static_cast<std::size_t>(i)];
    value = static_cast<float>(value * slope + c.density_intercept);
  }
  image.calibration.reset();  // the values are densities now; a second call must not convert them again
}

}  // namespace osteon
