// SPDX-License-Identifier: Apache-2.0
#include "ash_density.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

double value_of(const Criterion& criterion, const char* name) {
  const auto found = std::find_if(criterion.parameters.begin(), criterion.parameters.end(),
                                  [&](const Criterion::Parameter& p) { return p.name == name; });
  OSTEON_ASSERT(found != criterion.parameters.end());
  return found->value;
}

/// E = coefficient rho^exponent, to be read backwards.
struct PowerLaw {
  double coefficient, exponent;
};

bool has_ash_law(const MaterialField& field, const Material& m) {
  return !field.moduli_given && m.law && m.law->density == DensityKind::ash_g_cm3 && m.law->coefficient > 0 &&
         m.law->constant == 0;
}

PowerLaw law_backwards(const MaterialField& field, const Material& m, const Criterion& criterion) {
  if (has_ash_law(field, m)) return {m.law->coefficient, m.law->exponent};
  return {value_of(criterion, "modulus_mpa"), value_of(criterion, "modulus_exponent")};
}

/// True for the materials whose elements all have the same modulus.
std::vector<bool> have_one_modulus(const MaterialField& field) {
  std::vector<bool> one(field.materials.size(), true);
  std::vector<float> first(field.materials.size(), 0);
  for (std::size_t e = 0; e < field.modulus_mpa.size(); ++e) {
    const std::uint8_t m = field.material_index[e];
    if (first[m] == 0) first[m] = field.modulus_mpa[e];
    if (field.modulus_mpa[e] != first[m]) one[m] = false;
  }
  return one;
}

std::string note_of(const MaterialField& field, const Material& m, bool one_modulus, const Criterion& criterion) {
  if (has_ash_law(field, m))
    return fmt::format("{}: ash density of {} from its law {}, read backwards", criterion.id, m.name, m.law->id);
  const PowerLaw law = law_backwards(field, m, criterion);
  const std::string from = fmt::format("from its modulus through E = {:g} rho^{:g}", law.coefficient, law.exponent);
  if (one_modulus)
    return fmt::format(
        "{}: {} has one modulus and no density; the ash density is {} (recalled, check), the same in every voxel, so "
        "that the map is von Mises stress over one strength",
        criterion.id, m.name, from);
  return fmt::format("{}: {} has no law for ash density; it is {} (recalled, check), not from the image", criterion.id,
                     m.name, from);
}

}  // namespace

std::vector<std::string> notes_on_ash_density(const MaterialField& field, const Criterion& criterion) {
  std::vector<std::string> notes;
  const std::vector<bool> one_modulus = have_one_modulus(field);
  for (std::size_t i = 0; i < field.materials.size(); ++i) {
    const Material& m = field.materials[i];
    if (!m.in_evaluation_set) continue;
    if (m.orthotropic)
      throw UsageError(fmt::format(
          "failure criterion \"{}\" needs an ash density, and material '{}' is orthotropic: none follows from three "
          "moduli. Leave {} out of risk.criteria, or set evaluate = false for this material",
          criterion.id, m.name, criterion.id));
    notes.push_back(note_of(field, m, one_modulus[i], criterion));
  }
  return notes;
}

std::vector<float> ash_density_g_cm3(const MaterialField& field, const Criterion& criterion) {
  std::vector<PowerLaw> laws;
  for (const Material& m : field.materials) laws.push_back(law_backwards(field, m, criterion));
  const std::int64_t n = static_cast<std::int64_t>(field.material_index.size());
  OSTEON_ASSERT(field.modulus_mpa.size() == field.material_index.size());
  std::vector<float> density(field.material_index.size());
#pragma omp parallel for schedule(static)
  for (std::int64_t e = 0; e < n; ++e) {
    const PowerLaw& law = laws[field.material_index[e]];
    density[e] = static_cast<float>(std::pow(field.modulus_mpa[e] / law.coefficient, 1 / law.exponent));
  }
  return density;
}

}  // namespace osteon
