// SPDX-License-Identifier: Apache-2.0
// Selection by a histogram of the values' leading bits: parallel, exact, and independent of the number of threads.
#include "osteon/mechanics/order_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr int k_bin_bits = 16;  // sign, 11 of exponent, 4 of mantissa
constexpr std::size_t k_bins = std::size_t{1} << k_bin_bits;

/// Integer that orders like the double it comes from; NaN above infinity.
std::uint64_t ordered_key(double value) {
  if (value != value) return ~std::uint64_t{0};
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits >> 63 ? ~bits : bits | std::uint64_t{1} << 63;
}

double value_of_key(std::uint64_t key) {
  const std::uint64_t bits = key >> 63 ? key & ~(std::uint64_t{1} << 63) : ~key;
  double value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

std::size_t bin_of(double value) { return ordered_key(value) >> (64 - k_bin_bits); }

std::vector<std::uint64_t> count_bins(const std::vector<double>& values) {
  const std::int64_t n = static_cast<std::int64_t>(values.size());
  std::vector<std::uint64_t> counts(k_bins, 0);
#pragma omp parallel
  {
    std::vector<std::uint64_t> own(k_bins, 0);
#pragma omp for schedule(static) nowait
    for (std::int64_t i = 0; i < n; ++i) ++own[bin_of(values[i])];
#pragma omp critical(osteon_count_bins)
    for (std::size_t bin = 0; bin < k_bins; ++bin) counts[bin] += own[bin];
  }
  return counts;
}

std::vector<std::uint64_t> keys_in_bin(const std::vector<double>& values, std::size_t bin, std::uint64_t count) {
  const std::int64_t n = static_cast<std::int64_t>(values.size());
  std::vector<std::uint64_t> keys;
  keys.reserve(count);
#pragma omp parallel
  {
    std::vector<std::uint64_t> own;
#pragma omp for schedule(static) nowait
    for (std::int64_t i = 0; i < n; ++i)
      if (bin_of(values[i]) == bin) own.push_back(ordered_key(values[i]));
#pragma omp critical(osteon_keys_in_bin)
    keys.insert(keys.end(), own.begin(), own.end());
  }
  return keys;
}

}  // namespace

std::vector<double> order_statistics(const std::vector<double>& values, const std::vector<std::uint64_t>& ranks) {
  const std::vector<std::uint64_t> counts = count_bins(values);
  std::vector<double> result(ranks.size());
  std::size_t held_bin = k_bins;  // bin whose sorted keys are held
  std::vector<std::uint64_t> keys;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    OSTEON_ASSERT(ranks[i] < values.size());
    std::size_t bin = 0;
    std::uint64_t before = 0;
    while (before + counts[bin] <= ranks[i]) before += counts[bin++];
    if (bin != held_bin) {
      keys = keys_in_bin(values, bin, counts[bin]);
      std::sort(keys.begin(), keys.end());
      held_bin = bin;
    }
    result[i] = value_of_key(keys[ranks[i] - before]);
  }
  return result;
}

std::vector<double> percentiles(const std::vector<double>& values, const std::vector<double>& percents) {
  OSTEON_ASSERT(!values.empty());
  const std::uint64_t last = values.size() - 1;
  std::vector<std::uint64_t> ranks;
  std::vector<double> fractions;
  for (const double percent : percents) {
    const double position = percent / 100 * static_cast<double>(last);
    const std::uint64_t low = std::min(static_cast<std::uint64_t>(position), last);
    ranks.push_back(low);
    ranks.push_back(std::min(low + 1, last));
    fractions.push_back(position - static_cast<double>(low));
  }
  const std::vector<double> ranked = order_statistics(values, ranks);
  std::vector<double> result;
  for (std::size_t i = 0; i < percents.size(); ++i) {
    const double low = ranked[2 * i], high = ranked[2 * i + 1], t = fractions[i];
    result.push_back(t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t));
  }
  return result;
}

}  // namespace osteon
