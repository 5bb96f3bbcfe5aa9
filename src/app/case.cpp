// SPDX-License-Identifier: Apache-2.0
// CaseDocument to Case: combinations of keys that the table alone cannot check.
#include "case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/mechanics/homogenise.hpp"

namespace osteon::app {

namespace {

constexpr double k_radians_per_degree = 3.14159265358979323846 / 180;

[[noreturn]] void fail(const std::string& where, const std::string& message) {
  throw UsageError(where + ": " + message);
}

Vec3 three(const CaseValue& value) { return {value.numbers.at(0), value.numbers.at(1), value.numbers.at(2)}; }

Index3 index3(const CaseValue& value) {
  return {static_cast<int>(value.numbers.at(0)), static_cast<int>(value.numbers.at(1)),
          static_cast<int>(value.numbers.at(2))};
}

int whole(const CaseTable& table, const std::string& key) { return static_cast<int>(table.number(key).value()); }

const CaseTable& section(const CaseDocument& document, const std::string& name) { return document.sections.at(name); }

std::vector<Threshold> thresholds(const CaseTable& table) {
  std::vector<Threshold> result;
  const CaseValue* above = table.find("threshold");
  const CaseValue* labels = table.find("threshold_labels");
  if (above == nullptr) {
    if (labels != nullptr) fail(labels->where, "prepare.threshold_labels needs prepare.threshold");
    return result;
  }
  if (labels != nullptr && labels->numbers.size() != above->numbers.size()) {
    fail(labels->where, fmt::format("prepare.threshold_labels must have as many entries as prepare.threshold ({})",
                                    above->numbers.size()));
  }
  for (std::size_t i = 0; i < above->numbers.size(); ++i) {
    if (i > 0 && above->numbers[i] <= above->numbers[i - 1]) fail(above->where, "prepare.threshold must ascend");
    const int label = labels != nullptr ? static_cast<int>(labels->numbers[i]) : static_cast<int>(i) + 1;
    result.push_back({above->numbers[i], label});
  }
  return result;
}

PrepareSteps prepare_steps(const CaseTable& table) {
  PrepareSteps steps;
  const CaseValue* first = table.find("crop_first");
  const CaseValue* size = table.find("crop_size");
  if ((first == nullptr) != (size == nullptr)) {
    fail((first != nullptr ? first : size)->where, "prepare.crop_first and prepare.crop_size belong together");
  }
  if (first != nullptr) steps.crop = PrepareSteps::Crop{index3(*first), index3(*size)};
  steps.to_density = table.find("density")->flag;
  steps.gaussian_sigma_voxels = table.number("gaussian_sigma_voxels").value();
  if (const CaseValue* spacing = table.find("resample_spacing_mm")) steps.resample_spacing_mm = three(*spacing);
  steps.resample_factor = table.number("resample_factor");
  if (steps.resample_factor && steps.resample_spacing_mm) {
    fail(table.find("resample_factor")->where, "give prepare.resample_factor or prepare.resample_spacing_mm, not both");
  }
  steps.resample_spline_order = whole(table, "spline_order");
  steps.thresholds = thresholds(table);
  if (const CaseValue* labels = table.find("labels"))
    for (const double label : labels->numbers) steps.labels.push_back(static_cast<int>(label));
  steps.closing_radius_voxels = whole(table, "closing_radius_voxels");
  steps.largest_component = table.find("largest_component")->flag;
  return steps;
}

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
  result.label = whole(table, "label");
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

std::vector<Material> checked_materials(const CaseDocument& document, bool has_modulus_image) {
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

Axis axis_of(const std::string& text) { return static_cast<Axis>(text.at(0) - 'x'); }

NodeSetSpec node_set(const CaseTable& table, std::size_t number) {
  NodeSetSpec set;
  set.name = table.text("name").value_or(fmt::format("set{}", number));
  set.surface = table.text("surface").value_or("");
  if (const CaseValue* box = table.find("box_mm")) {
    set.box_mm.emplace();
    std::copy(box->numbers.begin(), box->numbers.end(), set.box_mm->begin());
  }
  if (set.box_mm.has_value() == !set.surface.empty())
    fail(table.where, fmt::format("node set '{}' needs a surface or a box_mm, and not both", set.name));
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
  if (type.compare(0, 6, "shear_") == 0) {
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
  if (spec.type == LoadType::free && spec.node_sets.empty())
    fail(table.where, fmt::format("load case '{}' of type free needs [[load_case.node_set]]", spec.name));
  return spec;
}

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

SolverSettings solver_settings(const CaseTable& table) {
  SolverSettings settings;
  settings.tolerance = table.number("tolerance").value();
  settings.max_iterations = whole(table, "max_iterations");
  settings.precision = table.text("precision") == "double" ? CyclePrecision::fp64 : CyclePrecision::fp32;
  settings.preconditioner =
      table.text("preconditioner") == "block_jacobi" ? Preconditioner::block_jacobi : Preconditioner::multigrid;
  settings.aggregate_edge = whole(table, "aggregate_edge");
  if (settings.aggregate_edge == 1 || settings.aggregate_edge == 2)
    fail(table.find("aggregate_edge")->where, "solver.aggregate_edge must be 0, 3 or 4");
  settings.block_columns = whole(table, "block_columns");
  return settings;
}

}  // namespace

bool Case::wants_field(const std::string& name) const {
  return std::find(fields.begin(), fields.end(), name) != fields.end();
}

std::vector<Material> case_materials(const CaseDocument& document, bool has_modulus_image) {
  return checked_materials(document, has_modulus_image);
}

RiskSummarySettings risk_summary_settings(const CaseDocument& document) {
  const CaseTable& table = section(document, "risk");
  RiskSummarySettings settings;
  settings.thresholds = table.find("thresholds")->numbers;
  std::sort(settings.thresholds.begin(), settings.thresholds.end());
  settings.cluster_threshold = table.number("cluster_threshold").value();
  settings.clusters = whole(table, "clusters");
  return settings;
}

Criterion criterion_with_parameters(const std::string& id, const CaseDocument& document) {
  Criterion criterion = find_criterion(id);
  const CaseTable& table = section(document, "risk." + id);
  for (Criterion::Parameter& parameter : criterion.parameters) parameter.value = table.number(parameter.name).value();
  return criterion;
}

Case build_case(const CaseDocument& document) {
  Case result;
  const CaseTable& image = section(document, "image");
  if (!image.text("file"))
    throw UsageError("the case has no image; set image.file, or name an image on the command line");
  result.image = *image.text("file");
  if (const auto mask = image.text("mask")) result.mask = *mask;
  if (const auto modulus = image.text("modulus")) result.modulus = *modulus;
  if (const auto callus = image.text("callus_mask")) result.callus_mask = *callus;
  if (const CaseValue* spacing = image.find("spacing_mm")) result.read.spacing_mm = three(*spacing);
  result.prepare = prepare_steps(section(document, "prepare"));
  if (result.modulus && (result.prepare.crop || result.prepare.resample_spacing_mm || result.prepare.resample_factor)) {
    fail(image.find("modulus")->where,
         "image.modulus cannot be combined with cropping or resampling: it must already "
         "be on the grid of the model");
  }
  result.materials = checked_materials(document, result.modulus.has_value());
  add_load_cases(document, result);
  const CaseTable& solver = section(document, "solver");
  result.solver = solver_settings(solver);
  if (document.sections.count("regenerate") > 0) result.regenerate = build_regenerate_case(document, result.solver);
  result.strength = build_strength_case(document, result.load_cases, result.solver);
  result.probability = build_probability_case(document);
  result.scores = build_scores_case(document, result.load_cases, result.strength.has_value());
  result.backend = solver.text("backend").value();
  result.threads = whole(solver, "threads");
  for (const std::string& id : section(document, "risk").find("criteria")->texts)
    result.criteria.push_back(criterion_with_parameters(id, document));
  result.risk_summary = risk_summary_settings(document);
  const CaseTable& pistoia = section(document, "risk.pistoia");
  result.pistoia.critical_strain = pistoia.number("critical_strain").value();
  result.pistoia.critical_volume_percent = pistoia.number("critical_volume_percent").value();
  result.pistoia.method = pistoia.text("method").value();
  const CaseTable& output = section(document, "output");
  result.fields = output.find("fields")->texts;
  result.formats = output.find("formats")->texts;
  result.gzip_level = whole(output, "gzip_level");
  if (result.wants_field("Density") && !result.prepare.to_density)
    fail(output.find("fields")->where, "output field Density needs prepare.density = true");
  return result;
}

}  // namespace osteon::app
