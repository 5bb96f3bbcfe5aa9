// SPDX-License-Identifier: Apache-2.0
// Failure load by Pistoia et al. 2002 (Bone 30:842) as the FAIM tools define it.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "osteon/model/materials.hpp"

namespace osteon {

struct PistoiaSettings {
  double critical_strain = 0.007;
  double critical_volume_percent = 2.0;
  std::string method = "n88";  ///< "n88": ranked element; "interpolated": linear percentile
};

struct PistoiaResult {
  PistoiaSettings settings;
  std::string definition;             ///< one sentence for the report, centroid energy named
  double ees_at_critical_volume = 0;  ///< e*
  double factor = 0;                  ///< critical_strain / e*
  double failure_load_n = 0;          ///< |reaction| * factor
  /// Table of factors: rows critical volume 1..7 %, columns critical strain 0.005 .. 0.009; 0 where the tissue at that
  /// volume carries no strain.
  std::array<std::array<double, 5>, 7> factor_table{};
  /// Share of the failed elements (effective strain >= e*) by material, in the order of MaterialField::materials,
  /// percent.
  std::vector<double> failed_percent_by_material;
};

/// `effective_strain` per element; only elements of materials in the evaluation set count. `reaction_n` is the
/// reaction on the loaded end along the case's direction. Throws InputError when the evaluation set is empty or
/// unloaded, UsageError for settings out of range. Torsion: pass the moment; the factor is then not validated.
PistoiaResult pistoia_failure_load(const MaterialField& material, const std::vector<double>& effective_strain,
                                   double reaction_n, const PistoiaSettings& settings);

}  // namespace osteon
