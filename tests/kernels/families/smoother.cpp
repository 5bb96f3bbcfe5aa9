// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kernels/smoother/smoother.hpp"
#include "support.hpp"

using namespace osteon;
using namespace osteon::test;
using kernels::smoother_kernels;

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

}  // namespace

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
    Buffer<Real> copy3(*device, not_a_number<Real>(3 * blocks)), sum6(*device, x6);
    std::vector<double> expected6 = naive_solve6(m6, widen(x6)), summed = widen(x6);
    for (std::size_t i = 0; i < expected6.size(); ++i) summed[i] += expected6[i] *= 0.75;

    smoother.solve3(*device, 1, blocks, dm3.data(), 0.75, dx3.data(), y3.data(), copy3.data());
    smoother.solve6(*device, 1, blocks, dm6.data(), 0.75, dx6.data(), y6.data(), sum6.data());
    smoother.solve3(*device, 1, blocks, dm3.data(), 0.75, dx3.data(), dx3.data(), nullptr);
    smoother.solve6(*device, 1, blocks, dm6.data(), 0.75, dx6.data(), dx6.data(), nullptr);

    CHECK(difference(y3.to_host(), naive_solve3(m3, 0.75, widen(x3))) <= k_tolerance<Real>);
    CHECK(difference(y6.to_host(), expected6) <= k_tolerance<Real>);
    CHECK(difference(sum6.to_host(), summed) <= k_tolerance<Real>);
    CHECK(same_bits(y3.to_host(), copy3.to_host()));
    CHECK(same_bits(y3.to_host(), dx3.to_host()));
    CHECK(same_bits(y6.to_host(), dx6.to_host()));
  }
}
