// SPDX-License-Identifier: Apache-2.0
// Where delivered cells come to lie.
#pragma once

#include <vector>

#include "osteon/regenerate/therapy.hpp"
#include "sites.hpp"

namespace osteon {

/// Share of the delivered cells per site, sum 1: a Gaussian of spread_mm round the needle path or the points, or
/// uniform over the implanted region. Throws UsageError when it reaches no site.
std::vector<double> placement(const Delivery& delivery, const SiteGrid& sites, const ElasticModel& model,
                              const std::vector<RegionRole>& regions);

}  // namespace osteon
