// SPDX-License-Identifier: Apache-2.0
// QCT of an L4 vertebra (wallematthias/parosol-py fixtures): first on the grid, caps and moduli of the reference model,
// whose pose is found again by registration, then by the product's own pipeline. Targets: fracture-risk 8.2 E.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "osteon/anatomy/frame.hpp"
#include "osteon/anatomy/registration.hpp"
#include "osteon/anatomy/spine.hpp"
#include "osteon/image/read.hpp"
#include "osteon/image/resample.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr int k_cement = 5000;
constexpr double k_displacement_mm = -0.2924;

struct Data {
  VoxelImage density, labels,
      reference;  ///< reference: bins of density 0 to 127 of one part, 128 on of another; 5000 cement
};

std::optional<Data> vertebra() {
  const std::filesystem::path folder = validation_data() / "vertebra-l4";
  if (validation_data().empty() || !std::filesystem::exists(folder)) {
    MESSAGE("skipped: OSTEON_VALIDATION_DATA holds no vertebra-l4");
    return {};
  }
  Data data{read_image(folder / "density.mha", {}, silent_monitor()),
            read_image(folder / "labels.mha", {}, silent_monitor()),
            read_image(folder / "reference_material.nii.gz", {}, silent_monitor())};
  data.reference.geometry.direction = k_identity3;  // the .mha files have lost the patient's axes
  data.reference.geometry.origin_mm = {0, 0, 0};
  return data;
}

bool is_bone(float id) { return id > 0 && id < k_cement; }
int bin_of(float id) { return static_cast<int>(id) % 128; }

/// Place of the reference's grid in the scan, found by fitting the scan's cubic spline to the reference's bins; the
/// correlation checked below says that it is right.
ImageGeometry reference_grid(const Data& data) {
  ImageGeometry grid = data.reference.geometry;
  grid.direction = {0.9998211,   0.00261878,  -0.01873254,  //
                    -0.00144421, 0.99804749,  0.06244297,   //
                    0.01885949,  -0.06240475, 0.99787272};
  grid.origin_mm = {6.25216001, 4.57185783, 9.66659158};
  return grid;
}

struct Line {
  double slope, intercept;
  double share_within;  ///< of the voxels whose density lies within 0.6 of a bin of the line
};

/// Density over bin, by least squares of bin over density (the bins round, the density does not).
Line bins_from(const VoxelImage& density, const VoxelImage& reference) {
  double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < reference.values.size(); ++i) {
    if (!is_bone(reference.values[i])) continue;
    const double x = bin_of(reference.values[i]), y = density.values[i];
    n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double cxx = sxx - sx * sx / n, cxy = sxy - sx * sy / n;
  Line line{cxy / cxx, (sy - cxy / cxx * sx) / n, 0};
  for (std::size_t i = 0; i < reference.values.size(); ++i)
    if (is_bone(reference.values[i]) &&
        std::abs(density.values[i] - line.slope * bin_of(reference.values[i]) - line.intercept) < 0.6 * line.slope)
      line.share_within += 1 / n;
  return line;
}

ElasticModel reference_model(const VoxelImage& reference, const VoxelImage& density) {
  VoxelImage labels = reference;
  for (float& id : labels.values)
    if (is_bone(id)) id = 1;
  Material bone = isotropic_material(1);
  bone.law = published_modulus_law("kopperdahl_vertebra");
  const std::vector<Material> materials = {bone, isotropic_material(2500, 0.3, k_cement)};
  ElasticModel model = model_of(labels, {isotropic_material(1), materials[1]});
  model.material = assign_materials(*model.mesh, labels, &density, nullptr, materials);
  return model;
}

enum class Ends { one_sliding, both_sliding, both_bonded };

double stiffness(Device& device, const ElasticModel& model, const VoxelImage& labels, Ends ends) {
  LoadCaseSpec spec;
  spec.type = LoadType::free;
  NodeSetSpec inferior, superior;
  inferior.name = "inferior";
  superior.name = "superior";
  inferior.label = superior.label = k_cement;
  inferior.surface = "low";
  superior.surface = "high";
  inferior.displacement_mm[2] = 0;
  superior.displacement_mm[2] = k_displacement_mm;
  for (std::size_t d = 0; d < 2; ++d) {
    if (ends != Ends::both_sliding) inferior.displacement_mm[d] = 0;
    if (ends == Ends::both_bonded) superior.displacement_mm[d] = 0;
  }
  spec.node_sets = {inferior, superior};
  spec.excludes_rigid_motion = ends == Ends::both_sliding;
  const ResolvedLoadCase load_case = resolve_load_case(*model.mesh, spec, &labels);
  require_supported(*model.mesh, load_case);
  return solve_resolved(device, model, load_case, tight_settings(1e-8)).reactions.stiffness_n_per_mm;
}

}  // namespace

TEST_CASE("the L4 vertebra on the reference's grid has its stiffness, for three conditions at the ends") {
  const std::optional<Data> data = vertebra();
  if (!data) return;
  const auto device = make_test_device();
  VoxelImage density = resample_to_grid(data->density, reference_grid(*data), 3);
  const ElasticModel model = reference_model(data->reference, density);
  CHECK(model.mesh->element_count() == 87345);
  const double one = stiffness(*device, model, data->reference, Ends::one_sliding);
  const double both = stiffness(*device, model, data->reference, Ends::both_sliding);
  const double none = stiffness(*device, model, data->reference, Ends::both_bonded);
  MESSAGE("stiffness " << one << ", both ends sliding " << both << ", both bonded " << none << " N/mm");
  CHECK(one == near(23356, 5e-4));
  CHECK(both == near(23081, 1e-3));
  CHECK(none == near(23657, 1e-3));

  const Line bins = bins_from(density, data->reference);
  CHECK(bins.share_within > 0.99);  // a pose 0.1 mm away fails
  for (std::size_t i = 0; i < density.values.size(); ++i)
    if (is_bone(data->reference.values[i]))
      density.values[i] = static_cast<float>(bins.slope * bin_of(data->reference.values[i]) + bins.intercept);
  const double binned =
      stiffness(*device, reference_model(data->reference, density), data->reference, Ends::one_sliding);
  MESSAGE("with binned moduli " << binned << " N/mm; bins of " << bins.slope << " mg/cm3");
  CHECK(binned == near(23297, 3e-3));
}

TEST_CASE("registration of the L4 vertebra to its reference finds the pose that the densities show") {
  const std::optional<Data> data = vertebra();
  if (!data) return;
  VoxelImage bone = data->reference;
  for (float& id : bone.values) id = is_bone(id) ? 1 : 0;
  const RigidMotion motion = register_masks(data->labels, bone);
  CHECK(motion.overlap > 0.98);
  const ImageGeometry exact = reference_grid(*data);
  CHECK(angle_between_deg(motion.rotation, exact.direction) < 0.5);
  const Vec3& centre = motion.reference_centre_mm;  // the reference's voxels are 1 mm from its origin on
  const Vec3 in_scan = patient_position_mm(exact, centre);
  for (int i = 0; i < 3; ++i) CHECK(std::abs(in_scan[i] - motion.scan_centre_mm[i]) < 0.2);
}

TEST_CASE("the L4 vertebra by the product's own pose and caps is within 2 % of the reference") {
  const std::optional<Data> data = vertebra();
  if (!data) return;
  const auto device = make_test_device();
  SpineSettings settings;
  settings.body_labels = {20};
  settings.posterior_labels = {48};
  const BoneSetup setup = spine_compression(data->density, data->labels, nullptr, settings);
  const ElasticModel model = reference_model(setup.labels, setup.grey);
  LoadCaseSpec wanted;
  wanted.type = LoadType::free;
  wanted.bone_model = setup.model;
  wanted.strain = -0.01;
  const ResolvedLoadCase load_case = resolve_load_case(*model.mesh, bone_load_case(wanted, setup), &setup.labels);
  const Solved solved = solve_resolved(*device, model, load_case, tight_settings(1e-8));
  MESSAGE("stiffness " << solved.reactions.stiffness_n_per_mm << " N/mm, height " << setup.length_mm << " mm");
  CHECK(solved.reactions.stiffness_n_per_mm == near(23356, 0.02));
}
