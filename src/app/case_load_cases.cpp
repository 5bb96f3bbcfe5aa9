// SPDX-License-Identifier: Apache-2.0
// [[load_case]] to LoadCaseSpec.
#include "case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "case_values.hpp"
#include "osteon/core/error.hpp"
#include "osteon/mechanics/homogenise.hpp"

namespace osteon::app {

namespace {

constexpr double k_radians_per_degree = 3.14159265358979323846 / 180;

Axis axis_of(const std::string& text) { return static_cast<Axis>(text.at(0) - 'x'); }

NodeSetSpec node_set(const CaseTable& table, std::size_t number) {
  NodeSetSpec set;
  set.name = table.text("name").value_or(fmt::format("set{}", number));
  set.surface = table.text("surface").value_or("");
  if (const CaseValue* box = table.find("box_mm")) {
    set.box_mm.emplace();
    std::copy(box->numbers.begin(), box->numbers.end(), set.box_mm->begin());
  }
  if (const auto label = table.number("label")) set.label = static_cast<int>(*label);
  if (set.box_mm && !set.surface.empty())
    fail(table.where, fmt::format("node set '{}' has a surface and a box_mm; give one", set.name));
  if (!set.box_mm && set.surface.empty() && !set.label)
    fail(table.where, fmt::format("node set '{}' needs a surface, a box_mm or a label", set.name));
  const char* components[3] = {"displacement_x_mm", "displacement_y_mm", "displacement_z_mm"};
  bool does_something = false;
  for (int c = 0; c < 3; ++c) {
    set.displacement_mm[c] = table.number(components[c]);
    does_something = does_something || set.displacement_mm[c];
  }
  if (const CaseValue* force = table.find("force_n")) {
    set.force_n = three(*force);
    does_something = true;
  }
  if (!does_something) fail(table.where, fmt::format("node set '{}' has neither a displacement nor a force", set.name));
  return set;
}

/// The type's name and what it implies.
void set_type(LoadCaseSpec& spec, const std::string& type) {
  static const std::map<std::string, LoadType> k_types = {
      {"axial", LoadType::axial},     {"uniaxial", LoadType::uniaxial}, {"confined", LoadType::confined},
      {"bending", LoadType::bending}, {"torsion", LoadType::torsion},   {"strain", LoadType::strain},
      {"free", LoadType::free}};
  static const std::map<std::string, std::string> k_bone_models = {
      {"spine_compression", "spine-compression"}, {"sideways_fall", "hip-sideways-fall"}, {"stance", "hip-stance"}};
  const auto bone = k_bone_models.find(type);
  if (bone != k_bone_models.end()) {
    spec.type = LoadType::free;
    spec.bone_model = bone->second;
  } else if (type.compare(0, 6, "shear_") == 0) {
    spec.type = LoadType::shear;
    spec.axis = axis_of(type.substr(6, 1));
    spec.direction = axis_of(type.substr(7, 1));
  } else {
    spec.type = k_types.at(type);
  }
}

/// Exactly the size keys that the type takes.
void require_size_keys(const CaseTable& table, const std::string& type, const std::string& name) {
  std::vector<std::string> allowed = {"strain", "displacement_mm", "force_n"};
  bool needed = true;
  if (type == "bending" || type == "torsion") allowed = {"angle_deg"};
  if (type == "strain") allowed = {"uniform_strain"};
  if (type == "homogenise") allowed = {"strain"};
  if (type == "free") allowed.clear(), needed = false;
  int given = 0;
  for (const char* key : {"strain", "displacement_mm", "force_n", "angle_deg", "uniform_strain"}) {
    const CaseValue* value = table.find(key);
    if (value == nullptr) continue;
    ++given;
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end())
      fail(value->where, fmt::format("load case '{}' of type {} takes no {}{}{}", name, type, key,
                                     allowed.empty() ? "" : "; it needs ", fmt::join(allowed, " or ")));
  }
  if (given > 1)
    fail(table.where, fmt::format("load case '{}' must have only one of {}", name, fmt::join(allowed, ", ")));
  if (needed && given == 0) fail(table.where, fmt::format("load case '{}' needs {}", name, fmt::join(allowed, " or ")));
}

LoadCaseSpec load_case(const CaseTable& table) {
  LoadCaseSpec spec;
  const std::string type = table.text("type").value();
  spec.name = table.text("name").value_or(type);
  require_size_keys(table, type, spec.name);
  spec.axis = axis_of(table.text("axis").value_or("z"));
  spec.direction = axis_of(table.text("direction").value_or("x"));
  set_type(spec, type);
  const CaseValue* axis = table.find("axis");
  if (spec.type == LoadType::shear && axis != nullptr && axis_of(axis->texts[0]) != spec.axis)
    fail(axis->where, fmt::format("load_case.type = \"{}\" already says the axis", type));
  if (spec.type == LoadType::bending && spec.axis == spec.direction)
    fail(table.where, fmt::format("load case '{}' cannot bend about its own axis; set direction", spec.name));
  spec.strain = table.number("strain");
  spec.displacement_mm = table.number("displacement_mm");
  spec.force_n = table.number("force_n");
  if (const auto angle = table.number("angle_deg")) spec.angle_rad = *angle * k_radians_per_degree;
  for (const std::optional<double>& size : {spec.strain, spec.displacement_mm, spec.force_n, spec.angle_rad})
    if (size && *size == 0) fail(table.where, fmt::format("load case '{}' has no load: its size is 0", spec.name));
  if (const CaseValue* strain = table.find("uniform_strain"))
    std::copy(strain->numbers.begin(), strain->numbers.end(), spec.uniform_strain.begin());
  spec.surface = table.text("surface").value() == "visible" ? SurfaceRule::visible : SurfaceRule::end_layer;
  spec.surface_depth_mm = table.number("surface_depth_mm").value();
  for (const CaseTable& set : table.node_sets) spec.node_sets.push_back(node_set(set, spec.node_sets.size() + 1));
  if (const CaseValue* platen = table.find("platen"); platen != nullptr && !platen->flag) {
    if (spec.bone_model.empty() || !spec.force_n)
      fail(platen->where,
           fmt::format("load case '{}': platen = false is for models of [bone], with force_n", spec.name));
    spec.has_platen = false;
  }
  if (!spec.bone_model.empty() && !spec.node_sets.empty())
    fail(table.where, fmt::format("load case '{}': the bone model has its own node sets", spec.name));
  if (spec.type == LoadType::free && spec.bone_model.empty() && spec.node_sets.empty())
    fail(table.where, fmt::format("load case '{}' of type free needs [[load_case.node_set]]", spec.name));
  return spec;
}

}  // namespace

void add_load_cases(const CaseDocument& document, Case& result) {
  if (document.load_cases.empty())
    throw UsageError("the case has no load; add [[load_case]], or start from a profile (`osteon profiles`)");
  for (const CaseTable& table : document.load_cases) {
    if (table.text("type") == "homogenise") {
      if (result.homogenise_first) fail(table.where, "only one load case can be of type homogenise");
      require_size_keys(table, "homogenise", "homogenise");
      result.homogenise_first = result.load_cases.size();
      result.homogenise_strain = table.number("strain").value();
      if (result.homogenise_strain == 0) fail(table.where, "the strain of homogenise must not be 0");
      for (LoadCaseSpec& spec : homogenisation_load_cases(result.homogenise_strain))
        result.load_cases.push_back(std::move(spec));
    } else {
      result.load_cases.push_back(load_case(table));
    }
    for (std::size_t i = 0; i + 1 < result.load_cases.size(); ++i)
      if (result.load_cases[i].name == result.load_cases.back().name)
        fail(table.where, fmt::format("two load cases are called '{}'; give each a name", result.load_cases[i].name));
  }
}

const LoadCaseSpec& chosen_load_case(const CaseTable& table, const std::string& section,
                                     const std::vector<LoadCaseSpec>& load_cases) {
  const CaseValue* key = table.find("load_case");
  if (key == nullptr) return load_cases.front();
  std::vector<std::string> names;
  for (const LoadCaseSpec& spec : load_cases) {
    if (spec.name == key->texts.at(0)) return spec;
    names.push_back(spec.name);
  }
  fail(key->where, fmt::format("{}.load_case = \"{}\" is none of the load cases: {}", section, key->texts.at(0),
                               fmt::join(names, ", ")));
}

}  // namespace osteon::app
