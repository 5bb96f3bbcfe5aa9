// SPDX-License-Identifier: Apache-2.0
// Pistoia failure load on arrays small enough to check by hand.
#include "osteon/risk/pistoia.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "osteon/core/error.hpp"

using namespace osteon;

namespace {

MaterialField materials(std::vector<std::uint8_t> index, std::vector<bool> evaluated = {true}) {
  MaterialField field;
  for (const bool in_set : evaluated) {
    field.materials.emplace_back();
    field.materials.back().in_evaluation_set = in_set;
  }
  field.material_index = std::move(index);
  return field;
}

/// 0.0001, 0.0002, ... in a scrambled order.
std::vector<double> ramp(int count) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(1e-4 * (1 + i * 37 % count));
  return values;
}

PistoiaSettings settings_of(double volume, const std::string& method) {
  PistoiaSettings settings;
  settings.critical_volume_percent = volume;
  settings.method = method;
  return settings;
}

}  // namespace

TEST_CASE("of a hundred ranked elements 2 % is the element of rank 98, counted from 0") {
  const PistoiaResult result =
      pistoia_failure_load(materials(std::vector<std::uint8_t>(100, 0)), ramp(100), -71.5, PistoiaSettings{});

  CHECK(result.ees_at_critical_volume == doctest::Approx(0.0099).epsilon(1e-14));
  CHECK(result.factor == doctest::Approx(0.007 / 0.0099).epsilon(1e-14));
  CHECK(result.failure_load_n == doctest::Approx(71.5 * 0.007 / 0.0099).epsilon(1e-14));
  CHECK(result.failed_percent_by_material == std::vector<double>{100});
  CHECK(result.definition.find("centroid") != std::string::npos);
  CHECK(result.definition.find("2 %") != std::string::npos);
}

TEST_CASE("the rank is cut to an integer: int(N (100 - V) / 100)") {
  // N = 7: int(6.86) = 6, the largest; V = 20: int(5.6) = 5
  const MaterialField field = materials(std::vector<std::uint8_t>(7, 0));
  CHECK(pistoia_failure_load(field, ramp(7), 1, settings_of(2, "n88")).ees_at_critical_volume == doctest::Approx(7e-4));
  CHECK(pistoia_failure_load(field, ramp(7), 1, settings_of(20, "n88")).ees_at_critical_volume ==
        doctest::Approx(6e-4));
  CHECK(pistoia_failure_load(materials({0}), {0.003}, 1, PistoiaSettings{}).ees_at_critical_volume == 0.003);
}

TEST_CASE("the interpolated method is NumPy's linear percentile") {
  const PistoiaResult result =
      pistoia_failure_load(materials(std::vector<std::uint8_t>(100, 0)), ramp(100), 1, settings_of(2, "interpolated"));
  CHECK(result.ees_at_critical_volume == doctest::Approx(1e-4 * (1 + 0.98 * 99)).epsilon(1e-13));
  CHECK(result.definition.find("interpolated") != std::string::npos);
}

TEST_CASE("the table holds critical strains 0.005 ... 0.009 over the ranked strain at 1 ... 7 %") {
  const PistoiaResult result =
      pistoia_failure_load(materials(std::vector<std::uint8_t>(100, 0)), ramp(100), 1, PistoiaSettings{});
  for (int volume = 1; volume <= 7; ++volume)
    for (int strain = 0; strain < 5; ++strain)
      CHECK(result.factor_table[volume - 1][strain] ==
            doctest::Approx((0.005 + 0.001 * strain) / (1e-4 * (101 - volume))).epsilon(1e-13));
  CHECK(result.factor_table[1][2] == doctest::Approx(result.factor).epsilon(1e-14));
}

TEST_CASE("failed tissue is shared out by material, and ties at the critical strain all fail") {
  // ten elements, V = 20 %: rank 8; strains 1 ... 7, 9, 9, 9
  std::vector<double> strain = {1e-3, 2e-3, 3e-3, 4e-3, 5e-3, 6e-3, 7e-3, 9e-3, 9e-3, 9e-3};
  const MaterialField field = materials({0, 0, 1, 1, 0, 1, 0, 0, 1, 1}, {true, true});

  const PistoiaResult result = pistoia_failure_load(field, strain, 1, settings_of(20, "n88"));

  CHECK(result.ees_at_critical_volume == 9e-3);
  CHECK(result.failed_percent_by_material[0] == doctest::Approx(100.0 / 3));
  CHECK(result.failed_percent_by_material[1] == doctest::Approx(200.0 / 3));
}

TEST_CASE("platens and PMMA are never counted") {
  std::vector<double> strain = ramp(100);
  std::vector<std::uint8_t> index(100, 1);
  for (int i = 0; i < 50; ++i) {
    strain.push_back(0.5);  // far beyond the bone
    index.push_back(0);
  }

  const PistoiaResult result = pistoia_failure_load(materials(index, {false, true}), strain, 10, PistoiaSettings{});

  CHECK(result.ees_at_critical_volume == doctest::Approx(0.0099).epsilon(1e-14));
  CHECK(result.failed_percent_by_material == std::vector<double>{0, 100});
}

TEST_CASE("the failure load does not depend on the applied strain or the order, and is linear in critical strain") {
  std::mt19937 random(8);
  std::lognormal_distribution<double> lognormal(-6, 0.7);
  std::vector<double> strain(7087);
  for (double& e : strain) e = lognormal(random);
  const MaterialField field = materials(std::vector<std::uint8_t>(strain.size(), 0));
  for (const std::string method : {"n88", "interpolated"}) {
    PistoiaSettings settings = settings_of(2, method);
    const double load = pistoia_failure_load(field, strain, -10, settings).failure_load_n;

    std::vector<double> tenfold = strain;
    for (double& e : tenfold) e *= 10;
    std::shuffle(tenfold.begin(), tenfold.end(), random);
    CHECK(pistoia_failure_load(field, tenfold, -100, settings).failure_load_n == doctest::Approx(load).epsilon(1e-12));
    CHECK(pistoia_failure_load(field, strain, -20, settings).failure_load_n ==
          doctest::Approx(2 * load).epsilon(1e-14));
    settings.critical_strain *= 3;
    CHECK(pistoia_failure_load(field, strain, -10, settings).failure_load_n ==
          doctest::Approx(3 * load).epsilon(1e-14));
  }
}

TEST_CASE("what cannot be evaluated is an error in words") {
  const MaterialField bone = materials({0, 0, 0}), platen = materials({0, 0, 0}, {false});
  const std::vector<double> strain = {0.001, 0.002, 0.003};
  CHECK_THROWS_AS(pistoia_failure_load(platen, strain, 1, PistoiaSettings{}), InputError);
  CHECK_THROWS_AS(pistoia_failure_load(bone, {0, 0, 0}, 1, PistoiaSettings{}), InputError);
  CHECK_THROWS_AS(pistoia_failure_load(bone, strain, 1, settings_of(0, "n88")), UsageError);
  CHECK_THROWS_AS(pistoia_failure_load(bone, strain, 1, settings_of(100, "n88")), UsageError);
  CHECK_THROWS_AS(pistoia_failure_load(bone, strain, 1, settings_of(2, "median")), UsageError);
  PistoiaSettings negative;
  negative.critical_strain = -0.007;
  CHECK_THROWS_AS(pistoia_failure_load(bone, strain, 1, negative), UsageError);
}
