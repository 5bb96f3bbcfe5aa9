// SPDX-License-Identifier: Apache-2.0
// Block vectors as the GPU's kernels cut them, played on the CPU (gpu_on_host.cpp): lanes that carry several columns,
// and bodies that start at a column.
#include <doctest/doctest.h>

#include "block_rows.hpp"
#include "kernels/coarse/coarse_body.hpp"
#include "kernels/vector/vector_body.hpp"

using namespace osteon;
using namespace osteon::kernels;
using namespace osteon::test;

TEST_CASE_TEMPLATE("a column has the same share of a GPU lane beside others and alone", Real, float, double) {
  constexpr std::uint32_t k_lanes = 32;
  // A prolongator's shape: columns of x are as long as the inputs are many, not the rows.
  auto matrix = random_block_matrix<Real>(101, 82);
  for (std::uint32_t& column : matrix.column) column %= 60;
  for (std::uint32_t& column : matrix.transposed_column) column %= 60;
  auto view = matrix.view_of(matrix, true, true);
  view.inputs = 60;
  const std::uint32_t n = 6 * view.inputs;
  Random random(83);
  const auto x = random_vector<Real>(k_together * std::size_t(n), random), dense = random_vector<Real>(n, random);
  for (int columns = 1; columns <= k_together; ++columns)
    for (std::size_t row = 0; row < matrix.rows; ++row)
      for (int lane = 0; lane < k_block_lanes; ++lane) {
        Real together[k_together], of_dense[k_together];
        block_row_lane<k_together>(view, row, lane, columns, x.data(), together);
        dense_row_lane<k_together>(n, dense.data(), static_cast<std::uint32_t>(lane), k_lanes, columns, x.data(),
                                   of_dense);
        for (int c = 0; c < columns; ++c) {
          Real alone;
          block_row_lane<1>(view, row, lane, 1, x.data() + static_cast<std::size_t>(c) * n, &alone);
          CHECK(together[c] == alone);
          dense_row_lane<1>(n, dense.data(), static_cast<std::uint32_t>(lane), k_lanes, 1,
                            x.data() + static_cast<std::size_t>(c) * n, &alone);
          CHECK(of_dense[c] == alone);
        }
      }
}

TEST_CASE_TEMPLATE("the GPU's bodies start each column with its own factors and its own entries", Real, float, double) {
  const std::size_t n = 1001, columns = 3;
  Random random(7);
  const auto p = random_vector<Real>(columns * n, random), q = random_vector<Real>(columns * n, random);
  const auto wide = random_vector<double>(columns * n, random);
  const double rho[columns] = {1.25, -3, 0.5}, curvature[columns] = {4, 2, 8}, squared[columns] = {2.25, 0, 9};
  auto x = q, r = p;
  auto added = wide, scaled = wide;
  for (std::size_t column = 0; column < columns; ++column) {
    const auto update = CgUpdate<Real>{n, rho, curvature, p.data(), q.data(), x.data(), r.data()}.started(column);
    const auto add = AddToDouble<Real>{n, squared, p.data(), rho, curvature, added.data()}.started(column);
    const auto scale = Scale<Real, double>{n, squared, q.data(), scaled.data()}.started(column);
    const auto dot = DotTerm<Real, double>{n, p.data(), wide.data()}.started(column);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t k = column * n + i;
      update(i), add(i), scale(i);
      const double a = rho[column] / curvature[column], s = squared[column] > 0 ? std::sqrt(squared[column]) : 1;
      CHECK(double(x[k]) == doctest::Approx(double(q[k]) + a * double(p[k])));
      CHECK(double(r[k]) == doctest::Approx(double(p[k]) - a * double(q[k])));
      CHECK(added[k] == doctest::Approx(s * double(p[k]) + a * wide[k]));
      CHECK(scaled[k] == doctest::Approx(double(q[k]) / s));
      CHECK(dot(i) == double(p[k]) * wide[k]);
    }
  }
  const double partial[] = {1, 2, 3, 4, 5, 6};
  CHECK(PartialSums{2, partial, squared}.started(2)(1) == 3 * 6);
}
