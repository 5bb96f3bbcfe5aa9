// SPDX-License-Identifier: Apache-2.0
// The key table agrees with itself and with the rooms it speaks for.
#include "case_keys.hpp"

#include <doctest/doctest.h>

#include <set>

#include "osteon/risk/criteria.hpp"

using namespace osteon::app;

TEST_CASE("no key stands twice in the table") {
  std::set<std::string> seen;
  for (const CaseKey& key : case_keys()) {
    CAPTURE(key.name);
    CHECK(seen.insert(std::string(key.section) + "." + key.name).second);
  }
}

TEST_CASE("the keys of a section stand together") {
  const auto sections = case_sections();
  CHECK(std::set<std::string>(sections.begin(), sections.end()).size() == sections.size());
}

TEST_CASE("every criterion and its parameters have their keys, with the same defaults") {
  for (const osteon::Criterion& criterion : osteon::known_criteria()) {
    CHECK(std::string(find_key("risk", "criteria")->choices).find(criterion.id) != std::string::npos);
    for (const auto& parameter : criterion.parameters) {
      const CaseKey* key = find_key("risk." + criterion.id, parameter.name);
      REQUIRE(key != nullptr);
      CHECK(std::stod(key->default_value) == parameter.value);
    }
  }
}

TEST_CASE("the nearest name is found for a slip, a beginning and nothing at all") {
  CHECK(nearest_name("tolerence", keys_of("solver")) == "tolerance");
  CHECK(nearest_name("tol", keys_of("solver")) == "tolerance");
  CHECK(nearest_name("youngs_modulus", keys_of("materials.*")) == "youngs_modulus_mpa");
  CHECK(nearest_name("zzzzzzzzzzzz", keys_of("solver")).empty());
}

TEST_CASE("open and closed bounds of a range are honoured") {
  const KeyRange& poisson = find_key("materials.*", "poisson_ratio")->range;
  CHECK(in_range(poisson, 0.49));
  CHECK_FALSE(in_range(poisson, 0.5));
  CHECK_FALSE(in_range(poisson, -1));
  CHECK_FALSE(in_range(poisson, std::numeric_limits<double>::quiet_NaN()));
  CHECK(in_range(find_key("output", "gzip_level")->range, 9));
}
