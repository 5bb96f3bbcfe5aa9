// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kernels/smoother/smoother.hpp"
#include "support.hpp"

using namespace osteon;
using namespace osteon::test;
using kernels::smoother_kernels;
using kernels::SmootherStep;

namespace {

/// Empty, one, and sizes that fill no warp and no block of threads.
const std::size_t k_blocks[] = {0, 1, 31, 33, 257, 1003};

/// Entry (i, j) of block b of the stored inverse diagonal.
template <class Real>
double entry(int size, const std::vector<Real>& m, std::size_t b, int i, int j) {
  if (size == 6) return double(m[36 * b + static_cast<std::size_t>(6 * j + i)]);
  static const int k_place[3][3] = {{0, 5, 4}, {5, 1, 3}, {4, 3, 2}};  // xx yy zz yz zx xy
  return double(m[6 * b + static_cast<std::size_t>(k_place[i][j])]);
}

template <class Real>
std::vector<double> naive_solve(int size, const std::vector<Real>& m, const std::vector<double>& x) {
  std::vector<double> y(x.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    const std::size_t b = k / static_cast<std::size_t>(size);
    for (int j = 0; j < size; ++j)
      y[k] += entry(size, m, b, int(k % static_cast<std::size_t>(size)), j) *
              x[b * static_cast<std::size_t>(size) + static_cast<std::size_t>(j)];
  }
  return y;
}

template <class Real>
std::vector<double> widen(const std::vector<Real>& v) {
  return {v.begin(), v.end()};
}

template <class Real>
void check_step(Device& device, int size, std::size_t blocks, bool with_q, bool first) {
  CAPTURE(size);
  CAPTURE(blocks);
  CAPTURE(with_q);
  CAPTURE(first);
  const std::size_t n = blocks * static_cast<std::size_t>(size);
  Random random(n + 17);
  const auto m = random_vector<Real>(blocks * (size == 3 ? 6 : 36), random);
  const auto q = random_vector<Real>(n, random), r = random_vector<Real>(n, random);
  const auto d = first ? not_a_number<Real>(n) : random_vector<Real>(n, random);
  const auto x = first ? not_a_number<Real>(n) : random_vector<Real>(n, random);
  const double a = first ? 0 : 0.375, b = 1.25;
  std::vector<double> residual = widen(r), direction(n), solution(n);
  for (std::size_t i = 0; i < n && with_q; ++i) residual[i] -= double(q[i]);
  const std::vector<double> z = naive_solve(size, m, residual);
  for (std::size_t i = 0; i < n; ++i) {
    direction[i] = b * z[i] + (first ? 0 : a * double(d[i]));
    solution[i] = direction[i] + (first ? 0 : double(x[i]));
  }
  Buffer<Real> dm(device, m), dq(device, q), dr(device, r), dd(device, d), dx(device, x);
  SmootherStep<Real> step;
  step.blocks = blocks;
  step.inverse_diagonal = dm.data();
  step.a = static_cast<Real>(a);
  step.b = static_cast<Real>(b);
  step.q = with_q ? dq.data() : nullptr;
  step.r = dr.data();
  step.d = dd.data();
  step.x = dx.data();
  step.overwrite_x = first;

  if (size == 3)
    smoother_kernels<Real>(device).step3(device, step);
  else
    smoother_kernels<Real>(device).step6(device, step);

  CHECK(difference(dr.to_host(), residual) <= k_tolerance<Real>);
  CHECK(difference(dd.to_host(), direction) <= k_tolerance<Real>);
  CHECK(difference(dx.to_host(), solution) <= k_tolerance<Real>);
}

}  // namespace

TEST_CASE_TEMPLATE("a smoother step is its formula; the first one reads neither d nor x", Real, float, double) {
  const auto device = make_test_device();
  for (const int size : {3, 6})
    for (const std::size_t blocks : k_blocks)
      for (const bool with_q : {false, true})
        for (const bool first : {false, true}) check_step<Real>(*device, size, blocks, with_q, first);
}

TEST_CASE_TEMPLATE("the block-diagonal solve is its formula, in place too", Real, float, double) {
  const auto device = make_test_device();
  const auto& smoother = smoother_kernels<Real>(*device);
  for (const std::size_t blocks : k_blocks) {
    CAPTURE(blocks);
    Random random(blocks + 5);
    const auto m3 = random_vector<Real>(6 * blocks, random), m6 = random_vector<Real>(36 * blocks, random);
    const auto x3 = random_vector<Real>(3 * blocks, random), x6 = random_vector<Real>(6 * blocks, random);
    Buffer<Real> dm3(*device, m3), dm6(*device, m6), dx3(*device, x3), dx6(*device, x6);
    Buffer<Real> y3(*device, not_a_number<Real>(3 * blocks)), y6(*device, not_a_number<Real>(6 * blocks));

    smoother.solve3(*device, blocks, dm3.data(), dx3.data(), y3.data());
    smoother.solve6(*device, blocks, dm6.data(), dx6.data(), y6.data());
    smoother.solve3(*device, blocks, dm3.data(), dx3.data(), dx3.data());
    smoother.solve6(*device, blocks, dm6.data(), dx6.data(), dx6.data());

    CHECK(difference(y3.to_host(), naive_solve(3, m3, widen(x3))) <= k_tolerance<Real>);
    CHECK(difference(y6.to_host(), naive_solve(6, m6, widen(x6))) <= k_tolerance<Real>);
    CHECK(same_bits(y3.to_host(), dx3.to_host()));
    CHECK(same_bits(y6.to_host(), dx6.to_host()));
  }
}
