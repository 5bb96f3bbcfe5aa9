// SPDX-License-Identifier: Apache-2.0
// The checked backend catches what it is there to catch.
#include <doctest/doctest.h>

#include <cmath>
#include <csetjmp>
#include <csignal>
#include <vector>

#include "osteon/core/buffer.hpp"

using namespace osteon;

namespace {

sigjmp_buf g_before_read;
void jump_back(int) { siglongjmp(g_before_read, 1); }

/// True when reading the address is a segmentation fault.
bool faults(const volatile double* address) {
  struct sigaction action = {}, previous = {};
  action.sa_handler = jump_back;
  sigaction(SIGSEGV, &action, &previous);
  bool fault = false;
  if (sigsetjmp(g_before_read, 1) == 0)
    static_cast<void>(*address);
  else
    fault = true;
  sigaction(SIGSEGV, &previous, nullptr);
  return fault;
}

}  // namespace

TEST_CASE("host code cannot read checked memory outside a kernel, and can inside") {
  const auto device = make_device("checked", 1, silent_monitor());
  const Buffer<double> buffer(*device, std::vector<double>(1000, 2.5));

  CHECK(faults(buffer.data() + 3));
  {
    const KernelScope kernel(*device);
    CHECK_FALSE(faults(buffer.data() + 3));
    CHECK(buffer.data()[999] == 2.5);
  }
  CHECK(faults(buffer.data()));
}

TEST_CASE("fresh checked memory is not a number, also where another buffer was before") {
  const auto device = make_device("checked", 1, silent_monitor());
  { const Buffer<double> gone(*device, std::vector<double>(5000, 1.0)); }
  const Buffer<double> fresh(*device, 5000);
  for (const double value : fresh.to_host()) CHECK(std::isnan(value));
}

TEST_CASE("checked buffers of every size come and go without touching each other") {
  const auto device = make_device("checked", 1, silent_monitor());
  std::vector<Buffer<double>> kept;
  for (int i = 1; i <= 40; ++i) {
    Buffer<double> passing(*device, static_cast<std::size_t>(700 * (i % 7) + 1));
    kept.emplace_back(*device, std::vector<double>(static_cast<std::size_t>(100 * i), i));
    if (i % 3 == 0) kept.erase(kept.begin());
  }
  for (const Buffer<double>& buffer : kept)
    for (const double value : buffer.to_host()) CHECK(value == static_cast<double>(buffer.size()) / 100);
  kept.clear();
  CHECK(device->bytes_in_use() == 0);
}
