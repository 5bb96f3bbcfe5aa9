// SPDX-License-Identifier: Apache-2.0
// Values at a few of many nodes.
#include "osteon/core/node_values.hpp"

#include <doctest/doctest.h>

using namespace osteon;

TEST_CASE("values at a few nodes come back from any order of setting, and are zero elsewhere") {
  NodeValues values;
  values.set(5, 2, 0.5);
  values.set(2, 0, -1);
  values.set(9, 1, 3);
  values.set(5, 0, 7);
  values.set(2, 0, -2);
  CHECK(values.nodes() == std::vector<std::uint32_t>{2, 5, 9});
  CHECK(values.values() == std::vector<double>{-2, 0, 0, 7, 0, 0.5, 0, 3, 0});
  CHECK(values.at(5, 2) == 0.5);
  CHECK(values.at(5, 1) == 0);
  CHECK(values.at(4, 0) == 0);
  CHECK(values.at(100, 0) == 0);
  values.scale(2);
  CHECK(values.at(9, 1) == 6);
}

TEST_CASE("a dense field keeps the nodes that are marked, to the last bit") {
  const std::vector<double> all = {1, 2, 3, 0, 0, 0, 0.1, -0.0, 1e-300, 9, 9, 9};
  const NodeValues values(all, {1, 4, 7, 0});
  CHECK(values.nodes() == std::vector<std::uint32_t>{0, 1, 2});
  CHECK(values.dense(4) == std::vector<double>{1, 2, 3, 0, 0, 0, 0.1, -0.0, 1e-300, 0, 0, 0});
}
