// SPDX-License-Identifier: Apache-2.0
// A lumbar vertebra: an elliptical body with a waist and hollow endplates, and posterior elements of round cones.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"
#include "synthetic_shapes.hpp"

namespace osteon {

using namespace synthetic;

namespace {

// Densities in mg/cm3 K2HPO4 (assumption: round values of an adult's QCT, whose voxels blur the thin shell).
constexpr double k_shell = 450, k_shell_mm = 1.2, k_posterior_shell = 900, k_posterior_shell_mm = 2.0;
constexpr double k_posterior_core = 250, k_soft_tissue = 30;
constexpr double k_waist = 0.12;     // the body is this much narrower in the middle
constexpr double k_hollow_mm = 2.0;  // of each endplate
constexpr double k_standard_depth_mm = 34;

class Vertebra {
 public:
  explicit Vertebra(const VertebraRecipe& r) : r_(r) {
    const double further = 0.5 * (r.depth_mm - k_standard_depth_mm);  // a deeper body moves them back
    const auto place = [&](double x, double y, double z) { return Vec3{x, y + further, z}; };
    for (const double side : {-1.0, 1.0}) {
      cones_.push_back({place(side * 13, 10, 5), place(side * 15, 29, 4), 5.5, 5.5});  // pedicle
      cones_.push_back({place(side * 15, 30, 3), place(side * 3, 42, -4), 5.5, 5});    // lamina
      cones_.push_back({place(side * 16, 28, 4), place(side * 40, 33, 6), 5, 3.5});    // transverse process
      cones_.push_back({place(side * 15, 31, 5), place(side * 16, 35, 15), 5.5, 5});   // articular processes
      cones_.push_back({place(side * 12, 36, -6), place(side * 12, 39, -16), 5, 5});
    }
    cones_.push_back({place(0, 42, -4), place(0, 66, -9), 5, 5.5});  // spinous process
  }

  /// mm below the surface; negative outside. Distances near the body's rim are those to its faces.
  double body_depth(const Vec3& p) const {
    const double a = 0.5 * r_.width_mm, b = 0.5 * r_.depth_mm, half = 0.5 * r_.height_mm;
    const double height = std::clamp(p[2] / half, -1.0, 1.0);
    const double narrow = 1 - k_waist * (1 - height * height);
    const double u = p[0] / (a * narrow), v = p[1] / (b * narrow), radius = std::sqrt(u * u + v * v);
    const double slope = std::sqrt(u * u / (a * a) + v * v / (b * b)) / (narrow * std::max(radius, 1e-9));
    const double side = (1 - radius) / std::max(slope, 1 / std::max(a, b));
    const double face = half - k_hollow_mm * std::max(0.0, 1 - radius * radius) - std::abs(p[2]);
    return std::min(side, face);
  }
  double posterior_depth(const Vec3& p) const {
    double outside = 1e3;
    for (const RoundCone& cone : cones_) outside = join(outside, cone.distance(p), 4);
    return -outside;
  }

  double density(double body_mm, double posterior_mm, double edge_mm) const {
    const auto layered = [&](double depth_mm, double shell_mm, double shell, double core, double& weight) {
      weight = smooth_step(0.5 + depth_mm / edge_mm);
      const double inner = smooth_step(0.5 + (depth_mm - shell_mm) / edge_mm);
      return shell * (weight - inner) + core * inner;
    };
    double body_weight = 0, posterior_weight = 0;
    const double body = layered(body_mm, k_shell_mm, k_shell, r_.spongiosa_mg_per_cm3, body_weight);
    const double posterior =
        layered(posterior_mm, k_posterior_shell_mm, k_posterior_shell, k_posterior_core, posterior_weight);
    // Where a pedicle enters the body, the body's bone goes on.
    const double rest = 1 - body_weight;
    return body + rest * posterior + rest * (1 - posterior_weight) * k_soft_tissue;
  }

  std::vector<Ball> hull() const {
    std::vector<Ball> balls = {{{0, 0, 0}, 0.5 * std::hypot(r_.width_mm, r_.height_mm)}};
    for (const RoundCone& cone : cones_) balls.push_back({cone.b, cone.radius_b});
    return balls;
  }

 private:
  VertebraRecipe r_;
  std::vector<RoundCone> cones_;
};

void check(const VertebraRecipe& r) {
  const auto require = [](const char* name, double value, double low, double high) {
    require_between("vertebra", name, value, low, high);
  };
  for (const double h : r.spacing_mm) require("the spacing in mm", h, 0.1, 5);
  for (const double turn : r.turn_deg) require("a turn in degrees", turn, -360, 360);
  require("the width of the body in mm", r.width_mm, 20, 80);
  require("the depth of the body in mm", r.depth_mm, 15, 60);
  require("the height of the body in mm", r.height_mm, 10, 50);
  require("the density of the spongiosa in mg/cm3", r.spongiosa_mg_per_cm3, 1, 1000);
  require("the width of an edge in mm", r.edge_mm, 0.1, 10);
}

}  // namespace

SyntheticVertebra make_vertebra(const VertebraRecipe& recipe) {
  check(recipe);
  const Vertebra vertebra(recipe);
  const Mat3 turn = turn_matrix(recipe.turn_deg);
  const auto to_patient = [&](const Vec3& p) {
    Vec3 x;
    for (int i = 0; i < 3; ++i) x[i] = turn[3 * i] * p[0] + turn[3 * i + 1] * p[1] + turn[3 * i + 2] * p[2];
    return x;
  };
  const double edge_mm =
      std::max(recipe.edge_mm, 2 * *std::max_element(recipe.spacing_mm.begin(), recipe.spacing_mm.end()));
  std::vector<Ball> hull;
  for (const Ball& ball : vertebra.hull()) hull.push_back({to_patient(ball.first), ball.second});
  SyntheticVertebra out;
  out.density = empty_scan(hull, recipe.spacing_mm);
  out.density.source = fmt::format("synthetic vertebra, turned by {} degrees", fmt::join(recipe.turn_deg, ", "));
  out.mask = out.density;
  out.mask.source += ", mask";
  out.up = to_patient({0, 0, 1});
  const Index3 size = out.density.geometry.size;
  const Vec3 h = recipe.spacing_mm, first = out.density.geometry.origin_mm;
#pragma omp parallel for schedule(dynamic)
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x) {
        const Vec3 q = {first[0] + x * h[0], first[1] + y * h[1], first[2] + z * h[2]};
        Vec3 p;
        for (int i = 0; i < 3; ++i) p[i] = turn[i] * q[0] + turn[i + 3] * q[1] + turn[i + 6] * q[2];
        const double body = vertebra.body_depth(p), posterior = vertebra.posterior_depth(p);
        const std::size_t i = out.density.index(x, y, z);
        out.density.values[i] = static_cast<float>(std::round(16 * vertebra.density(body, posterior, edge_mm)) / 16);
        out.mask.values[i] =
            static_cast<float>(body >= 0 ? k_vertebra_body : (posterior >= 0 ? k_vertebra_posterior : 0));
      }
  return out;
}

}  // namespace osteon
