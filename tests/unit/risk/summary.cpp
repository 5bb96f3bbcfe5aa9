// SPDX-License-Identifier: Apache-2.0
// Shares, materials and clusters of a risk map, on maps small enough to count.
#include <doctest/doctest.h>

#include <cmath>

#include "osteon/model/parts.hpp"
#include "osteon/risk/criteria.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// A solid block of the first material; the second is excluded from the evaluation set.
ElasticModel block(const Index3& size) {
  ElasticModel model;
  const auto voxels = static_cast<std::size_t>(size.volume());
  model.geometry.size = size;
  model.geometry.spacing_mm = {0.5, 1, 2};
  model.mesh = std::make_shared<const VoxelMesh>(size, model.geometry.spacing_mm, std::vector<std::uint8_t>(voxels, 1));
  model.material.materials.resize(3);
  model.material.materials[0].name = "trabecular";
  model.material.materials[0].label = 100;
  model.material.materials[1].in_evaluation_set = false;
  model.material.materials[2].name = "cortical";
  model.material.materials[2].label = 127;
  model.material.material_index.assign(voxels, 0);
  return model;
}

RiskSummary summary_of(const std::vector<float>& risk, const ElasticModel& model,
                       const RiskSummarySettings& settings = {}) {
  return summarise_risk(find_criterion("ees"), risk, model, settings);
}

float& at(std::vector<float>& risk, const ElasticModel& model, const Index3& voxel) {
  return risk[model.mesh->element_at(voxel)];
}

}  // namespace

TEST_CASE("the summary counts the evaluation set only and finds the most loaded voxel") {
  ElasticModel model = block({11, 1, 1});
  std::vector<float> risk(11);
  for (int i = 0; i < 11; ++i) at(risk, model, {i, 0, 0}) = 0.2f * static_cast<float>(i);  // 0 ... 2
  model.material.material_index[model.mesh->element_at({10, 0, 0})] = 1;                   // the highest is PMMA
  RiskSummarySettings settings;
  settings.thresholds = {0.5, 1.5};

  const RiskSummary summary = summary_of(risk, model, settings);

  CHECK(summary.criterion == "ees");
  CHECK(summary.max == near(1.8, 1e-6));
  CHECK(summary.p98 == near(1.8 - 0.18 * 0.2, 1e-6));
  CHECK(summary.volume_percent_above_1 == 50);  // 1.0 1.2 1.4 1.6 1.8 of ten
  CHECK(summary.volume_percent_above == std::vector<double>{70, 20});
  CHECK(summary.most_loaded_voxel == Index3{9, 0, 0});
  CHECK(summary.cluster_count == 1);
  CHECK(summary.clusters.at(0).voxels == 5);
}

TEST_CASE("every material has its own shares, in the order of the case, and what does not occur is left out") {
  ElasticModel model = block({10, 1, 1});
  std::vector<float> risk(10, 0.1f);
  for (int i = 6; i < 10; ++i) model.material.material_index[model.mesh->element_at({i, 0, 0})] = 2;
  at(risk, model, {2, 0, 0}) = 0.9f;
  at(risk, model, {8, 0, 0}) = 3;

  const RiskSummary summary = summary_of(risk, model);

  REQUIRE(summary.by_material.size() == 2);
  const RiskOfMaterial& trabecular = summary.by_material[0];
  CHECK(trabecular.name == "trabecular");
  CHECK(trabecular.label == 100);
  CHECK(trabecular.elements == 6);
  CHECK(trabecular.max == near(0.9, 1e-6));
  CHECK(trabecular.volume_percent_above == std::vector<double>{100.0 / 6, 100.0 / 6, 0});
  CHECK(summary.by_material[1].volume_percent_above == std::vector<double>{25, 25, 25});
  CHECK(summary.max == 3);
  CHECK(summary.clusters.at(0).material == "cortical");
  CHECK(summary.clusters.at(0).label == 127);
}

TEST_CASE("clusters are joined through faces only, and the one with the highest risk comes first") {
  ElasticModel model = block({20, 9, 9});
  std::vector<float> risk(static_cast<std::size_t>(model.mesh->element_count()), 0);
  for (const Index3& voxel : {Index3{7, 2, 3}, Index3{8, 2, 3}, Index3{8, 3, 3}}) at(risk, model, voxel) = 1;
  at(risk, model, {9, 4, 3}) = 1.2f;   // shares an edge with the last
  at(risk, model, {9, 4, 4}) = 1.5f;   // and a face with this one
  at(risk, model, {15, 7, 7}) = 0.9f;  // below the threshold
  at(risk, model, {0, 0, 0}) = 9;      // excluded material
  model.material.material_index[model.mesh->element_at({0, 0, 0})] = 1;

  const RiskSummary summary = summary_of(risk, model);

  CHECK(summary.cluster_count == 2);
  CHECK(summary.clustered_volume_mm3 == near(5, 1e-12));  // voxels of 1 mm3
  CHECK(summary.largest_cluster_mm3 == near(3, 1e-12));
  REQUIRE(summary.clusters.size() == 2);
  CHECK(summary.clusters[0].max == 1.5);
  CHECK(summary.clusters[0].voxels == 2);
  CHECK(summary.clusters[0].voxel_of_maximum == Index3{9, 4, 4});
  CHECK(summary.clusters[1].voxels == 3);
  CHECK(summary.clusters[1].max == 1);

  RiskSummarySettings settings;
  settings.clusters = 1;
  settings.cluster_threshold = 0.85;
  const RiskSummary fewer = summary_of(risk, model, settings);
  CHECK(fewer.cluster_count == 3);
  CHECK(fewer.clusters.size() == 1);
}

TEST_CASE("the centroid of a cluster is where the result file has its voxels: in patient space") {
  ElasticModel model = block({8, 8, 8});
  model.geometry.origin_mm = {10, 20, 30};
  model.geometry.direction = {0, -1, 0, 1, 0, 0, 0, 0, 1};  // image x is patient y, image y is patient -x
  std::vector<float> risk(static_cast<std::size_t>(model.mesh->element_count()), 0);
  at(risk, model, {2, 3, 4}) = 2;
  at(risk, model, {3, 3, 4}) = 1;
  const Vec3 centroid = summary_of(risk, model).clusters.at(0).centroid_mm;
  CHECK(centroid[0] == near(10 - 3 * 1.0, 1e-12));
  CHECK(centroid[1] == near(20 + 2.5 * 0.5, 1e-12));
  CHECK(centroid[2] == near(30 + 4 * 2.0, 1e-12));
}

TEST_CASE("a value that is not a number shows in the summary") {
  ElasticModel model = block({4, 1, 1});
  std::vector<float> risk = {0.1f, 0.2f, std::nanf(""), 0.3f};
  const RiskSummary summary = summary_of(risk, model);
  CHECK(std::isnan(summary.max));
  CHECK(summary.most_loaded_voxel == model.mesh->element_positions()[2]);
}

TEST_CASE("a model without any evaluated tissue has an empty summary") {
  ElasticModel model = block({3, 1, 1});
  model.material.material_index.assign(3, 1);
  const RiskSummary summary = summary_of({1, 2, 3}, model);
  CHECK(summary.max == 0);
  CHECK(summary.volume_percent_above_1 == 0);
  CHECK(summary.volume_percent_above == std::vector<double>{0, 0, 0});
  CHECK(summary.clusters.empty());
}

TEST_CASE("parts among selected elements are those of a mesh of them alone") {
  const Index3 size{23, 17, 19};
  const auto voxels = static_cast<std::size_t>(size.volume());
  const VoxelMesh whole(size, {1, 1, 1}, std::vector<std::uint8_t>(voxels, 1));
  std::vector<std::uint8_t> active(voxels), selected(voxels);
  for (std::size_t v = 0; v < voxels; ++v) active[v] = v * 2654435761u % 100 < 30;
  for (std::uint32_t e = 0; e < whole.element_count(); ++e) {
    const Index3& p = whole.element_positions()[e];
    selected[e] = active[(static_cast<std::size_t>(p.z) * size.y + p.y) * size.x + p.x];
  }
  const VoxelMesh alone(size, {1, 1, 1}, active);
  const MeshParts expected = find_parts(alone);
  const PartNumbers found = number_parts(whole, selected);
  REQUIRE(expected.parts.size() > 100);
  REQUIRE(found.count == expected.parts.size());
  for (std::uint32_t e = 0; e < alone.element_count(); ++e) {
    const std::uint32_t there = whole.element_at(alone.element_positions()[e]);
    REQUIRE(found.of_element[there] == expected.part_of_element[e]);
  }
  for (std::uint32_t e = 0; e < whole.element_count(); ++e)
    if (selected[e] == 0) REQUIRE(found.of_element[e] == k_no_part);
}
