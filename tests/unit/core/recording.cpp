// SPDX-License-Identifier: Apache-2.0
// Devices that run kernels in the call keep nothing of them. On a GPU work is called for the first run and once per
// key.
#include <doctest/doctest.h>

#include <stdexcept>

#include "osteon/core/buffer.hpp"

using namespace osteon;

TEST_CASE("cpu and checked do recorded work each time, whatever the key") {
  for (const char* backend : {"cpu", "checked"}) {
    CAPTURE(backend);
    const auto device = make_device(backend, 1, silent_monitor());
    Buffer<int> count(*device, std::vector<int>{0});
    Recording recording;
    const auto add_one = [&] {
      const KernelScope kernel(*device);
      ++*count.data();
    };

    for (const std::size_t key : {7, 7, 8, 7}) device->record_and_run(recording, key, add_one);

    CHECK(count.to_host()[0] == 4);
    CHECK(recording.kept == nullptr);
  }
}

TEST_CASE("an error in recorded work reaches the caller, and the recording can be used again") {
  const auto device = make_device("cpu", 1, silent_monitor());
  Recording recording;
  int runs = 0;

  CHECK_THROWS_AS(device->record_and_run(recording, 1, [] { throw std::runtime_error("no"); }), std::runtime_error);
  device->record_and_run(recording, 1, [&] { ++runs; });

  CHECK(runs == 1);
}

TEST_CASE("the timer measures what lies between start and stop") {
  const auto device = make_device("cpu", 1, silent_monitor());
  device->start_timer();
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(2)) {
  }
  device->stop_timer();
  CHECK(device->timer_s() >= 2e-3);
  CHECK(device->timer_s() < 1);
}
