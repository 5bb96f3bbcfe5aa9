// SPDX-License-Identifier: Apache-2.0
// Prescribed degrees of freedom in device memory, as the vector kernels read them.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/vector/vector.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

class ConstraintList {
 public:
  ConstraintList() = default;
  /// `mask` per node, bit c = component c.
  ConstraintList(Device& device, const std::vector<std::uint8_t>& mask) {
    std::vector<std::uint32_t> nodes;
    std::vector<std::uint8_t> bits;
    for (std::size_t n = 0; n < mask.size(); ++n)
      if (mask[n] != 0) {
        nodes.push_back(static_cast<std::uint32_t>(n));
        bits.push_back(mask[n]);
      }
    nodes_ = Buffer<std::uint32_t>(device, nodes);
    bits_ = Buffer<std::uint8_t>(device, bits);
  }
  kernels::ConstraintView view() const { return {nodes_.data(), bits_.data(), nodes_.size()}; }

 private:
  Buffer<std::uint32_t> nodes_;
  Buffer<std::uint8_t> bits_;
};

}  // namespace osteon
