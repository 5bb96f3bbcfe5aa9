// SPDX-License-Identifier: Apache-2.0
// What a smoother step does at one node once K d is known there; shared by both loops.
#pragma once

#include "kernels/stiffness/stiffness.hpp"

namespace osteon::kernels {

template <class Real>
OSTEON_HD inline void finish_smoother_node(const FusedStep<Real>& s, std::size_t node, const Real kd[3]) {
  const std::size_t first = 3 * node;
  Real r[3], z[3];
  for (int c = 0; c < 3; ++c) s.r[first + c] = r[c] = s.r[first + c] - kd[c];
  if (s.inverse_diagonal == nullptr) return;
  multiply_node_diagonal(s.inverse_diagonal, node, r, z);
  for (int c = 0; c < 3; ++c) {
    const Real d = s.a * s.d[first + c] + s.b * z[c];
    s.next[first + c] = d;
    s.x[first + c] += d;
  }
}

}  // namespace osteon::kernels
