// SPDX-License-Identifier: Apache-2.0
// Random matrices of 6x6 blocks and their product written naively.
#pragma once

#include "kernels/coarse/coarse.hpp"
#include "support.hpp"

namespace osteon::test {

/// Blocks by rows and, beside them, entries of random blocks to be taken transposed.
template <class Real>
struct BlockMatrix {
  std::uint32_t rows = 0;
  std::vector<std::int64_t> start, transposed_start;
  std::vector<std::uint32_t> column, transposed_column, transposed_block;
  std::vector<Real> values;

  /// `data` is this or a set of buffers with the members' names.
  template <class Data>
  kernels::BlockRowsView<Real> view_of(const Data& data, bool direct, bool transposed) const {
    kernels::BlockRowsView<Real> v;
    v.rows = v.inputs = rows;
    v.values = data.values.data();
    if (direct) v.start = data.start.data(), v.column = data.column.data();
    if (transposed) {
      v.transposed_start = data.transposed_start.data();
      v.transposed_column = data.transposed_column.data();
      v.transposed_block = data.transposed_block.data();
    }
    return v;
  }
};

/// The same in the memory of a device.
template <class Real>
struct DeviceBlockRows {
  DeviceBlockRows(Device& device, const BlockMatrix<Real>& m)
      : start(device, m.start),
        transposed_start(device, m.transposed_start),
        column(device, m.column),
        transposed_column(device, m.transposed_column),
        transposed_block(device, m.transposed_block),
        values(device, m.values) {}
  Buffer<std::int64_t> start, transposed_start;
  Buffer<std::uint32_t> column, transposed_column, transposed_block;
  Buffer<Real> values;
};

/// Rows of 0 to 40 blocks either way.
template <class Real>
BlockMatrix<Real> random_block_matrix(std::uint32_t rows, std::uint64_t seed) {
  Random random(seed);
  BlockMatrix<Real> m;
  m.rows = rows;
  m.start.push_back(0);
  m.transposed_start.push_back(0);
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t k = random.below(41); k > 0; --k) m.column.push_back(random.below(rows));
    m.start.push_back(static_cast<std::int64_t>(m.column.size()));
  }
  for (std::uint32_t row = 0; row < rows; ++row) {
    for (std::uint32_t k = m.column.empty() ? 0 : random.below(41); k > 0; --k) {
      m.transposed_column.push_back(random.below(rows));
      m.transposed_block.push_back(random.below(static_cast<std::uint32_t>(m.column.size())));
    }
    m.transposed_start.push_back(static_cast<std::int64_t>(m.transposed_column.size()));
  }
  m.values = random_vector<Real>(kernels::k_block_values * m.column.size(), random);
  m.values.resize(m.values.size() + kernels::k_block_padding, Real(1e6));  // a product that uses these fails
  return m;
}

template <class Real>
std::vector<double> naive_multiply(const BlockMatrix<Real>& m, const std::vector<Real>& x, bool direct,
                                   bool transposed) {
  std::vector<double> y(6 * std::size_t(m.rows));
  const auto entry = [&](std::size_t block, std::size_t i, std::size_t j) {
    return double(m.values[36 * block + 6 * j + i]);
  };
  for (std::size_t row = 0; row < m.rows; ++row)
    for (std::size_t i = 0; i < 6; ++i)
      for (std::size_t j = 0; j < 6; ++j) {
        for (auto k = std::size_t(m.start[row]); direct && k < std::size_t(m.start[row + 1]); ++k)
          y[6 * row + i] += entry(k, i, j) * double(x[6 * std::size_t(m.column[k]) + j]);
        for (auto e = std::size_t(m.transposed_start[row]); transposed && e < std::size_t(m.transposed_start[row + 1]);
             ++e)
          y[6 * row + i] += entry(m.transposed_block[e], j, i) * double(x[6 * std::size_t(m.transposed_column[e]) + j]);
      }
  return y;
}

}  // namespace osteon::test
