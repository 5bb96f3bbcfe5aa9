// SPDX-License-Identifier: Apache-2.0
// The CPU's plain loop over items that do not meet.
#pragma once

#include <cstddef>

#include "osteon/core/device.hpp"

namespace osteon::kernels::cpu {

/// body(i) for i = 0 .. n-1 by all threads.
template <class Body>
void for_each(Device& device, std::size_t n, const Body& body) {
  KernelScope scope(device);
#pragma omp parallel for schedule(static)
  for (std::size_t i = 0; i < n; ++i) body(i);
}

}  // namespace osteon::kernels::cpu
