// SPDX-License-Identifier: Apache-2.0
// Parallel sums whose digits do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace osteon {

/// Adds up term(i) over 0 <= i < count. Sum is default-constructible as zero and has +=. Blocks of fixed length are
/// summed in parallel, then their sums in order.
template <class Sum, class Term>
Sum blocked_sum(std::int64_t count, Term term) {
  constexpr std::int64_t k_block = 4096;
  const std::int64_t blocks = (count + k_block - 1) / k_block;
  std::vector<Sum> partial(static_cast<std::size_t>(blocks));
#pragma omp parallel for schedule(static)
  for (std::int64_t block = 0; block < blocks; ++block) {
    Sum sum{};
    const std::int64_t end = std::min(count, (block + 1) * k_block);
    for (std::int64_t i = block * k_block; i < end; ++i) sum += term(i);
    partial[static_cast<std::size_t>(block)] = sum;
  }
  Sum total{};
  for (const Sum& sum : partial) total += sum;
  return total;
}

}  // namespace osteon
