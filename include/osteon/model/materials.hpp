// SPDX-License-Identifier: Apache-2.0
// What the bone is made of: elastic laws by label, modulus by density, each with its source.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kernels/element/elasticity.hpp"
#include "osteon/image/voxel_image.hpp"
#include "osteon/model/voxel_mesh.hpp"

namespace osteon {

/// Density a law expects; conversions between them are laws of their own (k2hpo4_to_ash).
enum class DensityKind { none, ash_g_cm3, apparent_g_cm3, qct_g_cm3, mgha_cm3, grey };

/// A named law from density (or grey value) to Young's modulus in MPa, with the text it comes from.
struct ModulusLaw {
  std::string id;       ///< "kopperdahl_vertebra", "power", "linear", ...
  std::string formula;  ///< printed: "E = 2980 rho^1.05"
  std::string source;   ///< printed; ends in "(recalled, check)" where the reference says so
  DensityKind density = DensityKind::none;
  double scale = 1;  ///< image value * scale + offset -> the law's density (e.g. mg -> g: 1e-3)
  double offset = 0;
  double coefficient = 0, exponent = 1, constant = 0;  ///< E = max(0, constant + coefficient rho^exponent)
  double minimum_mpa = 0;                              ///< lower bound of E; voxels that would have none keep this
  double maximum_mpa = 0;                              ///< 0 = no bound

  /// Bounded modulus. A density below zero counts as zero in a power law (exponent other than 1); NaN stays NaN.
  double modulus_mpa(double image_value) const;
};

/// Floor of every law made here: about the stiffness of marrow, below 1 % of the softest trabecular bone. It keeps a
/// voxel in the model whose density gives no modulus (fat, noise); how many there are is in MaterialField::notes.
/// A law whose minimum_mpa is set to 0 makes such a voxel an error instead.
inline constexpr double k_default_minimum_modulus_mpa = 1.0;

/// The published laws, by id. Laws in g/cm3 expect an image in mg/cm3 of the same kind of density (scale 1e-3).
const std::vector<ModulusLaw>& published_modulus_laws();
/// Throws UsageError listing the ids.
const ModulusLaw& published_modulus_law(const std::string& id);

/// E = constant + coefficient rho^exponent of the image value as it is; set scale and offset for another unit.
ModulusLaw make_power_law(double coefficient, double exponent, double constant = 0);
/// E = intercept + slope rho of the image value as it is.
ModulusLaw make_linear_law(double slope, double intercept);

/// A published conversion between two densities in mg/cm3: result = intercept + slope * image value.
struct DensityConversion {
  std::string id;  ///< "k2hpo4_to_ash"
  std::string formula;
  std::string source;
  DensityKind result = DensityKind::none;
  double slope = 1, intercept = 0;
};
const std::vector<DensityConversion>& published_density_conversions();
/// Throws UsageError listing the ids.
const DensityConversion& published_density_conversion(const std::string& id);
/// The same law for an image that the conversion must be applied to first. Throws UsageError when the law does not
/// expect what the conversion gives.
ModulusLaw with_density_conversion(const ModulusLaw& law, const DensityConversion& conversion);

/// One line for the log: formula, density, unit factors, bounds, source.
std::string describe(const ModulusLaw& law);

/// Material::label that stands for every label > 0 without a material of its own.
inline constexpr int k_any_label = -1;

/// One material: a label, a law, a Poisson's ratio.
struct Material {
  int label = 1;  ///< image label it applies to, or k_any_label
  std::string name = "bone";
  double youngs_modulus_mpa = 0;  ///< ignored when `law` or `orthotropic` is set
  double poisson_ratio = 0.3;
  std::optional<ModulusLaw> law;                    ///< per-voxel modulus from the grey image
  std::optional<OrthotropicConstants> orthotropic;  ///< with a law: the law gives E_x, these only the ratios to it
  bool in_evaluation_set = true;                    ///< false for PMMA and platens: never counted in risk sets
  std::string source;                               ///< of the numbers, printed
};

/// Elasticity of every element, stored as the solver wants it: a palette of unit laws and a modulus.
/// stiffness of element e = modulus_mpa[e] * palette[palette_index[e]].
struct MaterialField {
  std::vector<Material> materials;           ///< as given, in case-file order
  std::vector<std::uint8_t> material_index;  ///< per element, into `materials`
  std::vector<Elasticity> palette;           ///< laws for unit modulus (orthotropic: E_x = 1), at most 256
  std::vector<std::uint8_t> palette_index;   ///< per element, into `palette`
  std::vector<float> modulus_mpa;            ///< per element, > 0 (orthotropic: E_x); float as stored on the device
  bool moduli_given = false;                 ///< by an image or a file; laws and moduli of `materials` are not used
  std::vector<std::string> notes;            ///< for the log: laws used, voxels at a bound, labels that do not occur

  Elasticity elasticity(std::uint32_t element) const;
};

/// Assigns materials by label and laws by the grey value. `labels` and `grey` share the mesh's grid; `grey` may be null
/// when no material has a law. `modulus_image` (MPa, same grid), when given, overrides every modulus.
/// Materials that differ in modulus only share a palette entry. A material whose label does not occur is allowed (one
/// case file serves scans with and without cortex) and noted. Parallel over elements.
/// Throws InputError / UsageError: a label without material, negative modulus, nu >= 0.5 or <= -1, not positive
/// definite, two materials for one label, more than 256 materials, NaN anywhere.
MaterialField assign_materials(const VoxelMesh& mesh, const VoxelImage& labels, const VoxelImage* grey,
                               const VoxelImage* modulus_image, const std::vector<Material>& materials);

/// The field of a model read back from a file: `material_index` and `modulus_mpa` (may be empty: not known) per
/// element.
MaterialField restore_materials(const std::vector<Material>& materials, std::vector<std::uint8_t> material_index,
                                std::vector<float> modulus_mpa);

}  // namespace osteon
