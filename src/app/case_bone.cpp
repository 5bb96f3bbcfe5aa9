// SPDX-License-Identifier: Apache-2.0
// [bone] to BoneCase.
#include <fmt/format.h>

#include <algorithm>

#include "case.hpp"
#include "case_values.hpp"

namespace osteon::app {

namespace {

SpinePose spine_pose(const std::string& name) {
  if (name == "principal_axes") return SpinePose::principal_axes;
  if (name == "scan") return SpinePose::scan;
  return name == "registration" ? SpinePose::registration : SpinePose::endplates;
}

SpineEnds spine_ends(const std::string& name) {
  if (name == "both_sliding") return SpineEnds::both_sliding;
  return name == "both_bonded" ? SpineEnds::both_bonded : SpineEnds::one_sliding;
}

std::vector<int> labels_of(const CaseTable& table, const std::string& key) {
  std::vector<int> labels;
  if (const CaseValue* value = table.find(key))
    for (const double label : value->numbers) labels.push_back(static_cast<int>(label));
  return labels;
}

SpineSettings spine_settings(const CaseTable& table) {
  SpineSettings spine;
  spine.version = static_cast<int>(table.number("version").value());
  spine.body_labels = labels_of(table, "body_labels");
  spine.posterior_labels = labels_of(table, "posterior_labels");
  spine.spacing_mm = table.number("spacing_mm").value();
  spine.spline_order = static_cast<int>(table.number("spline_order").value());
  spine.cap_mm = table.number("cap_mm").value();
  spine.cap_reach_mm = table.number("cap_reach_mm").value();
  spine.pose = spine_pose(table.text("pose").value());
  spine.ends = spine_ends(table.text("ends").value());
  return spine;
}

HipSettings hip_settings(const CaseTable& table) {
  HipSettings hip;
  hip.version = static_cast<int>(table.number("version").value());
  if (const auto side = table.text("side")) hip.side = *side == "left" ? BodySide::left : BodySide::right;
  hip.spacing_mm = table.number("spacing_mm").value();
  hip.spline_order = static_cast<int>(table.number("spline_order").value());
  hip.cap_mm = table.number("cap_mm").value();
  hip.contact_reach_mm = table.number("contact_reach_mm").value();
  hip.head_cap_share = table.number("head_cap_share").value();
  hip.trochanter_cap_mm = table.number("trochanter_cap_mm").value();
  hip.shaft_mm = table.number("shaft_mm").value();
  hip.fall_tilt_deg = table.number("fall_tilt_deg").value();
  hip.fall_rotation_deg = table.number("fall_rotation_deg").value();
  hip.stance_deg = table.number("stance_deg").value();
  return hip;
}

/// The bone's own grid is made from the scan in one step: no other resampling, and the mask says what is bone.
void require_plain_preparation(const Case& wanted, const CaseTable& table) {
  const PrepareSteps& steps = wanted.prepare;
  const std::string& where = table.find("model")->where;
  if (steps.resample_factor || steps.resample_spacing_mm)
    fail(where, "a bone model has its own grid: set bone.spacing_mm instead of resampling in [prepare]");
  if (!steps.thresholds.empty() || steps.closing_radius_voxels > 0 || steps.gaussian_sigma_voxels > 0)
    fail(where, "a bone model takes what is bone from image.mask: no threshold, smoothing or closing in [prepare]");
  if (wanted.modulus) fail(where, "image.modulus does not go with a bone model, whose grid is made in the run");
  if (wanted.callus_mask) fail(where, "image.callus_mask does not go with a bone model");
  if (!wanted.mask) fail(where, "a bone model needs image.mask, the labels of the bone on the grid of the scan");
}

}  // namespace

std::optional<BoneCase> build_bone_case(const CaseDocument& document, const Case& wanted) {
  const auto section = document.sections.find("bone");
  const bool has_model = section != document.sections.end() && section->second.find("model") != nullptr;
  for (const LoadCaseSpec& spec : wanted.load_cases) {
    const std::string model = has_model ? section->second.text("model").value() : "";
    if (!spec.bone_model.empty() && spec.bone_model != model)
      throw UsageError(fmt::format("load case '{}' belongs to bone.model = \"{}\", {}", spec.name, spec.bone_model,
                                   has_model ? "not \"" + model + "\"" : "but the case has no [bone] model"));
  }
  if (!has_model) return {};
  const CaseTable& table = section->second;
  require_plain_preparation(wanted, table);
  BoneCase bone;
  bone.model = table.text("model").value();
  if (const auto reference = table.text("reference")) bone.reference = *reference;
  bone.spine = spine_settings(table);
  bone.hip = hip_settings(table);
  const bool is_spine = bone.model == "spine-compression";
  if (!is_spine && (bone.spine.pose != SpinePose::endplates || bone.reference))
    fail(table.find("model")->where,
         "bone.pose and bone.reference are for the spine: hips are posed by their landmarks");
  if (bone.spine.pose == SpinePose::registration && !bone.reference)
    fail(table.find("pose")->where, "bone.pose = \"registration\" needs bone.reference, a mask in the model's axes");
  return bone;
}

}  // namespace osteon::app
