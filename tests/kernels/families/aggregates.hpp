// SPDX-License-Identifier: Apache-2.0
// Random aggregates of nodes for the transfer tests, and the prolongator as a dense matrix.
#pragma once

#include "kernels/transfer/transfer.hpp"
#include "support.hpp"

namespace osteon::test {

template <class Real>
struct Aggregates {
  std::vector<std::uint32_t> of_node, start, nodes;
  std::vector<kernels::PackedNode> packed;
  std::vector<Real> centre, basis;
  Real scale[3] = {Real(1.25), Real(0.75), Real(0.5)};

  std::size_t count() const { return start.size() - 1; }

  /// `data` is a set of buffers or of vectors with the members' names.
  template <class Data>
  kernels::TransferView<Real> view_of(const Data& data) const {
    kernels::TransferView<Real> view;
    view.node_count = static_cast<std::uint32_t>(of_node.size());
    view.aggregate_count = static_cast<std::uint32_t>(count());
    view.aggregate_of_node = data.of_node.data();
    view.packed = data.packed.data();
    view.aggregate_start = data.start.data();
    view.aggregate_nodes = data.nodes.data();
    view.centre = data.centre.data();
    view.basis = data.basis.data();
    for (int d = 0; d < 3; ++d) view.scale[d] = scale[d];
    return view;
  }
};

/// The same in the memory of a device.
template <class Real>
struct DeviceAggregates {
  DeviceAggregates(Device& device, const Aggregates<Real>& g)
      : of_node(device, g.of_node),
        start(device, g.start),
        nodes(device, g.nodes),
        packed(device, g.packed),
        centre(device, g.centre),
        basis(device, g.basis) {}
  Buffer<std::uint32_t> of_node, start, nodes;
  Buffer<kernels::PackedNode> packed;
  Buffer<Real> centre, basis;
};

template <class Real>
Aggregates<Real> random_aggregates(std::uint32_t node_count, std::uint32_t aggregate_count, std::uint64_t seed) {
  Random random(seed);
  Aggregates<Real> g;
  std::vector<std::vector<std::uint32_t>> members(aggregate_count);
  for (std::uint32_t node = 0; node < node_count; ++node) {
    g.of_node.push_back(random.below(aggregate_count));
    members[g.of_node.back()].push_back(node);
    const int x = int(random.below(16)), y = int(random.below(16)), z = int(random.below(16));
    g.packed.push_back(kernels::pack_node(x, y, z, int(random.below(8))));
  }
  g.start.push_back(0);
  for (const auto& list : members) {
    g.nodes.insert(g.nodes.end(), list.begin(), list.end());
    g.start.push_back(static_cast<std::uint32_t>(g.nodes.size()));
  }
  g.centre = random_vector<Real>(3 * aggregate_count, random);
  for (Real& c : g.centre) c = Real(4) + Real(4) * c;
  g.basis = random_vector<Real>(36 * aggregate_count, random);
  return g;
}

/// Row 3 node + component of the prolongator, over the six coefficients of the node's aggregate, from the formula.
template <class Real>
std::array<double, 6> prolongator_row(const Aggregates<Real>& g, std::size_t node, std::size_t component) {
  const std::size_t a = g.of_node[node];
  const std::uint16_t bits = g.packed[node].bits;
  std::array<double, 6> row{};
  if (bits >> (12 + component) & 1) return row;
  double arm[3], motion[6] = {};
  for (std::size_t d = 0; d < 3; ++d)
    arm[d] = (double(bits >> (4 * d) & 15) - double(g.centre[3 * a + d])) * double(g.scale[d]);
  motion[component] = 1;  // u = t + w x arm
  motion[3 + (component + 1) % 3] = arm[(component + 2) % 3];
  motion[3 + (component + 2) % 3] = -arm[(component + 1) % 3];
  for (std::size_t j = 0; j < 6; ++j)
    for (std::size_t i = 0; i < 6; ++i) row[j] += motion[i] * double(g.basis[36 * a + 6 * j + i]);
  return row;
}

template <class Real>
std::vector<double> naive_prolong(const Aggregates<Real>& g, const std::vector<Real>& coarse) {
  std::vector<double> fine(3 * g.of_node.size());
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const auto row = prolongator_row(g, i / 3, i % 3);
    for (std::size_t j = 0; j < 6; ++j) fine[i] += row[j] * double(coarse[6 * g.of_node[i / 3] + j]);
  }
  return fine;
}

template <class Real>
std::vector<double> naive_restrict(const Aggregates<Real>& g, const std::vector<Real>& fine) {
  std::vector<double> coarse(6 * g.count());
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const auto row = prolongator_row(g, i / 3, i % 3);
    for (std::size_t j = 0; j < 6; ++j) coarse[6 * g.of_node[i / 3] + j] += row[j] * double(fine[i]);
  }
  return coarse;
}

}  // namespace osteon::test
