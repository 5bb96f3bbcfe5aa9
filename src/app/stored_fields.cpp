// SPDX-License-Identifier: Apache-2.0
#include "stored_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "case.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace fs = std::filesystem;

namespace {

const std::vector<std::string> k_load_case_fields = {"EffectiveStrain", "PrincipalStrain", "Strain", "Stress",
                                                     "Displacement"};

const OutputField* find_field(const std::vector<OutputField>& fields, const std::string& name) {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const OutputField& f) { return f.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

template <class T>
std::vector<T> values_of(const OutputField& field) {
  if (!field.values_f64.empty()) return std::vector<T>(field.values_f64.begin(), field.values_f64.end());
  return std::vector<T>(field.values.begin(), field.values.end());
}

template <class T>
std::vector<T> tensor_of(OutputField field) {
  make_internal_order(field);
  return values_of<T>(field);
}

std::vector<float> principal_from(const OutputField& strain) {
  const std::vector<double> values = tensor_of<double>(strain);
  std::vector<float> principal(values.size() / 2);
  for (std::size_t e = 0; e < values.size() / 6; ++e) {
    const std::array<double, 3> sorted = principal_values(&values[6 * e], true);
    for (std::size_t i = 0; i < 3; ++i) principal[3 * e + i] = static_cast<float>(sorted[i]);
  }
  return principal;
}

/// Materials by label as the file has them. The material of label 0, which stands for every other label, takes the one
/// it was given in the run.
std::vector<std::uint8_t> material_indices(const OutputField& ids, std::vector<Material>& materials) {
  std::map<int, std::uint8_t> index_of;
  for (std::size_t m = 0; m < materials.size(); ++m) index_of[materials[m].label] = static_cast<std::uint8_t>(m);
  std::vector<std::uint8_t> index;
  index.reserve(ids.values_i32.size());
  for (const std::int32_t label : ids.values_i32) {
    auto found = index_of.find(label);
    if (found == index_of.end()) {
      const auto any = index_of.find(0);
      const std::uint8_t material = any == index_of.end() ? std::uint8_t{0} : any->second;
      if (any != index_of.end()) materials[material].label = label;
      found = index_of.emplace(label, material).first;
    }
    index.push_back(found->second);
  }
  return index;
}

/// Moduli as stored, or of materials that have one each; empty when neither tells them.
std::vector<float> stored_moduli(const StoredResult& stored, const CaseDocument& document,
                                 const std::vector<Material>& materials, const std::vector<std::uint8_t>& index) {
  if (const OutputField* modulus = find_field(stored.fields, "YoungsModulus")) return values_of<float>(*modulus);
  const auto image = document.sections.find("image");
  const bool by_image = image != document.sections.end() && image->second.find("modulus") != nullptr;
  std::vector<float> of_material;
  for (const Material& m : materials) {
    const bool varies = m.law && m.law->coefficient != 0;
    if (varies || by_image || document.sections.count("regenerate") > 0) return {};
    const double modulus = m.law ? m.law->modulus_mpa(0) : m.orthotropic ? m.orthotropic->e_x : m.youngs_modulus_mpa;
    of_material.push_back(static_cast<float>(modulus));
  }
  std::vector<float> moduli;
  moduli.reserve(index.size());
  for (const std::uint8_t i : index) moduli.push_back(of_material[i]);
  return moduli;
}

std::shared_ptr<const VoxelMesh> stored_mesh(const StoredResult& stored) {
  std::vector<std::uint8_t> active(static_cast<std::size_t>(stored.size.volume()), 0);
  for (const Index3& p : stored.element_positions)
    active[(static_cast<std::size_t>(p.z) * stored.size.y + p.y) * stored.size.x + p.x] = 1;
  auto mesh = std::make_shared<const VoxelMesh>(stored.size, stored.geometry.spacing_mm, active);
  if (mesh->element_positions() != stored.element_positions)
    throw InputError("the cells of the result are not in Osteon's order; was the file changed by another program?");
  return mesh;
}

/// The parts of a request that the displacement can answer. Principal strain needs no material, energy its laws, stress
/// its moduli, too.
bool displacement_suffices(const StoredModel& model, bool effective, bool stress) {
  if (effective || stress) return model.has_laws && !model.elastic.material.modulus_mpa.empty();
  return true;
}

ElementFields from_displacement(const OutputField& stored_field, const StoredModel& model,
                                const FieldRequest& request) {
  OutputField field = stored_field;
  make_image_axes(field, model.elastic.geometry);
  ElasticModel elastic = model.elastic;
  MaterialField& material = elastic.material;
  if (!model.has_laws || material.modulus_mpa.empty()) {  // for strains alone any law will do
    material.palette = {isotropic_elasticity(1, 0.3)};
    material.palette_index.assign(material.material_index.size(), 0);
    material.modulus_mpa.assign(material.material_index.size(), 1);
  }
  return compute_fields(elastic, values_of<double>(field), request);
}

[[noreturn]] void throw_missing(const fs::path& path, const std::vector<Criterion>& criteria, const std::string& field,
                                const std::string& suffix, bool is_healing) {
  std::string readers;
  for (const Criterion& criterion : criteria) {
    const std::vector<std::string> names = fields_read_by(criterion);
    if (std::find(names.begin(), names.end(), field) != names.end())
      readers += (readers.empty() ? "" : ", ") + criterion.id;
  }
  throw InputError(fmt::format(
      "{} has no {}{}, which {} reads, and {}; solve again with {} in output.fields, for example --set "
      "output.fields=Displacement,EffectiveStrain,{}",
      path.string(), field, suffix, readers,
      is_healing ? "in a healing series it does not follow from the displacement, as tissue changes its Poisson's ratio"
                 : "not all of Displacement, YoungsModulus and MaterialID to compute it from",
      field, field == "EffectiveStrain" ? "MaterialID" : field));
}

}  // namespace

bool is_risk_input(const std::string& field) {
  if (field == "MaterialID" || field == "YoungsModulus") return true;
  return std::any_of(k_load_case_fields.begin(), k_load_case_fields.end(), [&](const std::string& base) {
    return field.compare(0, base.size(), base) == 0 && (field.size() == base.size() || field[base.size()] == '_');
  });
}

std::vector<std::string> load_case_suffixes(const std::vector<OutputField>& fields) {
  std::vector<std::string> suffixes;
  for (const OutputField& field : fields)
    for (const std::string& base : k_load_case_fields) {
      if (field.name.compare(0, base.size(), base) != 0) continue;
      const std::string suffix = field.name.substr(base.size());
      if (!suffix.empty() && suffix.front() != '_') continue;
      if (std::find(suffixes.begin(), suffixes.end(), suffix) == suffixes.end()) suffixes.push_back(suffix);
    }
  return suffixes;
}

StoredModel stored_model(const StoredResult& stored, const CaseDocument& document) {
  StoredModel model;
  model.elastic.geometry = stored.geometry;
  model.elastic.mesh = stored_mesh(stored);
  const OutputField* ids = find_field(stored.fields, "MaterialID");
  std::vector<Material> materials;
  if (!document.materials.empty()) materials = case_materials(document, true);
  std::vector<std::uint8_t> index(stored.element_positions.size(), 0);
  if (ids != nullptr && !materials.empty()) {
    index = material_indices(*ids, materials);
  } else if (materials.size() != 1) {
    materials.assign(1, Material{});  // no labels stored: everything counts
    model.elastic.material = restore_materials(materials, std::move(index), {});
    if (const OutputField* modulus = find_field(stored.fields, "YoungsModulus"))
      model.elastic.material.modulus_mpa = values_of<float>(*modulus);
    return model;
  }
  std::vector<float> moduli = stored_moduli(stored, document, materials, index);
  model.elastic.material = restore_materials(materials, std::move(index), std::move(moduli));
  // A healing voxel's Poisson's ratio follows from its tissue, which only the run knew.
  model.is_healing = document.sections.count("regenerate") > 0;
  model.has_laws = !model.is_healing;
  const auto image = document.sections.find("image");
  model.elastic.material.moduli_given = image != document.sections.end() && image->second.find("modulus") != nullptr;
  return model;
}

ElementFields stored_strains(const StoredResult& stored, const StoredModel& model,
                             const std::vector<Criterion>& criteria, const std::string& suffix, const fs::path& path,
                             std::vector<std::string>& notes) {
  ElementFields fields;
  fields.energy_density.resize(stored.element_positions.size());
  std::vector<std::string> missing;
  const auto is_needed = [&](const char* name) {
    return std::any_of(criteria.begin(), criteria.end(), [&](const Criterion& criterion) {
      const std::vector<std::string> names = fields_read_by(criterion);
      return std::find(names.begin(), names.end(), name) != names.end();
    });
  };
  const auto stored_field = [&](const char* name) { return find_field(stored.fields, name + suffix); };
  if (is_needed("EffectiveStrain")) {
    if (const OutputField* effective = stored_field("EffectiveStrain"))
      fields.effective_strain = values_of<double>(*effective);
    else
      missing.emplace_back("EffectiveStrain");
  }
  if (is_needed("PrincipalStrain")) {
    if (const OutputField* principal = stored_field("PrincipalStrain"))
      fields.principal_strain = values_of<float>(*principal);
    else if (const OutputField* strain = stored_field("Strain"))
      fields.principal_strain = principal_from(*strain);
    else
      missing.emplace_back("PrincipalStrain");
  }
  if (is_needed("Stress")) {
    if (const OutputField* stress = stored_field("Stress"))
      fields.stress = tensor_of<float>(*stress);
    else
      missing.emplace_back("Stress");
  }
  if (missing.empty()) return fields;

  const auto is_missing = [&](const char* name) {
    return std::find(missing.begin(), missing.end(), name) != missing.end();
  };
  const OutputField* displacement = stored_field("Displacement");
  if (displacement == nullptr || !displacement_suffices(model, is_missing("EffectiveStrain"), is_missing("Stress")))
    throw_missing(path, criteria, is_missing("Stress") ? "Stress" : missing.front(), suffix,
                  model.is_healing && displacement != nullptr);
  FieldRequest request;
  request.tensors = request.von_mises = false;
  request.principal = is_missing("PrincipalStrain");
  request.stress = is_missing("Stress");
  ElementFields computed = from_displacement(*displacement, model, request);
  if (is_missing("EffectiveStrain")) fields.effective_strain = std::move(computed.effective_strain);
  if (is_missing("PrincipalStrain")) fields.principal_strain = std::move(computed.principal_strain);
  if (is_missing("Stress")) fields.stress = std::move(computed.stress);
  notes.push_back(
      fmt::format("{}{} from the stored displacement, which is in single precision", fmt::join(missing, ", "), suffix));
  return fields;
}

}  // namespace osteon::app
