// SPDX-License-Identifier: Apache-2.0
// Random matrices of 6x6 blocks and their product written naively.
#pragma once

#include "kernels/coarse/coarse.hpp"
#include "support.hpp"

namespace osteon::test {

template <class Real>
struct BlockMatrix {
  std::uint32_t rows = 0;
  std::vector<std::int64_t> row_start;
  std::vector<std::uint32_t> column;
  std::vector<Real> values;
};

/// Rows of 0 to 40 blocks; the values behind the last block are NaN, so a product that uses them fails.
template <class Real>
BlockMatrix<Real> random_block_matrix(std::uint32_t rows, std::uint64_t seed) {
  Random random(seed);
  BlockMatrix<Real> m;
  m.rows = rows;
  m.row_start.push_back(0);
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t k = random.below(41); k > 0; --k) m.column.push_back(random.below(rows));
    m.row_start.push_back(static_cast<std::int64_t>(m.column.size()));
  }
  m.values = random_vector<Real>(kernels::k_block_values * m.column.size(), random);
  m.values.resize(m.values.size() + kernels::k_block_padding, std::numeric_limits<Real>::quiet_NaN());
  return m;
}

template <class Real>
std::vector<double> naive_multiply(const BlockMatrix<Real>& m, const std::vector<Real>& x) {
  std::vector<double> y(6 * std::size_t(m.rows));
  for (std::size_t row = 0; row < m.rows; ++row)
    for (auto k = m.row_start[row]; k < m.row_start[row + 1]; ++k)
      for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t j = 0; j < 6; ++j)
          y[6 * row + i] += double(m.values[36 * std::size_t(k) + 6 * j + i]) *
                            double(x[6 * std::size_t(m.column[std::size_t(k)]) + j]);
  return y;
}

}  // namespace osteon::test
