// SPDX-License-Identifier: Apache-2.0
#include "beam.hpp"

using namespace osteon::test;

TEST_CASE("a cantilever whose clamped section may change its shape bends as beam theory says, up to the hinge") {
  const auto device = make_test_device();
  if (small_runs_only()) return;
  check_against_theory(bend(*device, 20, End::sliding, 1e-5), true);
}
