// SPDX-License-Identifier: Apache-2.0
// The finest aggregates in device memory, as the transfer kernels read them.
#pragma once

#include "device_blocks.hpp"
#include "galerkin.hpp"
#include "kernels/transfer/transfer.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

template <class Real>
class DeviceTransfer {
 public:
  DeviceTransfer() = default;
  DeviceTransfer(Device& device, const FineAggregation& f)
      : start_(device, f.aggregate_start),
        nodes_(device, f.aggregate_nodes),
        packed_(device, f.packed),
        centre_(to_device<Real>(device, f.centre)),
        basis_(to_device<Real>(device, f.basis)),
        arm_(to_device<Real>(device, f.arm)) {
    // Only the GPU's loop over nodes asks for it.
    if (device.kind() == DeviceKind::cuda) aggregate_of_node_ = Buffer<std::uint32_t>(device, f.aggregate_of_node);
    view_.node_count = static_cast<std::uint32_t>(f.packed.size());
    view_.aggregate_count = f.space.count;
    view_.aggregate_of_node = aggregate_of_node_.data();
    view_.packed = packed_.data();
    view_.aggregate_start = start_.data();
    view_.aggregate_nodes = nodes_.data();
    view_.centre = centre_.data();
    view_.basis = basis_.data();
    view_.arm = f.arm.empty() ? nullptr : arm_.data();
    for (int d = 0; d < 3; ++d) view_.scale[d] = static_cast<Real>(f.scale[d]);
  }

  const kernels::TransferView<Real>& view() const { return view_; }

 private:
  Buffer<std::uint32_t> aggregate_of_node_, start_, nodes_;
  Buffer<kernels::PackedNode> packed_;
  Buffer<Real> centre_, basis_, arm_;
  kernels::TransferView<Real> view_;
};

}  // namespace osteon
