// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "osteon/core/buffer.hpp"
#include "osteon/core/error.hpp"
#include "support/backend.hpp"

using namespace osteon;
using namespace osteon::test;

TEST_CASE("parts of a buffer are written, read, cleared and moved without touching the rest") {
  const auto device = make_test_device();
  Buffer<int> buffer(*device, std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});

  buffer.copy_part_from(1, {20, 30});
  buffer.copy_within(5, 1, 2);
  buffer.set_part_zero(3, 1);

  CHECK(buffer.to_host() == std::vector<int>{1, 20, 30, 0, 5, 20, 30, 8});
  CHECK(buffer.part_to_host(4, 3) == std::vector<int>{5, 20, 30});
  CHECK(buffer.part_to_host(8, 0).empty());
  CHECK_THROWS_AS(buffer.part_to_host(6, 3), InternalError);
  CHECK_THROWS_AS(buffer.copy_part_from(7, {1, 2}), InternalError);
  CHECK_THROWS_AS(buffer.set_part_zero(8, 1), InternalError);
  CHECK_THROWS_AS(buffer.copy_within(0, 6, 3), InternalError);
}
