// SPDX-License-Identifier: Apache-2.0
#include "placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

double square_distance(const Vec3& p, const Vec3& a, const Vec3& b) {
  double along = 0, length = 0;
  for (int d = 0; d < 3; ++d) {
    along += (p[d] - a[d]) * (b[d] - a[d]);
    length += (b[d] - a[d]) * (b[d] - a[d]);
  }
  const double t = length > 0 ? std::clamp(along / length, 0.0, 1.0) : 0;
  double square = 0;
  for (int d = 0; d < 3; ++d) {
    const double away = p[d] - (a[d] + t * (b[d] - a[d]));
    square += away * away;
  }
  return square;
}

double square_distance(const Vec3& p, const Delivery& delivery) {
  double nearest = std::numeric_limits<double>::infinity();
  const std::vector<Vec3>& points = delivery.points_mm;
  const std::size_t segments = delivery.is_path && points.size() > 1 ? points.size() - 1 : points.size();
  for (std::size_t i = 0; i < segments; ++i)
    nearest = std::min(nearest, square_distance(p, points[i], segments < points.size() ? points[i + 1] : points[i]));
  return nearest;
}

bool is_implanted(const Delivery& delivery, const Material& material, const RegionRole& role) {
  return delivery.region_label != 0 ? material.label == delivery.region_label : role.kind == RegionRole::Kind::scaffold;
}

}  // namespace

std::vector<double> placement(const Delivery& delivery, const SiteGrid& sites, const ElasticModel& model,
                              const std::vector<RegionRole>& regions) {
  constexpr double k_furthest = 4;  // spreads; beyond, nothing
  std::vector<double> share(sites.count(), 0.0);
  double sum = 0;
  for (std::size_t s = 0; s < share.size(); ++s) {
    if (delivery.carrier == Carrier::implant) {
      const std::uint8_t m = sites.material(s);
      share[s] = is_implanted(delivery, model.material.materials[m], regions[m]) ? 1 : 0;
    } else {
      const double square = square_distance(sites.centre_mm(s), delivery) / (delivery.spread_mm * delivery.spread_mm);
      share[s] = square <= k_furthest * k_furthest ? std::exp(-square / 2) : 0;
    }
    sum += share[s];
  }
  if (!(sum > 0))
    throw UsageError(
        delivery.carrier == Carrier::implant
            ? fmt::format("therapy '{}': no voxel of the region it is implanted in regenerates; set "
                          "region_label, or role = \"scaffold\" for a material",
                          delivery.name)
            : fmt::format("therapy '{}': the injection reaches no regenerating voxel; points_mm count from "
                          "the corner of voxel 0,0,0 along the image's axes",
                          delivery.name));
  for (double& value : share) value /= sum;
  return share;
}

}  // namespace osteon
