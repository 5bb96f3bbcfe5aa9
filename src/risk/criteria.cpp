// SPDX-License-Identifier: Apache-2.0
// The criteria of kernels/risk as a table, and risk maps from them.
#include "osteon/risk/criteria.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "ash_density.hpp"
#include "kernels/risk/criteria_list.hpp"
#include "osteon/core/error.hpp"

namespace osteon {

namespace {

struct CriterionRow {
  Criterion criterion;
  unsigned needs;
};

/// In the order of kernels::FailureCriteria.
const std::vector<CriterionRow>& criterion_rows() {
  static const std::vector<CriterionRow> rows = [] {
    std::vector<CriterionRow> list;
    kernels::FailureCriteria::for_each([&](auto type) {
      using Type = decltype(type);
      static_assert(std::size(Type::k_parameters) <= kernels::k_most_risk_parameters);
      CriterionRow row{{Type::k_id, Type::k_formula, Type::k_source, {}}, Type::k_needs};
      for (const kernels::RiskParameter& p : Type::k_parameters)
        row.criterion.parameters.push_back({p.name, p.value, p.unit, p.doc, p.low, p.high, p.low_open});
      list.push_back(std::move(row));
    });
    return list;
  }();
  return rows;
}

int place_of(const std::string& id) {
  const std::vector<CriterionRow>& rows = criterion_rows();
  std::string known;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].criterion.id == id) return static_cast<int>(i);
    known += (known.empty() ? "" : ", ") + rows[i].criterion.id;
  }
  throw UsageError("there is no failure criterion \"" + id + "\"; known are: " + known);
}

unsigned needs_of(const Criterion& criterion) {
  return criterion_rows()[static_cast<std::size_t>(place_of(criterion.id))].needs;
}

unsigned needs_of(const std::vector<Criterion>& criteria) {
  unsigned needs = 0;
  for (const Criterion& criterion : criteria) needs |= needs_of(criterion);
  return needs;
}

/// Parameters in the row's order; each must be there and in its range.
void require_parameters(const Criterion& criterion) {
  const Criterion& row = criterion_rows()[static_cast<std::size_t>(place_of(criterion.id))].criterion;
  const auto& given = criterion.parameters;
  OSTEON_ASSERT(given.size() == row.parameters.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const Criterion::Parameter& allowed = row.parameters[i];
    OSTEON_ASSERT(given[i].name == allowed.name);
    const double value = given[i].value;
    const bool above = allowed.low_open ? value > allowed.low : value >= allowed.low;
    if (above && value <= allowed.high && std::isfinite(value)) continue;
    throw UsageError(fmt::format("failure criterion \"{}\": {} = {:g}, but it must be {} {:g}{}", criterion.id,
                                 given[i].name, value, allowed.low_open ? "above" : "at least", allowed.low,
                                 std::isfinite(allowed.high) ? fmt::format(" and at most {:g}", allowed.high) : ""));
  }
}

const Criterion* find_density_criterion(const std::vector<Criterion>& criteria) {
  const auto found = std::find_if(criteria.begin(), criteria.end(), [](const Criterion& criterion) {
    return (needs_of(criterion) & kernels::k_needs_ash_density) != 0;
  });
  return found == criteria.end() ? nullptr : &*found;
}

kernels::RiskInput risk_input(unsigned needs, const ElementFields& fields, const MaterialField& material,
                              const std::vector<float>& density) {
  kernels::RiskInput input;
  const std::size_t n = input.count = material.material_index.size();
  OSTEON_ASSERT(!(needs & kernels::k_needs_effective_strain) || fields.effective_strain.size() == n);
  OSTEON_ASSERT(!(needs & kernels::k_needs_principal_strain) || fields.principal_strain.size() == 3 * n);
  OSTEON_ASSERT(!(needs & kernels::k_needs_stress) || fields.stress.size() == 6 * n);
  OSTEON_ASSERT(!(needs & kernels::k_needs_modulus) || material.modulus_mpa.size() == n);
  input.effective_strain = fields.effective_strain.data();
  input.principal_strain = fields.principal_strain.data();
  input.stress = fields.stress.data();
  input.modulus_mpa = material.modulus_mpa.data();
  input.ash_density_g_cm3 = density.data();
  return input;
}

}  // namespace

const std::vector<Criterion>& known_criteria() {
  static const std::vector<Criterion> criteria = [] {
    std::vector<Criterion> list;
    for (const CriterionRow& row : criterion_rows()) list.push_back(row.criterion);
    return list;
  }();
  return criteria;
}

Criterion find_criterion(const std::string& id) { return known_criteria()[static_cast<std::size_t>(place_of(id))]; }

FieldRequest with_fields_for(const std::vector<Criterion>& criteria, FieldRequest request) {
  const unsigned needs = needs_of(criteria);
  request.principal = request.principal || (needs & kernels::k_needs_principal_strain) != 0;
  request.stress = request.stress || (needs & kernels::k_needs_stress) != 0;
  return request;
}

std::vector<std::string> fields_read_by(const Criterion& criterion) {
  const unsigned needs = needs_of(criterion);
  std::vector<std::string> names;
  if (needs & kernels::k_needs_effective_strain) names.emplace_back("EffectiveStrain");
  if (needs & kernels::k_needs_principal_strain) names.emplace_back("PrincipalStrain");
  if (needs & kernels::k_needs_stress) names.emplace_back("Stress");
  return names;
}

bool reads_modulus(const Criterion& criterion) {
  return (needs_of(criterion) & (kernels::k_needs_modulus | kernels::k_needs_ash_density)) != 0;
}

std::vector<std::string> check_criteria(const std::vector<Criterion>& criteria, const MaterialField& material) {
  if (criteria.size() > static_cast<std::size_t>(kernels::k_most_risk_maps))
    throw UsageError(fmt::format("there are {} failure criteria; at most {} can be evaluated at once", criteria.size(),
                                 kernels::k_most_risk_maps));
  for (const Criterion& criterion : criteria) require_parameters(criterion);
  const Criterion* density = find_density_criterion(criteria);
  return density == nullptr ? std::vector<std::string>{} : notes_on_ash_density(material, *density);
}

std::vector<std::vector<float>> risk_factors(const std::vector<Criterion>& criteria, const ElementFields& fields,
                                             const MaterialField& material) {
  check_criteria(criteria, material);
  const unsigned needs = needs_of(criteria);
  std::vector<float> density;
  if (const Criterion* criterion = find_density_criterion(criteria)) density = ash_density_g_cm3(material, *criterion);
  const kernels::RiskInput input = risk_input(needs, fields, material, density);
  std::vector<std::vector<float>> risk;
  kernels::RiskMaps maps;
  maps.needs = needs;
  for (const Criterion& criterion : criteria) {
    kernels::RiskMap& map = maps.map[maps.count++];
    map.criterion = place_of(criterion.id);
    for (std::size_t i = 0; i < criterion.parameters.size(); ++i) map.parameters[i] = criterion.parameters[i].value;
    map.risk = risk.emplace_back(input.count).data();
  }
  kernels::cpu::evaluate_risk(input, maps);
  return risk;
}

}  // namespace osteon
