// SPDX-License-Identifier: Apache-2.0
// Ranked values of long vectors without sorting them.
#pragma once

#include <cstdint>
#include <vector>

namespace osteon {

/// values sorted ascending would hold result[i] at position ranks[i] (0-based, each below values.size()).
/// NaN ranks above everything. Parallel; exact, so independent of the number of threads.
/// Cost: one pass to count, one to collect the bins of interest (a few percent of the values each).
std::vector<double> order_statistics(const std::vector<double>& values, const std::vector<std::uint64_t>& ranks);

/// Percentiles (0 ... 100) interpolated linearly between neighbouring ranks, as NumPy's default. `values` not empty.
std::vector<double> percentiles(const std::vector<double>& values, const std::vector<double>& percents);

}  // namespace osteon
