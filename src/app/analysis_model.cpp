// SPDX-License-Identifier: Apache-2.0
// Scan to model: read, prepare, mesh, materials, load cases.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis.hpp"
#include "bone_run.hpp"
#include "osteon/core/error.hpp"
#include "run_text.hpp"
#include "stopwatch.hpp"
#include "unit_loads.hpp"

namespace osteon::app {

namespace {

/// More labels than this where one material stands for all means that grey values were taken for labels.
constexpr std::size_t k_most_labels = 16;

/// Gives every voxel whose label no material names the label of the material that stands for all of them.
void apply_wildcard(VoxelImage& labels, std::vector<Material>& materials) {
  const auto wildcard =
      std::find_if(materials.begin(), materials.end(), [](const Material& m) { return m.label == 0; });
  if (wildcard == materials.end()) return;
  std::set<float> named;
  for (const Material& material : materials) named.insert(static_cast<float>(material.label));
  float free_label = 1;
  while (named.count(free_label) > 0) ++free_label;
  std::set<float> met;
  for (float& value : labels.values) {
    if (value == 0 || named.count(value) > 0) continue;
    if (met.size() <= k_most_labels) met.insert(value);
    value = free_label;
  }
  if (met.size() > k_most_labels) {
    throw InputError(fmt::format(
        "{}: these look like grey values, not labels (more than {} different ones); set prepare.threshold, for example "
        "--set prepare.threshold=450, or prepare.labels",
        labels.source.empty() ? "the image" : labels.source, k_most_labels));
  }
  wildcard->label = static_cast<int>(free_label);
}

PreparedImage read_and_prepare(const Case& wanted, StageTimes& times, Monitor& monitor) {
  Stopwatch watch;
  monitor.progress("read", -1, wanted.image.string());
  VoxelImage image = read_image(wanted.image, wanted.read, monitor);
  std::optional<VoxelImage> mask;
  if (wanted.mask) mask = read_image(*wanted.mask, wanted.read, monitor);
  times.read += watch.lap();
  monitor.check_interrupt();
  monitor.progress("prepare", -1, "");
  PrepareSteps steps = wanted.prepare;
  if (wanted.bone) steps.largest_component = false;  // with its caps, once they are on
  PreparedImage prepared = prepare_image(std::move(image), mask ? &*mask : nullptr, steps, monitor);
  times.model += watch.lap();
  return prepared;
}

/// Puts the label of the material with role callus where the mask is and bone is not.
void add_callus(const Case& wanted, VoxelImage& labels, Monitor& monitor) {
  if (!wanted.callus_mask) return;
  const VoxelImage mask = read_image(*wanted.callus_mask, wanted.read, monitor);
  if (mask.geometry.size != labels.geometry.size)
    throw InputError(
        fmt::format("{}: the callus mask must be on the grid of the prepared image, {} x {} x {} voxels; it "
                    "has {} x {} x {}",
                    wanted.callus_mask->string(), labels.geometry.size.x, labels.geometry.size.y,
                    labels.geometry.size.z, mask.geometry.size.x, mask.geometry.size.y, mask.geometry.size.z));
  const auto& regions = wanted.regenerate ? wanted.regenerate->settings.regions : std::vector<RegionRole>{};
  const auto callus = std::find_if(regions.begin(), regions.end(),
                                   [](const RegionRole& r) { return r.kind == RegionRole::Kind::callus; });
  if (callus == regions.end()) throw UsageError("image.callus_mask needs a material with role = \"callus\"");
  const int label = wanted.materials[static_cast<std::size_t>(callus - regions.begin())].label;
  if (label == 0) throw UsageError("the material with role = \"callus\" needs a label of its own");
  for (std::size_t i = 0; i < labels.values.size(); ++i)
    if (labels.values[i] == 0 && mask.values[i] > 0) labels.values[i] = static_cast<float>(label);
}

std::vector<std::uint8_t> active_voxels(const VoxelImage& labels) {
  std::vector<std::uint8_t> active(labels.values.size());
  std::transform(labels.values.begin(), labels.values.end(), active.begin(),
                 [](float label) { return static_cast<std::uint8_t>(label != 0); });
  return active;
}

std::vector<float> values_of_elements(const VoxelMesh& mesh, const VoxelImage& image) {
  std::vector<float> values;
  values.reserve(mesh.element_count());
  for (const Index3& p : mesh.element_positions()) values.push_back(image.at(p.x, p.y, p.z));
  return values;
}

void note_model(const BoneModel& model, Monitor& monitor) {
  const VoxelMesh& mesh = *model.elastic.mesh;
  monitor.note(fmt::format("model: {} elements, {} nodes, BV/TV {:.2f} %", mesh.element_count(), mesh.node_count(),
                           100 * model.volume_fraction));
  for (const Material& material : model.elastic.material.materials) monitor.note("material " + material_line(material));
  for (const std::string& note : model.elastic.material.notes) monitor.note("material " + note);
}

}  // namespace

BoneModel build_model(const Case& wanted, StageTimes& times, Monitor& monitor) {
  PreparedImage prepared = read_and_prepare(wanted, times, monitor);
  monitor.check_interrupt();
  Stopwatch watch;
  monitor.progress("mesh", -1, "");
  BoneModel model;
  if (wanted.bone) model.setup = set_up_bone(wanted, prepared, monitor, model.figure_svg);
  std::vector<Material> materials = wanted.materials;
  apply_wildcard(prepared.labels, materials);
  add_callus(wanted, prepared.labels, monitor);

  model.removed_voxels = prepared.removed_voxels;
  model.removed_components = prepared.removed_components;
  const ImageGeometry& geometry = prepared.labels.geometry;
  model.elastic.geometry = geometry;
  model.elastic.mesh = std::make_shared<VoxelMesh>(geometry.size, geometry.spacing_mm, active_voxels(prepared.labels));
  const VoxelMesh& mesh = *model.elastic.mesh;
  const double voxel_mm3 = geometry.spacing_mm[0] * geometry.spacing_mm[1] * geometry.spacing_mm[2];
  model.bone_volume_mm3 = mesh.element_count() * voxel_mm3;
  model.volume_fraction = static_cast<double>(mesh.element_count()) / static_cast<double>(geometry.size.volume());

  std::optional<VoxelImage> modulus;
  if (wanted.modulus) modulus = read_image(*wanted.modulus, wanted.read, monitor);
  model.elastic.material =
      assign_materials(mesh, prepared.labels, &prepared.grey, modulus ? &*modulus : nullptr, materials);
  for (const std::string& note : check_criteria(wanted.criteria, model.elastic.material)) monitor.note("risk " + note);
  if (wanted.falls)
    for (const std::string& note : check_criteria({wanted.falls->criterion}, model.elastic.material))
      monitor.note("falls " + note);
  if (wanted.wants_field("Density")) model.density = values_of_elements(mesh, prepared.grey);
  note_model(model, monitor);

  for (const LoadCaseSpec& spec : wanted.load_cases) {
    const LoadCaseSpec ready = spec.bone_model.empty() ? spec : bone_load_case(spec, *model.setup);
    model.load_cases.push_back(resolve_load_case(mesh, ready, &prepared.labels));
    require_supported(mesh, model.load_cases.back());
    monitor.note("load case " + load_case_line(model.load_cases.back()));
    monitor.check_interrupt();
  }
  check_turned_loads(wanted, model.load_cases);
  times.model += watch.lap();
  return model;
}

}  // namespace osteon::app
