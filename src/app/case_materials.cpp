// SPDX-License-Identifier: Apache-2.0
// [materials] to Material.
#include "case.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "case_values.hpp"
#include "osteon/core/error.hpp"

namespace osteon::app {

namespace {

const std::vector<std::string>& orthotropic_keys() {
  static const std::vector<std::string> k_keys = {"e_x_mpa", "e_y_mpa",  "e_z_mpa",  "nu_xy",   "nu_yz",
                                                  "nu_zx",   "g_yz_mpa", "g_zx_mpa", "g_xy_mpa"};
  return k_keys;
}

OrthotropicConstants orthotropic(const CaseTable& table, const std::string& name) {
  for (const std::string& key : orthotropic_keys()) {
    if (table.find(key) == nullptr)
      fail(table.where, fmt::format("{} is orthotropic and needs all nine constants; {} is missing", name, key));
  }
  const auto get = [&](const char* key) { return table.number(key).value(); };
  OrthotropicConstants constants{get("e_x_mpa"), get("e_y_mpa"),  get("e_z_mpa"),  get("nu_xy"),   get("nu_yz"),
                                 get("nu_zx"),   get("g_yz_mpa"), get("g_zx_mpa"), get("g_xy_mpa")};
  Elasticity unused;
  if (!orthotropic_elasticity(constants, unused)) {
    fail(table.where, fmt::format("{} is not a possible material: its stiffness is not positive definite; check that "
                                  "nu_xy^2 < e_x/e_y and likewise for the other pairs",
                                  name));
  }
  return constants;
}

ModulusLaw modulus_law(const CaseTable& table, const std::string& name) {
  const CaseValue& value = *table.find("law");
  const std::string& id = value.texts.at(0);
  ModulusLaw law;
  if (id == "power" || id == "linear") {
    if (!table.number("coefficient")) fail(value.where, fmt::format("{}.law = \"{}\" needs coefficient", name, id));
    if (id == "power" && !table.number("exponent")) fail(value.where, name + ".law = \"power\" needs exponent");
    law.id = id;
    law.density = DensityKind::grey;
    law.coefficient = table.number("coefficient").value();
    law.exponent = id == "power" ? table.number("exponent").value() : 1;
    law.constant = table.number("constant").value_or(0);
    law.formula = fmt::format("E = {:g} + {:g} rho^{:g}", law.constant, law.coefficient, law.exponent);
    law.source = table.text("source").value_or("case file");
  } else {
    std::vector<std::string> known = {"power", "linear"};
    for (const ModulusLaw& published : published_modulus_laws()) {
      if (published.id == id) law = published;
      known.push_back(published.id);
    }
    if (law.id.empty()) {
      fail(value.where, fmt::format("{}.law = \"{}\" is not known; one of {}", name, id, fmt::join(known, ", ")));
    }
    for (const char* key : {"coefficient", "exponent", "constant"})
      if (table.find(key) != nullptr)
        fail(table.find(key)->where,
             fmt::format("{}.{} belongs to the laws power and linear; {} has its own", name, key, id));
  }
  law.scale = table.number("density_scale").value_or(law.scale);
  law.offset = table.number("density_offset").value_or(law.offset);
  law.minimum_mpa = table.number("minimum_mpa").value_or(law.minimum_mpa);
  law.maximum_mpa = table.number("maximum_mpa").value_or(law.maximum_mpa);
  return law;
}

Material material(const CaseTable& table, bool has_modulus_image) {
  const std::string name = "materials." + table.name;
  Material result;
  result.name = table.name;
  result.label = static_cast<int>(table.number("label").value());
  result.poisson_ratio = table.number("poisson_ratio").value();
  result.in_evaluation_set = table.find("evaluate")->flag;
  result.source = table.text("source").value_or("");
  const bool is_orthotropic = std::any_of(orthotropic_keys().begin(), orthotropic_keys().end(),
                                          [&](const std::string& key) { return table.find(key) != nullptr; });
  const bool has_law = table.find("law") != nullptr, has_modulus = table.find("youngs_modulus_mpa") != nullptr;
  if (is_orthotropic + has_law + has_modulus > 1) {
    fail(table.where, name + " must have one of youngs_modulus_mpa, law, or the nine orthotropic constants");
  }
  if (is_orthotropic) {
    result.orthotropic = orthotropic(table, name);
  } else if (has_law) {
    result.law = modulus_law(table, name);
  } else if (has_modulus || has_modulus_image || table.text("role").value_or("inert") != "inert") {
    result.youngs_modulus_mpa = table.number("youngs_modulus_mpa").value_or(1);
  } else {
    fail(table.where, name + " has no stiffness: give youngs_modulus_mpa, law, or the nine orthotropic constants");
  }
  return result;
}

}  // namespace

std::vector<Material> case_materials(const CaseDocument& document, bool has_modulus_image) {
  if (document.materials.empty()) {
    throw UsageError(
        "the case has no material; add [materials.bone] with youngs_modulus_mpa, or start from a profile "
        "(`osteon profiles`)");
  }
  std::vector<Material> result;
  for (const CaseTable& table : document.materials) {
    result.push_back(material(table, has_modulus_image));
    for (std::size_t i = 0; i + 1 < result.size(); ++i)
      if (result[i].label == result.back().label)
        fail(table.where, fmt::format("materials.{} and materials.{} both have label {}", result[i].name, table.name,
                                      result[i].label));
  }
  return result;
}

}  // namespace osteon::app
