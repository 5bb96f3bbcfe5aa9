// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "aggregates.hpp"

using namespace osteon;
using namespace osteon::test;
using kernels::transfer_kernels;

namespace {

struct Size {
  std::uint32_t nodes, aggregates;
};
/// None, one of one node, more nodes than a warp, aggregates without nodes, many of either.
const Size k_sizes[] = {{0, 1}, {1, 1}, {100, 1}, {5, 40}, {1001, 37}, {20011, 301}};

}  // namespace

TEST_CASE_TEMPLATE("prolongation and restriction are the matrix of the formula and its transpose", Real, float,
                   double) {
  const auto device = make_test_device();
  for (const Size size : k_sizes) {
    CAPTURE(size.nodes);
    CAPTURE(size.aggregates);
    const auto g = random_aggregates<Real>(size.nodes, size.aggregates, 21);
    Random random(22);
    const auto coarse = random_vector<Real>(6 * g.count(), random);
    const auto fine = random_vector<Real>(3 * g.of_node.size(), random);
    const DeviceAggregates<Real> data(*device, g);
    const auto view = g.view_of(data);
    Buffer<Real> dc(*device, coarse), df(*device, fine);
    Buffer<Real> up(*device, not_a_number<Real>(fine.size())), down(*device, not_a_number<Real>(coarse.size()));
    Buffer<Real> alone(*device, not_a_number<Real>(fine.size())), sum(*device, fine);

    transfer_kernels<Real>(*device).prolong_from_aggregates(*device, view, 1, dc.data(), up.data(), sum.data());
    transfer_kernels<Real>(*device).prolong_from_aggregates(*device, view, 1, dc.data(), alone.data(), nullptr);
    transfer_kernels<Real>(*device).restrict_to_aggregates(*device, view, 1, df.data(), down.data());

    const auto prolonged = up.to_host(), restricted = down.to_host();
    CHECK(difference(prolonged, naive_prolong(g, coarse)) <= k_tolerance<Real>);
    CHECK(difference(restricted, naive_restrict(g, fine)) <= k_tolerance<Real>);
    CHECK(same_bits(prolonged, alone.to_host()));
    std::vector<double> summed(fine.begin(), fine.end());
    for (std::size_t i = 0; i < fine.size(); ++i) summed[i] += double(prolonged[i]);
    CHECK(difference(sum.to_host(), summed) <= k_tolerance<Real>);
    double fine_side = 0, coarse_side = 0;  // f . P c = R f . c
    for (std::size_t i = 0; i < fine.size(); ++i) fine_side += double(fine[i]) * double(prolonged[i]);
    for (std::size_t i = 0; i < coarse.size(); ++i) coarse_side += double(coarse[i]) * double(restricted[i]);
    CHECK(std::abs(fine_side - coarse_side) <= k_tolerance<Real> * norm(fine) * norm(prolonged));
  }
}
