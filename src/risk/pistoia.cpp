// SPDX-License-Identifier: Apache-2.0
// Failure load after Pistoia et al. 2002 (Bone 30:842): the load at which a given share of the tissue exceeds a
// critical effective strain, ranked as the FAIM tools do (n88tools 10, pistoia).
#include "osteon/risk/pistoia.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "osteon/core/error.hpp"
#include "osteon/mechanics/order_statistics.hpp"

namespace osteon {

namespace {

void require_valid(const PistoiaSettings& settings) {
  if (!(settings.critical_strain > 0) || !std::isfinite(settings.critical_strain))
    throw UsageError(fmt::format("Pistoia: critical_strain is {}, but it must be positive (0.007 is usual)",
                                 settings.critical_strain));
  if (!(settings.critical_volume_percent > 0 && settings.critical_volume_percent < 100))
    throw UsageError(
        fmt::format("Pistoia: critical_volume_percent is {}, but it must lie between 0 and 100 (2 is usual)",
                    settings.critical_volume_percent));
  if (settings.method != "n88" && settings.method != "interpolated")
    throw UsageError("Pistoia: there is no method \"" + settings.method + "\"; known are: n88, interpolated");
}

std::vector<double> evaluation_set(const MaterialField& material, const std::vector<double>& effective_strain) {
  OSTEON_ASSERT(material.material_index.size() == effective_strain.size());
  std::vector<double> values;
  values.reserve(effective_strain.size());
  for (std::size_t e = 0; e < effective_strain.size(); ++e)
    if (material.materials[material.material_index[e]].in_evaluation_set) values.push_back(effective_strain[e]);
  if (values.empty())
    throw InputError(
        "Pistoia: no element is left to evaluate; every material of the model is excluded from the evaluation set. "
        "Set in_evaluation_set for the bone");
  return values;
}

/// Effective strain that exactly `volume_percents` of the elements reach or exceed.
std::vector<double> critical_values(const std::vector<double>& values, const std::vector<double>& volume_percents,
                                    const std::string& method) {
  if (method == "interpolated") {
    std::vector<double> percents;
    for (const double volume : volume_percents) percents.push_back(100 - volume);
    return percentiles(values, percents);
  }
  const double n = static_cast<double>(values.size());
  std::vector<std::uint64_t> ranks;  // k = int(N (100 - V) / 100), 0-based, ascending
  for (const double volume : volume_percents) ranks.push_back(static_cast<std::uint64_t>(n * (100 - volume) / 100));
  return order_statistics(values, ranks);
}

std::vector<double> failed_shares(const MaterialField& material, const std::vector<double>& effective_strain,
                                  double critical) {
  std::vector<double> failed(material.materials.size(), 0);
  double all = 0;
  for (std::size_t e = 0; e < effective_strain.size(); ++e) {
    const std::size_t index = material.material_index[e];
    if (!material.materials[index].in_evaluation_set || !(effective_strain[e] >= critical)) continue;
    ++failed[index];
    ++all;
  }
  for (double& share : failed) share *= 100 / all;
  return failed;
}

std::string definition_of(const PistoiaSettings& settings) {
  return fmt::format(
      "Load at which {:g} % of the evaluated tissue reaches an effective strain sqrt(2 U / E) of {:g}, U being the "
      "strain "
      "energy density at the element centroid; {}.",
      settings.critical_volume_percent, settings.critical_strain,
      settings.method == "n88" ? "ranked element int(N (100 - V) / 100) of the ascending order, as the FAIM tools"
                               : "percentile interpolated linearly between ranks");
}

}  // namespace

PistoiaResult pistoia_failure_load(const MaterialField& material, const std::vector<double>& effective_strain,
                                   double reaction_n, const PistoiaSettings& settings) {
  require_valid(settings);
  const std::vector<double> values = evaluation_set(material, effective_strain);
  const std::vector<double> critical =
      critical_values(values, {settings.critical_volume_percent, 1, 2, 3, 4, 5, 6, 7}, settings.method);
  if (!(critical[0] > 0))
    throw InputError(fmt::format(
        "Pistoia: the effective strain at {:g} % of the tissue is {}; is the load zero, or most of the bone unloaded?",
        settings.critical_volume_percent, critical[0]));

  PistoiaResult result;
  result.settings = settings;
  result.definition = definition_of(settings);
  result.ees_at_critical_volume = critical[0];
  result.factor = settings.critical_strain / critical[0];
  result.failure_load_n = std::fabs(reaction_n) * result.factor;
  for (std::size_t volume = 0; volume < 7; ++volume)
    for (std::size_t strain = 0; strain < 5; ++strain)
      result.factor_table[volume][strain] =
          critical[volume + 1] > 0 ? (5 + static_cast<double>(strain)) * 1e-3 / critical[volume + 1] : 0;
  result.failed_percent_by_material = failed_shares(material, effective_strain, critical[0]);
  return result;
}

}  // namespace osteon
