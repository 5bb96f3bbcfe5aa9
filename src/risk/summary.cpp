// SPDX-License-Identifier: Apache-2.0
// Shares, percentiles and clusters of a risk map.
#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/mechanics/order_statistics.hpp"
#include "osteon/model/parts.hpp"
#include "osteon/risk/criteria.hpp"

namespace osteon {

namespace {

struct MaterialRisk {
  std::vector<double> values;  ///< in any order
  std::int64_t highest = -1;   ///< element
};

bool is_higher(float a, float b) { return a > b || (std::isnan(a) && !std::isnan(b)); }

/// The higher of two elements, -1 being none; of equal ones the first, whatever thread found it.
std::int64_t higher(const std::vector<float>& risk, std::int64_t a, std::int64_t b) {
  if (a < 0 || b < 0) return std::max(a, b);
  const float at_a = risk[static_cast<std::size_t>(a)], at_b = risk[static_cast<std::size_t>(b)];
  if (is_higher(at_a, at_b)) return a;
  return is_higher(at_b, at_a) ? b : std::min(a, b);
}

std::vector<MaterialRisk> risk_of_materials(const std::vector<float>& risk, const MaterialField& material) {
  std::vector<MaterialRisk> found(material.materials.size());
  const std::int64_t n = static_cast<std::int64_t>(risk.size());
#pragma omp parallel
  {
    std::vector<MaterialRisk> mine(found.size());
#pragma omp for schedule(static) nowait
    for (std::int64_t e = 0; e < n; ++e) {
      const std::uint8_t index = material.material_index[e];
      if (!material.materials[index].in_evaluation_set) continue;
      mine[index].values.push_back(risk[e]);
      mine[index].highest = higher(risk, mine[index].highest, e);
    }
#pragma omp critical(osteon_risk_of_materials)
    for (std::size_t m = 0; m < found.size(); ++m) {
      if (found[m].values.empty())
        found[m].values = std::move(mine[m].values);
      else
        found[m].values.insert(found[m].values.end(), mine[m].values.begin(), mine[m].values.end());
      found[m].highest = higher(risk, found[m].highest, mine[m].highest);
    }
  }
  return found;
}

double percent_above(const std::vector<double>& values, double threshold) {
  const std::int64_t n = static_cast<std::int64_t>(values.size());
  std::int64_t above = 0;
#pragma omp parallel for schedule(static) reduction(+ : above)
  for (std::int64_t i = 0; i < n; ++i) above += values[i] >= threshold ? 1 : 0;
  return n == 0 ? 0 : 100 * static_cast<double>(above) / static_cast<double>(n);
}

std::vector<double> percents_above(const std::vector<double>& values, const std::vector<double>& thresholds) {
  std::vector<double> percents;
  for (const double threshold : thresholds) percents.push_back(percent_above(values, threshold));
  return percents;
}

/// Position of a place on the grid, in voxels, in patient space.
Vec3 patient_mm(const ImageGeometry& g, const Vec3& voxel) {
  Vec3 at = g.origin_mm;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t d = 0; d < 3; ++d) at[row] += g.direction[3 * row + d] * voxel[d] * g.spacing_mm[d];
  return at;
}

struct ClusterSum {
  std::int64_t voxels = 0, x = 0, y = 0, z = 0;
  std::uint32_t highest = 0;  ///< element
};

std::vector<ClusterSum> sum_clusters(const std::vector<float>& risk, const VoxelMesh& mesh, const PartNumbers& parts) {
  std::vector<ClusterSum> sums(parts.count);
  for (std::uint32_t e = 0; e < mesh.element_count(); ++e) {
    const std::uint32_t part = parts.of_element[e];
    if (part == k_no_part) continue;
    ClusterSum& sum = sums[part];
    const Index3& p = mesh.element_positions()[e];
    if (sum.voxels++ == 0 || risk[e] > risk[sum.highest]) sum.highest = e;
    sum.x += p.x;
    sum.y += p.y;
    sum.z += p.z;
  }
  return sums;
}

RiskCluster describe_cluster(const ClusterSum& sum, const std::vector<float>& risk, const ElasticModel& model,
                             double voxel_mm3) {
  const double n = static_cast<double>(sum.voxels);
  const Material& material = model.material.materials[model.material.material_index[sum.highest]];
  RiskCluster cluster;
  cluster.voxels = sum.voxels;
  cluster.volume_mm3 = n * voxel_mm3;
  cluster.centroid_mm = patient_mm(
      model.geometry, {static_cast<double>(sum.x) / n, static_cast<double>(sum.y) / n, static_cast<double>(sum.z) / n});
  cluster.max = risk[sum.highest];
  cluster.voxel_of_maximum = model.mesh->element_positions()[sum.highest];
  cluster.material = material.name;
  cluster.label = material.label;
  return cluster;
}

void add_clusters(const std::vector<float>& risk, const ElasticModel& model, const RiskSummarySettings& settings,
                  RiskSummary& summary) {
  const MaterialField& material = model.material;
  const std::int64_t n = static_cast<std::int64_t>(risk.size());
  std::vector<std::uint8_t> dangerous(risk.size());
#pragma omp parallel for schedule(static)
  for (std::int64_t e = 0; e < n; ++e)
    dangerous[e] =
        risk[e] >= settings.cluster_threshold && material.materials[material.material_index[e]].in_evaluation_set;
  std::vector<ClusterSum> sums = sum_clusters(risk, *model.mesh, number_parts(*model.mesh, dangerous));
  const Vec3 h = model.mesh->spacing_mm();
  const double voxel_mm3 = h[0] * h[1] * h[2];
  summary.cluster_count = static_cast<std::int64_t>(sums.size());
  for (const ClusterSum& sum : sums) {
    const double volume = static_cast<double>(sum.voxels) * voxel_mm3;
    summary.clustered_volume_mm3 += volume;
    summary.largest_cluster_mm3 = std::max(summary.largest_cluster_mm3, volume);
  }
  const std::size_t listed = std::min(sums.size(), static_cast<std::size_t>(settings.clusters));
  std::partial_sort(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(listed), sums.end(),
                    [&](const ClusterSum& a, const ClusterSum& b) {
                      return risk[a.highest] != risk[b.highest] ? risk[a.highest] > risk[b.highest]
                                                                : a.highest < b.highest;
                    });
  for (std::size_t i = 0; i < listed; ++i)
    summary.clusters.push_back(describe_cluster(sums[i], risk, model, voxel_mm3));
}

}  // namespace

RiskSummary summarise_risk(const Criterion& criterion, const std::vector<float>& risk, const ElasticModel& model,
                           const RiskSummarySettings& settings) {
  OSTEON_ASSERT(risk.size() == model.mesh->element_count() && model.material.material_index.size() == risk.size());
  RiskSummary summary;
  summary.criterion = criterion.id;
  summary.notes = check_criteria({criterion}, model.material);
  summary.thresholds = settings.thresholds;
  summary.volume_percent_above.assign(settings.thresholds.size(), 0);
  summary.cluster_threshold = settings.cluster_threshold;
  std::vector<MaterialRisk> by_material = risk_of_materials(risk, model.material);

  std::vector<double> all;
  std::int64_t highest = -1;
  for (std::size_t m = 0; m < by_material.size(); ++m) {
    MaterialRisk& own = by_material[m];
    if (own.values.empty()) continue;
    const float most = risk[static_cast<std::size_t>(own.highest)];
    highest = higher(risk, highest, own.highest);
    const Material& material = model.material.materials[m];
    summary.by_material.push_back({material.name, material.label, static_cast<std::int64_t>(own.values.size()),
                                   percentiles(own.values, {98})[0], most,
                                   percents_above(own.values, settings.thresholds)});
    if (all.empty())
      all = std::move(own.values);
    else
      all.insert(all.end(), own.values.begin(), own.values.end());
  }
  if (all.empty()) return summary;
  const bool one_material = summary.by_material.size() == 1;
  summary.p98 = one_material ? summary.by_material[0].p98 : percentiles(all, {98})[0];
  summary.max = risk[static_cast<std::size_t>(highest)];
  summary.most_loaded_voxel = model.mesh->element_positions()[static_cast<std::size_t>(highest)];
  summary.volume_percent_above_1 = percent_above(all, 1);
  summary.volume_percent_above = percents_above(all, settings.thresholds);
  if (settings.clusters > 0) add_clusters(risk, model, settings, summary);
  return summary;
}

}  // namespace osteon
