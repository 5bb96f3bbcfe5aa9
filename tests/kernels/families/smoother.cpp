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

/// y = D^-1 x with 6x6 blocks, column-major.
template <class Real>
std::vector<double> naive_solve6(const std::vector<Real>& m, const std::vector<double>& x) {
  std::vector<double> y(x.size());
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t j = 0; j < 6; ++j) y[k] += double(m[k / 6 * 36 + 6 * j + k % 6]) * x[k / 6 * 6 + j];
  return y;
}
/// The same with the packed 3x3 blocks of nodes.
std::vector<double> naive_solve3(const std::vector<std::uint16_t>& m, double s, const std::vector<double>& x) {
  static const int k_place[3][3] = {{0, 5, 4}, {5, 1, 3}, {4, 3, 2}};  // xx yy zz yz zx xy
  std::vector<double> y(x.size());
  for (std::size_t k = 0; k < x.size(); ++k)
    for (std::size_t j = 0; j < 3; ++j)
      y[k] += s * double(float_from_upper_half(m[node_diagonal_place(k / 3, k_place[k % 3][j])])) * x[k / 3 * 3 + j];
  return y;
}

template <class Real>
std::vector<double> widen(const std::vector<Real>& v) {
  return {v.begin(), v.end()};
}

template <class Real>
void check_step(Device& device, std::size_t blocks, bool with_q, bool first) {
  CAPTURE(blocks);
  CAPTURE(with_q);
  CAPTURE(first);
  const std::size_t n = 6 * blocks;
  Random random(n + 17);
  const auto m = random_vector<Real>(36 * blocks, random);
  const auto q = random_vector<Real>(n, random), r = random_vector<Real>(n, random);
  const auto d = first ? not_a_number<Real>(n) : random_vector<Real>(n, random);
  const auto x = first ? not_a_number<Real>(n) : random_vector<Real>(n, random);
  const double a = first ? 0 : 0.375, b = 1.25;
  std::vector<double> residual = widen(r), direction(n), solution(n);
  for (std::size_t i = 0; i < n && with_q; ++i) residual[i] -= double(q[i]);
  const std::vector<double> z = naive_solve6(m, residual);
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

  smoother_kernels<Real>(device).step6(device, step);

  CHECK(difference(dr.to_host(), residual) <= k_tolerance<Real>);
  CHECK(difference(dd.to_host(), direction) <= k_tolerance<Real>);
  CHECK(difference(dx.to_host(), solution) <= k_tolerance<Real>);
}

}  // namespace

TEST_CASE_TEMPLATE("a smoother step is its formula; the first one reads neither d nor x", Real, float, double) {
  const auto device = make_test_device();
  for (const std::size_t blocks : k_blocks)
    for (const bool with_q : {false, true})
      for (const bool first : {false, true}) check_step<Real>(*device, blocks, with_q, first);
}

TEST_CASE_TEMPLATE("the block-diagonal solve is its formula, in place too", Real, float, double) {
  const auto device = make_test_device();
  const auto& smoother = smoother_kernels<Real>(*device);
  for (const std::size_t blocks : k_blocks) {
    CAPTURE(blocks);
    Random random(blocks + 5);
    const auto m3 = random_diagonal(blocks, random);
    const auto m6 = random_vector<Real>(36 * blocks, random);
    const auto x3 = random_vector<Real>(3 * blocks, random), x6 = random_vector<Real>(6 * blocks, random);
    Buffer<std::uint16_t> dm3(*device, m3);
    Buffer<Real> dm6(*device, m6), dx3(*device, x3), dx6(*device, x6);
    Buffer<Real> y3(*device, not_a_number<Real>(3 * blocks)), y6(*device, not_a_number<Real>(6 * blocks));

    smoother.solve3(*device, blocks, dm3.data(), 0.75, dx3.data(), y3.data());
    smoother.solve6(*device, blocks, dm6.data(), dx6.data(), y6.data());
    smoother.solve3(*device, blocks, dm3.data(), 0.75, dx3.data(), dx3.data());
    smoother.solve6(*device, blocks, dm6.data(), dx6.data(), dx6.data());

    CHECK(difference(y3.to_host(), naive_solve3(m3, 0.75, widen(x3))) <= k_tolerance<Real>);
    CHECK(difference(y6.to_host(), naive_solve6(m6, widen(x6))) <= k_tolerance<Real>);
    CHECK(same_bits(y3.to_host(), dx3.to_host()));
    CHECK(same_bits(y6.to_host(), dx6.to_host()));
  }
}
