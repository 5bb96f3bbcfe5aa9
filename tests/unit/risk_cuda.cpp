// SPDX-License-Identifier: Apache-2.0
// The GPU's risk factors against the CPU's. Skipped where there is no GPU.
#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "kernels/risk/criteria_list.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/risk/criteria.hpp"
#include "support/backend.hpp"

using namespace osteon;
using namespace osteon::test;

TEST_CASE("risk factors of every criterion on the GPU are the CPU's") {
  constexpr std::size_t n = 100003;
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  std::vector<double> effective(n);
  std::vector<float> principal(3 * n), stress(6 * n), modulus(n), density(n);
  for (double& value : effective) value = std::fabs(0.005 * normal(random));
  for (float& value : principal) value = 0.005f * normal(random);
  for (float& value : stress) value = 40 * normal(random);
  for (float& value : modulus) value = 100 + 10000 * std::fabs(normal(random));
  for (float& value : density) value = 0.1f + std::fabs(normal(random));

  const auto& criteria = known_criteria();
  std::vector<std::vector<float>> expected(criteria.size(), std::vector<float>(n));
  kernels::RiskMaps maps;
  maps.needs = ~0u;
  for (std::size_t c = 0; c < criteria.size(); ++c) {
    kernels::RiskMap& map = maps.map[maps.count++];
    map.criterion = static_cast<int>(c);
    for (std::size_t i = 0; i < criteria[c].parameters.size(); ++i) map.parameters[i] = criteria[c].parameters[i].value;
    map.risk = expected[c].data();
  }
  kernels::cpu::evaluate_risk({n, effective.data(), principal.data(), stress.data(), modulus.data(), density.data()},
                              maps);

  const auto device = make_test_device();
  const Buffer<double> d_effective(*device, effective);
  const Buffer<float> d_principal(*device, principal), d_stress(*device, stress), d_modulus(*device, modulus),
      d_density(*device, density);
  Buffer<float> d_risk(*device, criteria.size() * n);
  for (std::size_t c = 0; c < criteria.size(); ++c) maps.map[c].risk = d_risk.data() + c * n;
  kernels::cuda::evaluate_risk(
      {n, d_effective.data(), d_principal.data(), d_stress.data(), d_modulus.data(), d_density.data()}, maps);
  const std::vector<float> found = d_risk.to_host();
  for (std::size_t c = 0; c < criteria.size(); ++c)
    for (std::size_t e = 0; e < n; ++e)
      REQUIRE(std::fabs(found[c * n + e] - expected[c][e]) <= 1e-5f * (1 + expected[c][e]));
}
