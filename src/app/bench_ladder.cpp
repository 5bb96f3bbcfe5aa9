// SPDX-License-Identifier: Apache-2.0
#include "bench_ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "osteon/image/synthetic.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon::app {

namespace {

constexpr double k_spacing_mm = 0.036;
constexpr double k_bone_volume_fraction = 0.25;
constexpr double k_bone_mpa = 10'000;
constexpr double k_contrast = 1e-4;  ///< modulus of the pores / modulus of the bone
constexpr float k_bone_label = 1, k_pore_label = 2;

/// Nodes per element of both trabecular bones: 1.29 and 1.32 at 128^3 voxels; it hardly depends on the size.
constexpr double k_trabecular_nodes_per_element = 1.35;
/// Making a bone holds a random field, its ranks and the labels of parts: 23 B per voxel measured at 192^3.
constexpr std::size_t k_making_bytes_per_voxel = 25;
/// Share of the free memory that a problem may take: estimates are good to 20 %.
constexpr double k_usable = 0.8;

bool every_voxel_active(const std::string& kind) { return kind == "solid" || kind == "contrast"; }

VoxelImage make_labels(const BenchStep& step, std::uint64_t seed) {
  const Index3 size = {step.size, step.size, step.size};
  if (step.kind == "solid") return make_block(size, {k_spacing_mm, k_spacing_mm, k_spacing_mm});
  TrabecularRecipe recipe;
  recipe.size = size;
  recipe.spacing_mm = k_spacing_mm;
  recipe.plate_like = step.kind == "plates";
  recipe.bone_volume_fraction = k_bone_volume_fraction;
  recipe.period_voxels = 20;
  recipe.seed = seed;
  VoxelImage labels = make_trabecular(recipe);
  if (step.kind == "contrast") std::replace(labels.values.begin(), labels.values.end(), 0.0f, k_pore_label);
  return labels;
}

Material bench_material(float label, const char* name, double modulus_mpa) {
  Material material;
  material.label = static_cast<int>(label);
  material.name = name;
  material.youngs_modulus_mpa = modulus_mpa;
  material.poisson_ratio = 0.3;
  return material;
}

}  // namespace

const std::vector<std::string>& bench_kinds() {
  static const std::vector<std::string> kinds = {"solid", "plates", "rods", "contrast"};
  return kinds;
}

BenchNeed estimate_need(const BenchStep& step, bool on_gpu) {
  const double edge = step.size, voxels = edge * edge * edge;
  double elements = voxels, nodes = (edge + 1) * (edge + 1) * (edge + 1);
  if (!every_voxel_active(step.kind)) {
    elements = k_bone_volume_fraction * voxels;
    nodes = k_trabecular_nodes_per_element * elements;
  }
  const MemoryEstimate solve =
      estimate_memory(static_cast<std::uint32_t>(nodes), static_cast<std::uint32_t>(elements), SolverSettings{});
  const std::size_t making = k_making_bytes_per_voxel * static_cast<std::size_t>(voxels);
  return {solve.device_bytes, std::max(making, on_gpu ? solve.host_bytes - solve.device_bytes : solve.host_bytes)};
}

std::string SkippedStep::text() const {
  const auto gb = [](double bytes) { return bytes / 1e9; };
  return fmt::format(
      "skipped {}: it needs about {:.1f} GB of {} memory, and of the {:.1f} GB free {:.1f} GB would be "
      "used",
      step.name(), gb(static_cast<double>(needed_bytes)), on_device ? "device" : "host",
      gb(static_cast<double>(free_bytes)), gb(k_usable * static_cast<double>(free_bytes)));
}

Ladder select_ladder(const std::vector<std::string>& kinds, std::vector<int> sizes, FreeMemory free, bool on_gpu,
                     bool only_first_skipped) {
  const auto fits = [](std::size_t need, std::size_t available) {
    return static_cast<double>(need) <= k_usable * static_cast<double>(available);
  };
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  Ladder ladder;
  std::set<std::string> full;  // kinds with a size that did not fit
  for (const int size : sizes)
    for (const std::string& kind : kinds) {
      const BenchStep step{kind, size};
      const BenchNeed need = estimate_need(step, on_gpu);
      const bool lacks_device = on_gpu && !fits(need.device, free.device);
      if (!lacks_device && fits(need.host, free.host)) {
        ladder.steps.push_back(step);
      } else if (full.insert(kind).second || !only_first_skipped) {
        ladder.skipped.push_back(
            {step, lacks_device ? need.device : need.host, lacks_device ? free.device : free.host, lacks_device});
      }
    }
  return ladder;
}

BenchModel make_bench_model(const BenchStep& step, std::uint64_t seed) {
  BenchModel model;
  const VoxelImage labels = make_labels(step, seed);
  std::vector<std::uint8_t> active(labels.values.size());
  std::transform(labels.values.begin(), labels.values.end(), active.begin(),
                 [](float label) { return static_cast<std::uint8_t>(label != 0); });
  model.elastic.geometry = labels.geometry;
  model.elastic.mesh = std::make_shared<const VoxelMesh>(labels.geometry.size, labels.geometry.spacing_mm, active);
  std::vector<Material> materials = {bench_material(k_bone_label, "bone", k_bone_mpa)};
  if (step.kind == "contrast") materials.push_back(bench_material(k_pore_label, "pores", k_contrast * k_bone_mpa));
  model.elastic.material = assign_materials(*model.elastic.mesh, labels, nullptr, nullptr, materials);
  LoadCaseSpec axial = parse_load_type("axial");
  axial.strain = -0.01;
  model.load_case = resolve_load_case(*model.elastic.mesh, axial);
  return model;
}

}  // namespace osteon::app
