// SPDX-License-Identifier: Apache-2.0
// Means, deviations and percentiles against values computed by hand, by sorting, and by NumPy.
#include <doctest/doctest.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "osteon/mechanics/fields.hpp"
#include "osteon/mechanics/order_statistics.hpp"

using namespace osteon;

TEST_CASE("statistics of four numbers are NumPy's") {
  const FieldStatistics s = field_statistics({4, 1, 3, 2}, "MPa");

  CHECK(s.unit == "MPa");
  CHECK(s.mean == 2.5);
  CHECK(s.sd == doctest::Approx(1.118033988749895).epsilon(1e-15));
  CHECK(s.p95 == doctest::Approx(3.85).epsilon(1e-15));
  CHECK(s.p98 == doctest::Approx(3.94).epsilon(1e-15));
  CHECK(s.max == 4);
}

TEST_CASE("one value is all its statistics, and no value gives zeros") {
  const FieldStatistics one = field_statistics({-3}, "");
  CHECK(one.mean == -3);
  CHECK(one.sd == 0);
  CHECK(one.p95 == -3);
  CHECK(one.max == -3);
  CHECK(field_statistics({}, "").max == 0);
}

TEST_CASE("ranked values equal sorting, with negatives, ties, zeros of both signs and infinities") {
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  std::vector<double> values;
  for (int i = 0; i < 20011; ++i) values.push_back(i % 5 == 0 ? 0.25 : std::exp(8 * normal(random)) * normal(random));
  for (int i = 0; i < 50; ++i) values.push_back(i % 2 == 0 ? 0.0 : -0.0);
  values.push_back(std::numeric_limits<double>::infinity());
  values.push_back(-std::numeric_limits<double>::infinity());
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::uint64_t> ranks;
  for (std::size_t k = 0; k < values.size(); k += 97) ranks.push_back(k);
  ranks.push_back(values.size() - 1);

  const std::vector<double> ranked = order_statistics(values, ranks);

  for (std::size_t i = 0; i < ranks.size(); ++i) CHECK(ranked[i] == sorted[ranks[i]]);
}

TEST_CASE("a NaN ranks above everything") {
  const std::vector<double> ranked = order_statistics({1, std::nan(""), -std::nan(""), 5}, {0, 1, 2, 3});
  CHECK(ranked[0] == 1);
  CHECK(ranked[1] == 5);
  CHECK(std::isnan(ranked[2]));
  CHECK(std::isnan(ranked[3]));
}

TEST_CASE("statistics have the same digits for any number of threads") {
  std::mt19937 random(3);
  std::lognormal_distribution<double> lognormal;
  std::vector<double> values(100003);
  for (double& v : values) v = lognormal(random);
  const int threads = omp_get_max_threads();
  omp_set_num_threads(1);
  const FieldStatistics one = field_statistics(values, "");
  omp_set_num_threads(7);
  const FieldStatistics seven = field_statistics(values, "");
  omp_set_num_threads(threads);

  CHECK(one.mean == seven.mean);
  CHECK(one.sd == seven.sd);
  CHECK(one.p98 == seven.p98);
}
