// SPDX-License-Identifier: Apache-2.0
// Measurements end, count what they say and leave nothing behind. How fast the machine is, no test can know.
#include "osteon/solve/measure.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "osteon/image/synthetic.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

bool all_positive(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return v > 0; });
}

}  // namespace

TEST_CASE("copy and operator are measured once per repeat, in memory that is given back") {
  const auto device = make_test_device();
  const ElasticModel model = model_of(make_block({4, 5, 6}, {1, 1, 1}), {isotropic_material(10000)});

  const std::vector<double> rates = measure_copy(*device, 1'000'003, 3, silent_monitor());
  const OperatorTimes times = measure_operator(*device, problem_of(model), 2, silent_monitor());

  CHECK(rates.size() == 3);
  CHECK(all_positive(rates));
  CHECK(times.fp64_s.size() == 2);
  CHECK(times.fp32_s.size() == 2);
  CHECK(all_positive(times.fp64_s));
  CHECK(all_positive(times.fp32_s));
  CHECK(device->bytes_in_use() == 0);
}

TEST_CASE("at one element per node an application needs the bytes of the kernels' table") {
  CHECK(operator_bytes(1000, 1000, 8) == 53'000);
  CHECK(operator_bytes(1000, 1000, 4) == 29'000);
  CHECK(operator_bytes(1000, 250, 4) == 25'250);
}

TEST_CASE("the time of the cycles is part of the solve") {
  const auto device = make_test_device();
  const ElasticModel model = model_of(make_block({6, 6, 6}, {1, 1, 1}), {isotropic_material(10000)});
  const Solved solved = solve_case(*device, model, strained("axial", -0.01), tight_settings(1e-6));
  CHECK(solved.solve.cycle_s > 0);
  CHECK(solved.solve.cycle_s < solved.solve.solve_s);
}
