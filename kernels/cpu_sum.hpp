// SPDX-License-Identifier: Apache-2.0
// Sums of the CPU loops, with the same digits for any number of threads: fixed blocks of k_reduction_block terms in
// parallel, their sums in order. Terms are those of the GPU's sums (vector_body.hpp); one may also write what is its
// own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kernels/vector/vector.hpp"

namespace osteon::kernels::cpu {

/// Sum of term(i), begin <= i < end. The compiler may choose its order, by the number of terms; not by where the column
/// lies in memory, since it does not peel loops for alignment here (tests/kernels/families/columns.cpp would tell).
template <class Term>
double block_sum(std::size_t begin, std::size_t end, const Term& term) {
  double sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::size_t i = begin; i < end; ++i) sum += term(i);
  return sum;
}

/// result[column] = finish(column, sum of the column's terms): fixed blocks in parallel, their sums added in order.
template <class Term, class Finish>
void blocked_sums(int columns, std::size_t n, double* result, const Term& term, Finish finish) {
  const std::size_t blocks = (n + k_reduction_block - 1) / k_reduction_block;
  const std::size_t all = blocks * static_cast<std::size_t>(columns);
  std::vector<double> partial(all);
#pragma omp parallel for schedule(static)
  for (std::size_t b = 0; b < all; ++b) {
    const std::size_t begin = b % blocks * k_reduction_block;
    partial[b] = block_sum(begin, std::min(n, begin + k_reduction_block), term.started(b / blocks));
  }
  for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
    double sum = 0;
    for (std::size_t b = 0; b < blocks; ++b) sum += partial[column * blocks + b];
    result[column] = finish(column, sum);
  }
}

/// The sum of one column, as it is.
template <class Term>
double sum_terms(std::size_t n, const Term& term) {
  double result = 0;
  blocked_sums(1, n, &result, term, [](std::size_t, double sum) { return sum; });
  return result;
}

}  // namespace osteon::kernels::cpu
