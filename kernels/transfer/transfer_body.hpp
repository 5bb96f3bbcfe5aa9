// SPDX-License-Identifier: Apache-2.0
// One node and one aggregate of the tentative transfer, called by both loops.
#pragma once

#include "kernels/transfer/transfer.hpp"

namespace osteon::kernels {

/// Arm of a node: its position minus its aggregate's centre, in reference lengths.
template <class Real>
OSTEON_HD inline void node_arm(const TransferView<Real>& view, std::uint32_t node, std::uint32_t aggregate,
                               Real arm[3]) {
  if (view.arm != nullptr) {
    for (int d = 0; d < 3; ++d) arm[d] = view.arm[3 * std::size_t(node) + d];
    return;
  }
  for (int d = 0; d < 3; ++d)
    arm[d] = (Real(view.packed[node].local(d)) - view.centre[3 * std::size_t(aggregate) + d]) * view.scale[d];
}

/// motion = [translation, rotation]; displacement = translation + rotation x arm.
template <class Real>
OSTEON_HD inline void rigid_displacement(const Real motion[6], const Real arm[3], Real u[3]) {
  u[0] = motion[0] + motion[4] * arm[2] - motion[5] * arm[1];
  u[1] = motion[1] + motion[5] * arm[0] - motion[3] * arm[2];
  u[2] = motion[2] + motion[3] * arm[1] - motion[4] * arm[0];
}

/// The motion of an aggregate: basis times its six coefficients.
template <class Real>
OSTEON_HD inline void aggregate_motion(const TransferView<Real>& view, std::uint32_t a, const Real* coarse,
                                       Real motion[6]) {
  const Real* basis = view.basis + 36 * std::size_t(a);
  for (int i = 0; i < 6; ++i) motion[i] = 0;
  for (int j = 0; j < 6; ++j)
    for (int i = 0; i < 6; ++i) motion[i] += basis[6 * j + i] * coarse[6 * std::size_t(a) + j];
}

template <class Real>
OSTEON_HD inline void move_node(const TransferView<Real>& view, std::uint32_t node, std::uint32_t a,
                                const Real motion[6], Real* fine, Real* sum) {
  Real arm[3], u[3];
  node_arm(view, node, a, arm);
  rigid_displacement(motion, arm, u);
  for (int c = 0; c < 3; ++c) {
    const std::size_t i = 3 * std::size_t(node) + c;
    fine[i] = view.packed[node].constrained(c) ? Real(0) : u[c];
    if (sum != nullptr) sum[i] += fine[i];
  }
}

template <class Real>
OSTEON_HD inline void prolong_node(const TransferView<Real>& view, std::uint32_t node, const Real* coarse, Real* fine,
                                   Real* sum) {
  const std::uint32_t a = view.aggregate_of_node[node];
  Real motion[6];
  aggregate_motion(view, a, coarse, motion);
  move_node(view, node, a, motion, fine, sum);
}

/// Adds a node's force to the force and moment of its aggregate.
template <class Real>
OSTEON_HD inline void gather_node(const TransferView<Real>& view, std::uint32_t node, std::uint32_t a, const Real* fine,
                                  Real load[6]) {
  Real arm[3], f[3];
  node_arm(view, node, a, arm);
  for (int c = 0; c < 3; ++c) f[c] = view.packed[node].constrained(c) ? Real(0) : fine[3 * std::size_t(node) + c];
  for (int c = 0; c < 3; ++c) load[c] += f[c];
  load[3] += arm[1] * f[2] - arm[2] * f[1];
  load[4] += arm[2] * f[0] - arm[0] * f[2];
  load[5] += arm[0] * f[1] - arm[1] * f[0];
}

template <class Real>
OSTEON_HD inline void finish_restriction(const TransferView<Real>& view, std::uint32_t a, const Real load[6],
                                         Real* coarse) {
  const Real* basis = view.basis + 36 * std::size_t(a);
  for (int j = 0; j < 6; ++j) {
    Real sum = 0;
    for (int i = 0; i < 6; ++i) sum += basis[6 * j + i] * load[i];
    coarse[6 * std::size_t(a) + j] = sum;
  }
}

/// Share of lane `lane` of `lanes` in the load of an aggregate: nodes lane, lane + lanes, ...
template <class Real>
OSTEON_HD inline void gather_lane(const TransferView<Real>& view, std::uint32_t a, std::uint32_t lane,
                                  std::uint32_t lanes, const Real* fine, Real load[6]) {
  const std::uint32_t end = view.aggregate_start[a + 1];
  for (std::uint32_t i = view.aggregate_start[a] + lane; i < end; i += lanes)
    gather_node(view, view.aggregate_nodes[i], a, fine, load);
}

template <class Real>
OSTEON_HD inline void restrict_aggregate(const TransferView<Real>& view, std::uint32_t a, const Real* fine,
                                         Real* coarse) {
  Real load[6] = {};
  for (std::uint32_t i = view.aggregate_start[a]; i < view.aggregate_start[a + 1]; ++i)
    gather_node(view, view.aggregate_nodes[i], a, fine, load);
  finish_restriction(view, a, load, coarse);
}

}  // namespace osteon::kernels
