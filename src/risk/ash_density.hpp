// SPDX-License-Identifier: Apache-2.0
// Ash density of every element, for strengths that follow from it.
#pragma once

#include <string>
#include <vector>

#include "osteon/risk/criteria.hpp"

namespace osteon {

/// g/cm3. A material whose law expects ash density gives it back through that law, the bounds of its modulus included;
/// every other isotropic material through E = modulus_mpa rho^modulus_exponent, parameters of `criterion`. Excluded
/// materials count as the others. Throws UsageError for an orthotropic material of the evaluation set: it has no one
/// modulus.
std::vector<float> ash_density_g_cm3(const MaterialField& material, const Criterion& criterion);

/// Where the density of each evaluated material comes from, one sentence each; throws likewise.
std::vector<std::string> notes_on_ash_density(const MaterialField& material, const Criterion& criterion);

}  // namespace osteon
