// SPDX-License-Identifier: Apache-2.0
// What devices and the process say about the memory they use.
#include <doctest/doctest.h>

#include <cstring>
#include <memory>

#include "osteon/core/buffer.hpp"
#include "osteon/core/machine.hpp"

using namespace osteon;

TEST_CASE("a device counts the bytes in its buffers, and their peak since it was restarted") {
  const auto device = make_device("cpu", 1, silent_monitor());
  const Buffer<double> kept(*device, 1000);
  { const Buffer<float> passing(*device, 500); }
  CHECK(device->bytes_in_use() == 8000);
  CHECK(device->bytes_peak() == 10000);

  device->restart_peak();
  CHECK(device->bytes_peak() == 8000);
  { const Buffer<char> passing(*device, 10); }
  CHECK(device->bytes_peak() == 8010);
}

TEST_CASE("the process' memory peak counts what was touched and given back") {
  constexpr std::size_t k_bytes = std::size_t{64} << 20;
  const HostMemoryPeak peak;
  if (!peak.growth_bytes()) {
    MESSAGE("skipped: this system does not restart its count of the peak");
    return;
  }
  {
    const std::unique_ptr<char[]> block(new char[k_bytes]);
    std::memset(block.get(), 1, k_bytes);
    volatile char used = block[k_bytes / 2];  // or the block would be optimised away
    static_cast<void>(used);
  }
  CHECK(*peak.growth_bytes() > k_bytes * 9 / 10);
  CHECK(*HostMemoryPeak().growth_bytes() < k_bytes / 2);
}
