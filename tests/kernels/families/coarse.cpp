// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "block_rows.hpp"

using namespace osteon;
using namespace osteon::test;
using kernels::BlockMatrixView;
using kernels::coarse_kernels;

TEST_CASE_TEMPLATE("the block product is s A x + b, with b absent, separate, or y itself", Real, float, double) {
  const auto device = make_test_device();
  for (const std::uint32_t rows : {0u, 1u, 7u, 33u, 401u}) {
    CAPTURE(rows);
    const auto matrix = random_block_matrix<Real>(rows, 31);
    const std::size_t n = 6 * std::size_t(rows);
    Random random(32);
    const auto x = random_vector<Real>(n, random), b = random_vector<Real>(n, random);
    Buffer<std::int64_t> start(*device, matrix.row_start);
    Buffer<std::uint32_t> column(*device, matrix.column);
    Buffer<Real> values(*device, matrix.values), dx(*device, x), db(*device, b), in_place(*device, b);
    Buffer<Real> plain(*device, not_a_number<Real>(n)), added(*device, not_a_number<Real>(n));
    const BlockMatrixView<Real> view{rows, start.data(), column.data(), values.data()};
    const auto& coarse = coarse_kernels<Real>(*device);

    coarse.multiply(*device, view, dx.data(), 1, nullptr, plain.data());
    coarse.multiply(*device, view, dx.data(), -0.75, db.data(), added.data());
    coarse.multiply(*device, view, dx.data(), -0.75, in_place.data(), in_place.data());

    const auto ax = naive_multiply(matrix, x);
    auto expected = ax;
    for (std::size_t i = 0; i < n; ++i) expected[i] = double(b[i]) - 0.75 * ax[i];
    CHECK(difference(plain.to_host(), ax) <= k_tolerance<Real>);
    CHECK(difference(added.to_host(), expected) <= k_tolerance<Real>);
    CHECK(same_bits(added.to_host(), in_place.to_host()));
  }
}

TEST_CASE_TEMPLATE("the dense product is A x", Real, float, double) {
  const auto device = make_test_device();
  for (const std::uint32_t n : {0u, 1u, 31u, 37u, 258u, 601u}) {
    CAPTURE(n);
    Random random(n + 41);
    auto a = random_vector<Real>(std::size_t(n) * n, random);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < i; ++j) a[i * n + j] = a[j * n + i];
    const auto x = random_vector<Real>(n, random);
    std::vector<double> expected(n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) expected[i] += double(a[i * n + j]) * double(x[j]);
    Buffer<Real> da(*device, a), dx(*device, x), y(*device, not_a_number<Real>(n));

    coarse_kernels<Real>(*device).dense_multiply(*device, n, da.data(), dx.data(), y.data());

    CHECK(difference(y.to_host(), expected) <= k_tolerance<Real>);
  }
}
