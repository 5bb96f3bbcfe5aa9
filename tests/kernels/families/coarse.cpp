// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "block_rows.hpp"

using namespace osteon;
using namespace osteon::test;
using kernels::coarse_kernels;

namespace {

struct Parts {
  bool direct, transposed;
};
const Parts k_parts[] = {{true, false}, {false, true}, {true, true}};

}  // namespace

TEST_CASE_TEMPLATE("the block product is A x with blocks as stored, transposed, or both", Real, float, double) {
  const auto device = make_test_device();
  for (const std::uint32_t rows : {0u, 1u, 7u, 33u, 401u})
    for (const Parts parts : k_parts) {
      CAPTURE(rows);
      const auto matrix = random_block_matrix<Real>(rows, 31);
      const std::size_t n = 6 * std::size_t(rows);
      Random random(32);
      const auto x = random_vector<Real>(n, random), b = random_vector<Real>(n, random);
      const DeviceBlockRows<Real> data(*device, matrix);
      const auto view = matrix.view_of(data, parts.direct, parts.transposed);
      Buffer<Real> dx(*device, x), alone(*device, not_a_number<Real>(n)), with_sum(*device, not_a_number<Real>(n)),
          sum(*device, b);

      coarse_kernels<Real>(*device).multiply(*device, view, 1, dx.data(), alone.data(), nullptr);
      coarse_kernels<Real>(*device).multiply(*device, view, 1, dx.data(), with_sum.data(), sum.data());

      const auto ax = naive_multiply(matrix, x, parts.direct, parts.transposed);
      auto summed = ax;
      for (std::size_t i = 0; i < n; ++i) summed[i] += double(b[i]);
      CHECK(difference(alone.to_host(), ax) <= k_tolerance<Real>);
      CHECK(same_bits(alone.to_host(), with_sum.to_host()));
      CHECK(difference(sum.to_host(), summed) <= k_tolerance<Real>);
    }
}

TEST_CASE_TEMPLATE("the fused block step is its formula; without a diagonal it only updates the residual", Real, float,
                   double) {
  const auto device = make_test_device();
  for (const std::uint32_t rows : {0u, 1u, 7u, 401u})
    for (const bool with_diagonal : {true, false}) {
      CAPTURE(rows);
      CAPTURE(with_diagonal);
      const auto matrix = random_block_matrix<Real>(rows, 33);
      const std::size_t n = 6 * std::size_t(rows);
      Random random(34);
      const auto d = random_vector<Real>(n, random), r = random_vector<Real>(n, random),
                 x = random_vector<Real>(n, random);
      const auto m = random_vector<Real>(6 * n + kernels::k_block_padding, random);
      const DeviceBlockRows<Real> data(*device, matrix);
      Buffer<Real> dd(*device, d), dr(*device, r), dx(*device, x), dm(*device, m), next(*device, not_a_number<Real>(n));
      kernels::BlockStep<Real> step;
      step.d = dd.data(), step.next = next.data(), step.r = dr.data(), step.x = dx.data();
      step.inverse_diagonal = with_diagonal ? dm.data() : nullptr;
      step.a = Real(0.375), step.b = Real(1.25);

      coarse_kernels<Real>(*device).smooth(*device, matrix.view_of(data, true, true), 1, step);

      const auto ad = naive_multiply(matrix, d, true, true);
      std::vector<double> residual(n), direction(n), solution(n);
      for (std::size_t i = 0; i < n; ++i) residual[i] = double(r[i]) - ad[i];
      for (std::size_t i = 0; i < n; ++i) {
        double z = 0;
        for (std::size_t j = 0; j < 6; ++j) z += double(m[36 * (i / 6) + 6 * j + i % 6]) * residual[i / 6 * 6 + j];
        direction[i] = 0.375 * double(d[i]) + 1.25 * z;
        solution[i] = double(x[i]) + direction[i];
      }
      CHECK(difference(dr.to_host(), residual) <= k_tolerance<Real>);
      if (with_diagonal) {
        CHECK(difference(next.to_host(), direction) <= k_tolerance<Real>);
        CHECK(difference(dx.to_host(), solution) <= k_tolerance<Real>);
      } else {
        CHECK(same_bits(dx.to_host(), x));
      }
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

    coarse_kernels<Real>(*device).dense_multiply(*device, 1, n, da.data(), dx.data(), y.data());

    CHECK(difference(y.to_host(), expected) <= k_tolerance<Real>);
  }
}
