// SPDX-License-Identifier: Apache-2.0
// Deterministic sums of the CPU loops: fixed blocks in parallel, their sums in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/vector/vector.hpp"

namespace osteon::kernels::cpu {

/// Sum of term(i) over i < n; term may also write what belongs to i.
template <class Term>
double sum_terms(std::size_t n, const Term& term) {
  const std::int64_t blocks = static_cast<std::int64_t>((n + k_reduction_block - 1) / k_reduction_block);
  std::vector<double> partial(static_cast<std::size_t>(blocks));
#pragma omp parallel for schedule(static)
  for (std::int64_t b = 0; b < blocks; ++b) {
    const std::size_t begin = static_cast<std::size_t>(b) * k_reduction_block;
    const std::size_t end = std::min(n, begin + k_reduction_block);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += term(i);
    partial[static_cast<std::size_t>(b)] = sum;
  }
  double sum = 0;
  for (const double value : partial) sum += value;
  return sum;
}

}  // namespace osteon::kernels::cpu
