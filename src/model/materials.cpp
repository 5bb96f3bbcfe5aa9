// SPDX-License-Identifier: Apache-2.0
// Gives every element its elastic law and modulus from the label, the grey value or a modulus image.
#include "osteon/model/materials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

constexpr int k_most_materials = 256;  // material_index and palette_index are bytes
constexpr std::uint32_t k_none = 0xffffffffu;

std::string name_of(const Material& m) {
  return m.label == k_any_label ? fmt::format("material '{}' (any label)", m.name)
                                : fmt::format("material '{}' (label {})", m.name, m.label);
}

void check_law(const Material& m) {
  const ModulusLaw& law = *m.law;
  for (const double number :
       {law.scale, law.offset, law.coefficient, law.exponent, law.constant, law.minimum_mpa, law.maximum_mpa})
    if (!std::isfinite(number))
      throw UsageError(fmt::format("{}: the law '{}' holds a number that is not finite", name_of(m), law.id));
  if (law.exponent <= 0)
    throw UsageError(
        fmt::format("{}: the exponent {} of the law '{}' must be above 0", name_of(m), law.exponent, law.id));
  if (law.coefficient != 0 && law.scale == 0)
    throw UsageError(fmt::format("{}: the law '{}' has scale 0, so no voxel's value would count", name_of(m), law.id));
  if (law.minimum_mpa < 0 || law.maximum_mpa < 0 || (law.maximum_mpa > 0 && law.maximum_mpa < law.minimum_mpa))
    throw UsageError(fmt::format("{}: the law '{}' needs 0 <= minimum_mpa <= maximum_mpa; they are {} and {}",
                                 name_of(m), law.id, law.minimum_mpa, law.maximum_mpa));
}

/// The law of a material for unit modulus; checks its Poisson's ratio or orthotropic constants.
Elasticity unit_law(const Material& m) {
  if (!m.orthotropic) {
    if (!(m.poisson_ratio > -1 && m.poisson_ratio < 0.5))
      throw UsageError(fmt::format("{}: Poisson's ratio is {}; it must lie between -1 and 0.5 (both excluded)",
                                   name_of(m), m.poisson_ratio));
    return isotropic_elasticity(1, m.poisson_ratio);
  }
  OrthotropicConstants k = *m.orthotropic;
  const double e = k.e_x;
  for (double* modulus : {&k.e_x, &k.e_y, &k.e_z, &k.g_yz, &k.g_zx, &k.g_xy}) *modulus /= e;
  Elasticity unit;
  const bool finite = std::isfinite(e) && std::isfinite(k.e_y + k.e_z + k.g_yz + k.g_zx + k.g_xy);
  if (!(e > 0) || !finite || !orthotropic_elasticity(k, unit))
    throw UsageError(
        fmt::format("{}: the orthotropic constants are not positive definite; every E and G must be above 0, "
                    "nu_xy^2 below E_x/E_y (and so on), and the compliance matrix positive",
                    name_of(m)));
  return unit;
}

void check_materials(const std::vector<Material>& materials, bool modulus_given) {
  if (materials.empty()) throw UsageError("there is no material; give at least one, e.g. label 1, E 10000 MPa, nu 0.3");
  if (materials.size() > k_most_materials)
    throw UsageError(
        fmt::format("there are {} materials; at most {} can be told apart. Merge labels, or give the "
                    "modulus by a law or a modulus image",
                    materials.size(), k_most_materials));
  std::map<int, const Material*> by_label;
  for (const Material& m : materials) {
    const auto [other, is_new] = by_label.emplace(m.label, &m);
    if (!is_new)
      throw UsageError(fmt::format("{} and '{}' are both for the same label", name_of(*other->second), m.name));
    if (m.label <= 0 && m.label != k_any_label)
      throw UsageError(fmt::format("{}: labels of materials start at 1 (0 is not bone)", name_of(m)));
    if (m.law) check_law(m);
    const double e = m.youngs_modulus_mpa;
    if (!std::isfinite(e) || e < 0 || (e == 0 && !m.law && !m.orthotropic && !modulus_given))
      throw UsageError(fmt::format("{}: Young's modulus is {} MPa; it must be above 0", name_of(m), e));
  }
}

void check_grid(const VoxelMesh& mesh, const VoxelImage& image, const char* what) {
  const Index3 a = image.geometry.size, b = mesh.size();
  if (a == b && static_cast<std::int64_t>(image.values.size()) == b.volume()) return;
  throw InputError(
      fmt::format("the {} has {} x {} x {} voxels ({} values), the mesh {} x {} x {}; both must share one grid", what,
                  a.x, a.y, a.z, image.values.size(), b.x, b.y, b.z));
}

float value_at(const VoxelImage& image, Index3 p) { return image.at(p.x, p.y, p.z); }

std::string voxel_text(Index3 p) { return fmt::format("voxel ({}, {}, {})", p.x, p.y, p.z); }

bool is_same_law(const Elasticity& a, const Elasticity& b) {
  auto near = [](double x, double y) { return std::abs(x - y) <= 1e-12 * std::max(std::abs(x), std::abs(y)); };
  for (int i = 0; i < 3; ++i) {
    if (!near(a.shear[i], b.shear[i])) return false;
    for (int j = 0; j < 3; ++j)
      if (!near(a.normal[i][j], b.normal[i][j])) return false;
  }
  return true;
}

/// Fills the palette and returns the palette entry of every material.
std::vector<std::uint8_t> build_palette(MaterialField& field) {
  std::vector<std::uint8_t> entry_of_material;
  for (const Material& m : field.materials) {
    const Elasticity unit = unit_law(m);
    const auto same = [&](const Elasticity& other) { return is_same_law(unit, other); };
    const auto found = std::find_if(field.palette.begin(), field.palette.end(), same);
    entry_of_material.push_back(static_cast<std::uint8_t>(found - field.palette.begin()));
    if (found == field.palette.end()) field.palette.push_back(unit);
  }
  return entry_of_material;
}

/// From label to material, fast enough to be asked once per element.
class LabelTable {
 public:
  explicit LabelTable(const std::vector<Material>& materials) {
    for (std::size_t m = 0; m < materials.size(); ++m) {
      if (materials[m].label == k_any_label)
        any_ = static_cast<int>(m);
      else
        entries_.emplace_back(materials[m].label, static_cast<int>(m));
    }
    std::sort(entries_.begin(), entries_.end());
  }
  /// Material of a label, -1 when there is none.
  int find(float label) const {
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), label,
                                        [](const auto& e, float l) { return static_cast<float>(e.first) < l; });
    if (found != entries_.end() && static_cast<float>(found->first) == label) return found->second;
    return label > 0 && label == std::floor(label) ? any_ : -1;
  }

 private:
  std::vector<std::pair<int, int>> entries_;
  int any_ = -1;
};

[[noreturn]] void throw_missing_labels(const VoxelMesh& mesh, const VoxelImage& labels, const LabelTable& table) {
  std::map<float, std::int64_t> missing;
  for (const Index3& p : mesh.element_positions()) {
    const float label = value_at(labels, p);
    if (std::isnan(label)) throw InputError("the label image holds NaN at " + voxel_text(p));
    if (table.find(label) < 0) ++missing[label];
  }
  std::string list;
  int listed = 0;
  for (const auto& [label, count] : missing) {
    if (++listed > 10) {
      list += fmt::format(" and {} more labels", missing.size() - 10);
      break;
    }
    list += fmt::format("{}label {} ({} voxels)", listed > 1 ? ", " : "", label, count);
  }
  throw InputError("no material is given for " + list +
                   "; add one per label, or leave these labels out in the preparation");
}

void assign_labels(const VoxelMesh& mesh, const VoxelImage& labels, const std::vector<std::uint8_t>& entry_of_material,
                   MaterialField& field) {
  const LabelTable table(field.materials);
  const std::uint32_t count = mesh.element_count();
  field.material_index.resize(count);
  field.palette_index.resize(count);
  std::int64_t voxels[k_most_materials] = {};
  bool missing = false;
#pragma omp parallel for reduction(+ : voxels[:k_most_materials]) reduction(|| : missing)
  for (std::uint32_t e = 0; e < count; ++e) {
    const int material = table.find(value_at(labels, mesh.element_positions()[e]));
    if (material < 0) {
      missing = true;
      continue;
    }
    field.material_index[e] = static_cast<std::uint8_t>(material);
    field.palette_index[e] = entry_of_material[material];
    ++voxels[material];
  }
  if (missing) throw_missing_labels(mesh, labels, table);
  for (std::size_t m = 0; m < field.materials.size(); ++m)
    if (voxels[m] == 0) field.notes.push_back(name_of(field.materials[m]) + ": no voxel has this label");
}

bool reads_grey(const Material& m) { return m.law && m.law->coefficient != 0; }

double modulus_of(const Material& m, float grey) {
  if (m.law) return m.law->modulus_mpa(grey);
  return m.orthotropic ? m.orthotropic->e_x : m.youngs_modulus_mpa;
}

/// > 0 as it will be stored.
bool is_usable(double modulus) {
  const float stored = static_cast<float>(modulus);
  return stored >= std::numeric_limits<float>::min() && stored <= std::numeric_limits<float>::max();
}

[[noreturn]] void throw_bad_modulus(const MaterialField& field, std::uint32_t e, Index3 p, const VoxelImage* grey) {
  const Material& m = field.materials[field.material_index[e]];
  const float value = grey != nullptr ? value_at(*grey, p) : 0.0f;
  const double modulus = modulus_of(m, value);
  if (reads_grey(m) && !std::isfinite(value))
    throw InputError(
        fmt::format("the grey image holds {} at {}, where {} needs a density", value, voxel_text(p), name_of(m)));
  throw InputError(fmt::format(
      "{} gets E = {} MPa at {}{}; the modulus must be above 0. Give the law a minimum_mpa, or "
      "raise the threshold so that this voxel is not bone",
      name_of(m), modulus, voxel_text(p), reads_grey(m) ? fmt::format(" (image value {})", value) : std::string()));
}

void note_laws(const std::int64_t at_floor[], const std::int64_t at_ceiling[], MaterialField& field) {
  for (std::size_t m = 0; m < field.materials.size(); ++m) {
    const Material& material = field.materials[m];
    if (!material.law) continue;
    std::string note = name_of(material) + ": law " + describe(*material.law);
    if (at_floor[m] > 0) note += fmt::format("; {} voxels at the lower bound", at_floor[m]);
    if (at_ceiling[m] > 0) note += fmt::format("; {} voxels at the upper bound", at_ceiling[m]);
    field.notes.push_back(note);
  }
}

void assign_moduli_by_material(const VoxelMesh& mesh, const VoxelImage* grey, MaterialField& field) {
  const std::uint32_t count = mesh.element_count();
  field.modulus_mpa.resize(count);
  std::int64_t at_floor[k_most_materials] = {}, at_ceiling[k_most_materials] = {};
  std::uint32_t first_bad = k_none;
#pragma omp parallel for reduction(min : first_bad) \
    reduction(+ : at_floor[:k_most_materials], at_ceiling[:k_most_materials])
  for (std::uint32_t e = 0; e < count; ++e) {
    const std::uint8_t index = field.material_index[e];
    const Material& m = field.materials[index];
    const double modulus = modulus_of(m, reads_grey(m) ? value_at(*grey, mesh.element_positions()[e]) : 0.0f);
    field.modulus_mpa[e] = static_cast<float>(modulus);
    if (!is_usable(modulus)) first_bad = std::min(first_bad, e);
    if (!reads_grey(m)) continue;
    if (modulus <= m.law->minimum_mpa) ++at_floor[index];
    if (m.law->maximum_mpa > 0 && modulus >= m.law->maximum_mpa) ++at_ceiling[index];
  }
  if (first_bad != k_none) throw_bad_modulus(field, first_bad, mesh.element_positions()[first_bad], grey);
  note_laws(at_floor, at_ceiling, field);
}

void assign_moduli_by_image(const VoxelMesh& mesh, const VoxelImage& modulus_image, MaterialField& field) {
  const std::uint32_t count = mesh.element_count();
  field.moduli_given = true;
  field.modulus_mpa.resize(count);
  std::uint32_t first_bad = k_none;
#pragma omp parallel for reduction(min : first_bad)
  for (std::uint32_t e = 0; e < count; ++e) {
    field.modulus_mpa[e] = value_at(modulus_image, mesh.element_positions()[e]);
    if (!is_usable(field.modulus_mpa[e])) first_bad = std::min(first_bad, e);
  }
  if (first_bad != k_none)
    throw InputError(fmt::format("the modulus image holds {} MPa at {}, which is bone; it must be above 0 there",
                                 field.modulus_mpa[first_bad], voxel_text(mesh.element_positions()[first_bad])));
  field.notes.push_back("every voxel's modulus is taken from the modulus image; the materials' own are not used");
}

}  // namespace

Elasticity MaterialField::elasticity(std::uint32_t element) const {
  Elasticity c = palette[palette_index[element]];
  const double modulus = static_cast<double>(modulus_mpa[element]);
  for (int i = 0; i < 3; ++i) {
    c.shear[i] *= modulus;
    for (int j = 0; j < 3; ++j) c.normal[i][j] *= modulus;
  }
  return c;
}

MaterialField assign_materials(const VoxelMesh& mesh, const VoxelImage& labels, const VoxelImage* grey,
                               const VoxelImage* modulus_image, const std::vector<Material>& materials) {
  check_materials(materials, modulus_image != nullptr);
  check_grid(mesh, labels, "label image");
  if (grey != nullptr) check_grid(mesh, *grey, "grey image");
  if (modulus_image != nullptr) check_grid(mesh, *modulus_image, "modulus image");

  MaterialField field;
  field.materials = materials;
  const std::vector<std::uint8_t> entry_of_material = build_palette(field);
  assign_labels(mesh, labels, entry_of_material, field);
  if (modulus_image != nullptr) {
    assign_moduli_by_image(mesh, *modulus_image, field);
    return field;
  }
  const auto reader = std::find_if(materials.begin(), materials.end(), reads_grey);
  if (grey == nullptr && reader != materials.end())
    throw UsageError(fmt::format("{}: the law '{}' needs an image of density or grey values, and there is none",
                                 name_of(*reader), reader->law->id));
  assign_moduli_by_material(mesh, grey, field);
  return field;
}

MaterialField restore_materials(const std::vector<Material>& materials, std::vector<std::uint8_t> material_index,
                                std::vector<float> modulus_mpa) {
  MaterialField field;
  field.materials = materials;
  const std::vector<std::uint8_t> entry_of_material = build_palette(field);
  field.material_index = std::move(material_index);
  field.palette_index.reserve(field.material_index.size());
  for (const std::uint8_t index : field.material_index) field.palette_index.push_back(entry_of_material.at(index));
  field.modulus_mpa = std::move(modulus_mpa);
  return field;
}

}  // namespace osteon
