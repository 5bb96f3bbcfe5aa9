// SPDX-License-Identifier: Apache-2.0
#include "block_matrix.hpp"

#include <algorithm>

#include "kernels/coarse/coarse_simd.hpp"

namespace osteon {

std::int64_t BlockMatrix::find(std::uint32_t row, std::uint32_t column) const {
  const auto begin = graph.column.begin() + graph.start[row], end = graph.column.begin() + graph.start[row + 1];
  const auto it = std::lower_bound(begin, end, column);
  return it == end || *it != column ? -1 : it - graph.column.begin();
}

void allocate_blocks(BlockMatrix& matrix) {
  matrix.values.assign(36 * matrix.graph.column.size() + kernels::k_block_padding, 0.0);
}

BlockMatrix transpose(const BlockMatrix& matrix) {
  BlockMatrix t;
  t.column_count = matrix.rows();
  t.graph.start.assign(matrix.column_count + std::size_t{1}, 0);
  for (const std::uint32_t c : matrix.graph.column) ++t.graph.start[c + std::size_t{1}];
  for (std::size_t i = 1; i < t.graph.start.size(); ++i) t.graph.start[i] += t.graph.start[i - 1];
  t.graph.column.resize(matrix.graph.column.size());
  allocate_blocks(t);
  std::vector<std::int64_t> next(t.graph.start.begin(), t.graph.start.end() - 1);
  for (std::uint32_t i = 0; i < matrix.rows(); ++i)
    for (std::int64_t k = matrix.graph.start[i]; k < matrix.graph.start[i + 1]; ++k) {
      const std::int64_t to = next[matrix.graph.column[k]]++;
      t.graph.column[to] = i;
      const double* from = matrix.block(k);
      for (int r = 0; r < 6; ++r)
        for (int c = 0; c < 6; ++c) t.block(to)[6 * r + c] = from[6 * c + r];
    }
  return t;
}

namespace {

/// Rows of a sparse product: `visit(row, touch)` calls touch(column) for every column the row may have, and
/// `fill(row, slot)` computes it once slot(column) gives the block to add to.
template <class Visit, class Fill>
BlockMatrix product(std::uint32_t rows, std::uint32_t columns, Visit visit, Fill fill) {
  BlockMatrix out;
  out.column_count = columns;
  out.graph.start.assign(rows + std::size_t{1}, 0);
  std::vector<std::vector<std::uint32_t>> found(rows);
#pragma omp parallel
  {
    std::vector<std::uint8_t> seen(columns, 0);
#pragma omp for schedule(dynamic, 64)
    for (std::uint32_t i = 0; i < rows; ++i) {
      std::vector<std::uint32_t>& row = found[i];
      visit(i, [&](std::uint32_t c) {
        if (seen[c]) return;
        seen[c] = 1;
        row.push_back(c);
      });
      for (const std::uint32_t c : row) seen[c] = 0;
      std::sort(row.begin(), row.end());
    }
  }
  for (std::uint32_t i = 0; i < rows; ++i)
    out.graph.start[i + std::size_t{1}] = out.graph.start[i] + static_cast<std::int64_t>(found[i].size());
  out.graph.column.resize(static_cast<std::size_t>(out.graph.start.back()));
  allocate_blocks(out);
#pragma omp parallel
  {
    std::vector<std::int64_t> slot(columns, -1);
#pragma omp for schedule(dynamic, 64)
    for (std::uint32_t i = 0; i < rows; ++i) {
      std::copy(found[i].begin(), found[i].end(), out.graph.column.begin() + out.graph.start[i]);
      for (std::int64_t k = out.graph.start[i]; k < out.graph.start[i + std::size_t{1}]; ++k)
        slot[out.graph.column[k]] = k;
      fill(i, [&](std::uint32_t c) { return out.block(slot[c]); });
    }
  }
  return out;
}

}  // namespace

BlockMatrix galerkin_product(const BlockMatrix& a, const BlockMatrix& p) {
  const auto& simd = kernels::coarse_simd();
  const BlockMatrix ap = product(
      a.rows(), p.column_count,
      [&](std::uint32_t i, auto touch) {
        for (std::int64_t k = a.graph.start[i]; k < a.graph.start[i + std::size_t{1}]; ++k) {
          const std::uint32_t j = a.graph.column[k];
          for (std::int64_t q = p.graph.start[j]; q < p.graph.start[j + std::size_t{1}]; ++q) touch(p.graph.column[q]);
        }
      },
      [&](std::uint32_t i, auto slot) {
        for (std::int64_t k = a.graph.start[i]; k < a.graph.start[i + std::size_t{1}]; ++k) {
          const std::uint32_t j = a.graph.column[k];
          for (std::int64_t q = p.graph.start[j]; q < p.graph.start[j + std::size_t{1}]; ++q)
            simd.multiply_add(a.block(k), p.block(q), slot(p.graph.column[q]));
        }
      });
  const BlockMatrix pt = transpose(p);
  return product(
      p.column_count, p.column_count,
      [&](std::uint32_t i, auto touch) {
        for (std::int64_t k = pt.graph.start[i]; k < pt.graph.start[i + std::size_t{1}]; ++k) {
          const std::uint32_t j = pt.graph.column[k];
          for (std::int64_t q = ap.graph.start[j]; q < ap.graph.start[j + std::size_t{1}]; ++q)
            touch(ap.graph.column[q]);
        }
      },
      [&](std::uint32_t i, auto slot) {
        for (std::int64_t k = pt.graph.start[i]; k < pt.graph.start[i + std::size_t{1}]; ++k) {
          const std::uint32_t j = pt.graph.column[k];
          for (std::int64_t q = ap.graph.start[j]; q < ap.graph.start[j + std::size_t{1}]; ++q)
            simd.multiply_add(pt.block(k), ap.block(q), slot(ap.graph.column[q]));
        }
      });
}

}  // namespace osteon
