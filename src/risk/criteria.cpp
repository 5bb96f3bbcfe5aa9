// SPDX-License-Identifier: Apache-2.0
// The table of failure criteria, and risk maps from it. A new criterion is one row of criterion_rows() and one body.
#include "osteon/risk/criteria.hpp"

#include <algorithm>
#include <cmath>

#include "criteria_body.hpp"
#include "osteon/core/error.hpp"
#include "osteon/mechanics/order_statistics.hpp"

namespace osteon {

namespace {

using Parameters = std::vector<Criterion::Parameter>;

struct CriterionRow {
  Criterion criterion;
  /// The field the body reads, and values per element in it; for the check that it was computed.
  bool (*has_input)(const ElementFields& fields);
  double (*risk)(const ElementFields& fields, std::size_t element, const Parameters& parameters);
};

const std::vector<CriterionRow>& criterion_rows() {
  static const std::vector<CriterionRow> rows = {
      {{"ees",
        "RF = sqrt(2 U / E) / critical_strain",
        "Pistoia et al. 2002, Bone 30:842; 0.007 as in the FAIM manual, section 8.3",
        {{"critical_strain", 0.007, ""}}},
       [](const ElementFields& fields) { return fields.effective_strain.size() == fields.energy_density.size(); },
       [](const ElementFields& fields, std::size_t e, const Parameters& p) {
         return risk::effective_strain_risk(fields.effective_strain[e], p[0].value);
       }},
      {{"pstrain",
        "RF = max(<e1> / tensile_limit, <-e3> / compressive_limit)",
        "Schileo et al. 2008, J Biomech 41:356, limits from Bayraktar et al. 2004, J Biomech 37:27 (recalled, check)",
        {{"tensile_limit", 0.0073, ""}, {"compressive_limit", 0.0104, ""}}},
       [](const ElementFields& fields) { return fields.principal_strain.size() == 3 * fields.energy_density.size(); },
       [](const ElementFields& fields, std::size_t e, const Parameters& p) {
         return risk::principal_strain_risk(fields.principal_strain[3 * e], fields.principal_strain[3 * e + 2],
                                            p[0].value, p[1].value);
       }},
  };
  return rows;
}

const CriterionRow& find_row(const std::string& id) {
  std::string known;
  for (const CriterionRow& row : criterion_rows()) {
    if (row.criterion.id == id) return row;
    known += (known.empty() ? "" : ", ") + row.criterion.id;
  }
  throw UsageError("there is no failure criterion \"" + id + "\"; known are: " + known);
}

/// Parameters in the row's order; each must be there and positive.
void require_parameters(const Criterion& criterion, const Criterion& row) {
  const auto& given = criterion.parameters;
  OSTEON_ASSERT(given.size() == row.parameters.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    OSTEON_ASSERT(given[i].name == row.parameters[i].name);
    if (!(given[i].value > 0) || !std::isfinite(given[i].value))
      throw UsageError("failure criterion \"" + criterion.id + "\": " + given[i].name + " = " +
                       std::to_string(given[i].value) + ", but it must be positive");
  }
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

Criterion find_criterion(const std::string& id) { return find_row(id).criterion; }

std::vector<float> risk_factor(const Criterion& criterion, const ElementFields& fields) {
  const CriterionRow& row = find_row(criterion.id);
  require_parameters(criterion, row.criterion);
  OSTEON_ASSERT(row.has_input(fields));
  const std::int64_t n = static_cast<std::int64_t>(fields.energy_density.size());
  std::vector<float> risk(fields.energy_density.size());
#pragma omp parallel for schedule(static)
  for (std::int64_t e = 0; e < n; ++e)
    risk[e] = static_cast<float>(row.risk(fields, static_cast<std::size_t>(e), criterion.parameters));
  return risk;
}

RiskSummary summarise_risk(const Criterion& criterion, const std::vector<float>& risk, const ElasticModel& model) {
  const MaterialField& material = model.material;
  const std::int64_t n = static_cast<std::int64_t>(risk.size());
  OSTEON_ASSERT(risk.size() == model.mesh->element_count() && material.material_index.size() == risk.size());
  auto counts = [&](std::int64_t e) { return material.materials[material.material_index[e]].in_evaluation_set; };
  std::int64_t members = 0, above = 0;
#pragma omp parallel for schedule(static) reduction(+ : members, above)
  for (std::int64_t e = 0; e < n; ++e)
    if (counts(e)) {
      ++members;
      above += risk[e] >= 1 ? 1 : 0;
    }
  RiskSummary summary;
  summary.criterion = criterion.id;
  if (members == 0) return summary;

  std::vector<double> counted;
  counted.reserve(static_cast<std::size_t>(members));
  std::int64_t most_loaded = -1;
  for (std::int64_t e = 0; e < n; ++e)
    if (counts(e)) {
      counted.push_back(risk[e]);
      if (most_loaded < 0 || risk[e] > risk[most_loaded]) most_loaded = e;
    }
  summary.p98 = percentiles(counted, {98})[0];
  summary.max = risk[most_loaded];
  summary.volume_percent_above_1 = 100 * static_cast<double>(above) / static_cast<double>(members);
  summary.most_loaded_voxel = model.mesh->element_positions()[most_loaded];
  return summary;
}

}  // namespace osteon
