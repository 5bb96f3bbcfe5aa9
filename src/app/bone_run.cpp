// SPDX-License-Identifier: Apache-2.0
#include "bone_run.hpp"

#include <fmt/format.h>

#include "osteon/image/read.hpp"
#include "osteon/report/bone_figure.hpp"

namespace osteon::app {

namespace {

BoneSetup make_setup(const BoneCase& bone, const PreparedImage& prepared, const VoxelImage* reference) {
  if (bone.model == "hip-sideways-fall") return hip_sideways_fall(prepared.grey, prepared.labels, bone.hip);
  if (bone.model == "hip-stance") return hip_stance(prepared.grey, prepared.labels, bone.hip);
  return spine_compression(prepared.grey, prepared.labels, reference, bone.spine);
}

}  // namespace

BoneSetup set_up_bone(const Case& wanted, PreparedImage& prepared, Monitor& monitor, std::string& figure_svg) {
  const BoneCase& bone = *wanted.bone;
  monitor.progress("pose", -1, bone.model);
  std::optional<VoxelImage> reference;
  if (bone.reference) reference = read_image(*bone.reference, {}, monitor);
  BoneSetup setup = make_setup(bone, prepared, reference ? &*reference : nullptr);
  if (wanted.prepare.largest_component) {
    const auto [voxels, components] = keep_largest_part(setup.labels);
    prepared.removed_voxels = voxels;
    prepared.removed_components = components;
  }
  figure_svg = bone_figure_svg(setup, setup.grey, setup.labels);
  prepared.grey = std::move(setup.grey);
  prepared.labels = std::move(setup.labels);
  setup.grey = {};
  setup.labels = {};
  monitor.note(fmt::format("bone {}, version {}", setup.model, setup.version));
  for (const BoneChoice& choice : setup.choices)
    monitor.note(fmt::format("bone {}: {} {}", choice.name, choice.value, choice.unit));
  return setup;
}

nlohmann::ordered_json bone_json(const BoneSetup& setup) {
  nlohmann::ordered_json json = {{"model", setup.model}, {"version", setup.version}, {"length_mm", setup.length_mm}};
  for (const BoneChoice& choice : setup.choices)
    json["choices"].push_back({{"name", choice.name}, {"value", choice.value}, {"unit", choice.unit}});
  for (const BoneLandmark& landmark : setup.landmarks)
    json["landmarks_lps_mm"].push_back({{"name", landmark.name}, {"position", landmark.position_mm}});
  return json;
}

}  // namespace osteon::app
