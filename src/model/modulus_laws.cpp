// SPDX-License-Identifier: Apache-2.0
// Named laws from density to Young's modulus, and conversions between densities, each with its source.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/model/materials.hpp"

namespace osteon {

namespace {

constexpr const char* k_morgan_source = "Morgan, Bayraktar, Keaveny 2003, J Biomech 36:897";
constexpr const char* k_xct_source = "MacNeil & Boyd 2008, Whittier et al. 2018 (recalled, check)";

const char* density_text(DensityKind kind) {
  switch (kind) {
    case DensityKind::none:
      return "no density";
    case DensityKind::ash_g_cm3:
      return "ash density in g/cm3";
    case DensityKind::apparent_g_cm3:
      return "apparent density in g/cm3";
    case DensityKind::qct_g_cm3:
      return "QCT density in g/cm3";
    case DensityKind::mgha_cm3:
      return "density in mgHA/cm3";
    case DensityKind::grey:
      return "image value";
  }
  return "unknown density";
}

ModulusLaw law(const char* id, DensityKind density, double constant, double coefficient, double exponent,
               const char* formula, const char* source) {
  ModulusLaw m;
  m.id = id;
  m.formula = formula;
  m.source = source;
  m.density = density;
  const bool in_gram =
      density == DensityKind::ash_g_cm3 || density == DensityKind::apparent_g_cm3 || density == DensityKind::qct_g_cm3;
  m.scale = in_gram ? 1e-3 : 1;
  m.coefficient = coefficient;
  m.exponent = exponent;
  m.constant = constant;
  m.minimum_mpa = k_default_minimum_modulus_mpa;
  return m;
}

template <class Entry>
const Entry& find_by_id(const std::vector<Entry>& entries, const std::string& id, const char* what, const char* more) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.id == id; });
  if (found != entries.end()) return *found;
  std::string known;
  for (const Entry& e : entries) known += (known.empty() ? "" : ", ") + e.id;
  throw UsageError(fmt::format("no {} is called '{}'; there are {}{}", what, id, known, more));
}

}  // namespace

double ModulusLaw::modulus_mpa(double image_value) const {
  double density_value = image_value * scale + offset;
  if (std::isnan(density_value)) return density_value;
  if (exponent != 1) density_value = std::max(density_value, 0.0);
  const double modulus = coefficient == 0 ? constant : constant + coefficient * std::pow(density_value, exponent);
  const double bounded = std::max({modulus, minimum_mpa, 0.0});
  return maximum_mpa > 0 ? std::min(bounded, maximum_mpa) : bounded;
}

const std::vector<ModulusLaw>& published_modulus_laws() {
  using K = DensityKind;
  static const std::vector<ModulusLaw> laws = {
      law("morgan_vertebra", K::apparent_g_cm3, 0, 4730, 1.56, "E = 4730 rho^1.56", k_morgan_source),
      law("morgan_tibia", K::apparent_g_cm3, 0, 15490, 1.93, "E = 15490 rho^1.93", k_morgan_source),
      law("morgan_troch", K::apparent_g_cm3, 0, 15010, 2.18, "E = 15010 rho^2.18", k_morgan_source),
      law("morgan_neck", K::apparent_g_cm3, 0, 6850, 1.49, "E = 6850 rho^1.49", k_morgan_source),
      law("kopperdahl_vertebra", K::qct_g_cm3, 0, 2980, 1.05, "E = 2980 rho^1.05",
          "Kopperdahl, Morgan, Keaveny 2002, J Orthop Res 20:801"),
      law("crawford_voxel", K::qct_g_cm3, -34.7, 3230, 1, "E = max(0, -34.7 + 3230 rho)",
          "Crawford, Cann, Keaveny 2003, Bone 33:744"),
      law("keller", K::ash_g_cm3, 0, 10500, 2.29, "E = 10500 rho^2.29", "Keller 1994, J Biomech 27:1159"),
      law("keyak", K::ash_g_cm3, 0, 14900, 1.86, "E = 14900 rho^1.86", "Keyak et al. 1994, 1998 (recalled, check)"),
      law("homogeneous_xct1", K::none, 6829, 0, 1, "E = 6829", k_xct_source),
      law("homogeneous_xct2", K::none, 8748, 0, 1, "E = 8748", k_xct_source),
      law("cox", K::mgha_cm3, 0, 20000.0 / 1100, 1, "E = 20000 / 1100 rho",
          "ciclope example 1: E_ref 20 GPa at 1100 mgHA/cm3"),
  };
  return laws;
}

const ModulusLaw& published_modulus_law(const std::string& id) {
  return find_by_id(published_modulus_laws(), id, "published modulus law",
                    "; or give your own numbers with power or linear");
}

ModulusLaw make_power_law(double coefficient, double exponent, double constant) {
  ModulusLaw m;
  m.id = "power";
  m.formula = constant == 0 ? fmt::format("E = {:.6g} rho^{:.6g}", coefficient, exponent)
                            : fmt::format("E = max(0, {:.6g} + {:.6g} rho^{:.6g})", constant, coefficient, exponent);
  m.source = "given by the user";
  m.density = DensityKind::grey;
  m.coefficient = coefficient;
  m.exponent = exponent;
  m.constant = constant;
  m.minimum_mpa = k_default_minimum_modulus_mpa;
  return m;
}

ModulusLaw make_linear_law(double slope, double intercept) {
  ModulusLaw m = make_power_law(slope, 1, intercept);
  m.id = "linear";
  m.formula = fmt::format("E = max(0, {:.6g} + {:.6g} rho)", intercept, slope);
  return m;
}

const std::vector<DensityConversion>& published_density_conversions() {
  static const std::vector<DensityConversion> conversions = {
      {"k2hpo4_to_ash", "rho_ash = 1.06 rho_K2HPO4 + 38.9 (mg/cm3)", "Keyak et al. 1994, J Biomed Mater Res 28:1329",
       DensityKind::ash_g_cm3, 1.06, 38.9},
  };
  return conversions;
}

const DensityConversion& published_density_conversion(const std::string& id) {
  return find_by_id(published_density_conversions(), id, "density conversion", "");
}

ModulusLaw with_density_conversion(const ModulusLaw& law, const DensityConversion& conversion) {
  if (law.density != conversion.result)
    throw UsageError(fmt::format("the density conversion '{}' gives {}, but the modulus law '{}' expects {}",
                                 conversion.id, density_text(conversion.result), law.id, density_text(law.density)));
  ModulusLaw m = law;
  m.offset = law.scale * conversion.intercept + law.offset;
  m.scale = law.scale * conversion.slope;
  m.formula += ", " + conversion.formula;
  m.source += "; " + conversion.source;
  return m;
}

std::string describe(const ModulusLaw& law) {
  std::string text = fmt::format("{}: {} MPa", law.id, law.formula);
  if (law.coefficient != 0) {
    text += fmt::format(", rho = {}", density_text(law.density));
    if (law.scale != 1 || law.offset != 0) text += fmt::format(" = {:.6g} * image value", law.scale);
    if (law.offset != 0) text += fmt::format(" + {:.6g}", law.offset);
    if (law.minimum_mpa > 0) text += fmt::format(", at least {:.6g} MPa", law.minimum_mpa);
    if (law.maximum_mpa > 0) text += fmt::format(", at most {:.6g} MPa", law.maximum_mpa);
  }
  return text + ". Source: " + law.source;
}

}  // namespace osteon
