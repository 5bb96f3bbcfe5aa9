// SPDX-License-Identifier: Apache-2.0
// The upper end of a femur as a smooth union of round cones, with a density that depends on depth and place in the
// bone. Only +, -, *, / and square roots reach a voxel (and the sines of the recipe's few angles, whose last bits the
// rounding of the density hides), so that it is the same on every machine.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "osteon/core/error.hpp"
#include "osteon/image/synthetic.hpp"
#include "synthetic_shapes.hpp"

namespace osteon {

using namespace synthetic;

namespace {

/// In the bone's frame, mm: lateral, anterior, proximal.
using Place = Vec3;

// Densities in mg/cm3 K2HPO4 (assumption: round values of an adult's QCT).
constexpr double k_cortex = 1150, k_soft_tissue = 30, k_marrow = 10, k_spongiosa = 90;
constexpr double k_compressive_group = 220, k_tensile_group = 120, k_head = 90;

class Femur {
 public:
  explicit Femur(const FemurRecipe& r) : recipe_(r) {
    const double down = (180 - r.neck_shaft_deg) * k_degree, forward = r.anteversion_deg * k_degree;
    neck_axis = {-std::sin(down) * std::cos(forward), std::sin(down) * std::sin(forward), std::cos(down)};
    head = r.neck_length_mm * neck_axis;
    neck_ = {head, {0, 0, 0}, r.neck_radius_mm, 1.25 * r.neck_radius_mm};
    // Trochanters keep their places on a shaft of the standard width, and move out with a wider one.
    const double wide = r.shaft_radius_mm / 14.5;
    greater_ = {{9.5 * wide, -2 * wide, -27}, {18 * wide, -8 * wide, 18}, 13.5 * wide, 10.5 * wide};
    lesser_ = {{-8 * wide, -8 * wide, -44}, {-12 * wide, -13.5 * wide, -39}, 8 * wide, 5.5 * wide};
  }

  /// mm below the surface; negative outside. The shaft has no lower end here.
  double depth(const Place& p) const {
    double outside = join(length(p - head) - recipe_.head_radius_mm, neck_.distance(p), 6);
    outside = join(outside, shaft_distance(p), 8);
    outside = join(outside, greater_.distance(p), 8);
    return -join(outside, lesser_.distance(p), 6);
  }
  bool above_cut(const Place& p) const { return p[2] >= -recipe_.shaft_length_mm; }

  /// A scanner's view: both surfaces of the cortex are ramps of `edge_mm` about where they are.
  double density(const Place& p, double depth_mm, double edge_mm) const {
    const double outer = smooth_step(0.5 + depth_mm / edge_mm);
    const double inner = smooth_step(0.5 + (depth_mm - cortex_mm(p)) / edge_mm);
    return k_soft_tissue * (1 - outer) + k_cortex * (outer - inner) + inside(p) * inner;
  }

  /// Spheres that hold the bone, for the size of the grid.
  std::vector<Ball> hull() const {
    const Place cut = {0, 0, -recipe_.shaft_length_mm};
    return {{head, recipe_.head_radius_mm},  {{0, 0, 0}, top_radius()},     {greater_.a, greater_.radius_a},
            {greater_.b, greater_.radius_b}, {lesser_.b, lesser_.radius_b}, {cut, recipe_.shaft_radius_mm}};
  }

  Place neck_axis, head;

 private:
  double top_radius() const { return 1.25 * recipe_.shaft_radius_mm; }
  double shaft_distance(const Place& p) const {
    const double low = recipe_.shaft_radius_mm;
    const double radius = low + (top_radius() - low) * smooth_step((p[2] + 60) / 50);
    return length({p[0], p[1], std::max(p[2], 0.0)}) - radius;
  }

  /// Thick in the shaft and under the medial neck (calcar), a shell elsewhere.
  double cortex_mm(const Place& p) const {
    const double shell = 1.4, shaft = smooth_step((-8 - p[2]) / 55);
    const Place calcar = 0.3 * head + Place{0, 0, -24};
    const double thicker = 2.5 * bell(length(p - calcar) / 14) * (1 - shaft);
    return shell + (recipe_.shaft_cortex_mm - shell) * shaft + thicker;
  }

  /// Between the cortices: the groups of trabeculae that carry compression and tension (Ward's triangle is what they
  /// leave between them), fading into the marrow of the shaft.
  double inside(const Place& p) const {
    const double r = recipe_.head_radius_mm;
    const Place up = {0, 0, 1}, medial = {-1, 0, 0};
    const Place arch = 0.55 * head + Place{0, 0, 9}, lateral = {17, -5, -4};
    const double compression = distance_to_segment(p, head + 0.6 * r * up, 0.25 * head + Place{0, 0, -22});
    const double tension =
        std::min(distance_to_segment(p, head + 0.5 * r * medial, arch), distance_to_segment(p, arch, lateral));
    const double bone = k_spongiosa + k_compressive_group * bell(compression / 12) +
                        k_tensile_group * bell(tension / 8) + k_head * smooth_step(1.3 - length(p - head) / r);
    return k_marrow + (bone - k_marrow) * smooth_step((p[2] + 62) / 45);
  }

  FemurRecipe recipe_;
  RoundCone neck_, greater_, lesser_;
};

void require_between(const char* name, double value, double low, double high) {
  synthetic::require_between("femur", name, value, low, high);
}

void check(const FemurRecipe& r) {
  for (const double h : r.spacing_mm) require_between("the spacing in mm", h, 0.1, 5);
  for (const double turn : r.turn_deg) require_between("a turn in degrees", turn, -360, 360);
  require_between("the angle of neck and shaft in degrees", r.neck_shaft_deg, 100, 150);
  require_between("the anteversion in degrees", r.anteversion_deg, -45, 60);
  require_between("the length of the neck in mm", r.neck_length_mm, 30, 80);
  require_between("the radius of the head in mm", r.head_radius_mm, 15, 35);
  require_between("the radius of the neck in mm", r.neck_radius_mm, 7, 0.8 * r.head_radius_mm);
  require_between("the radius of the shaft in mm", r.shaft_radius_mm, 9, 22);
  require_between("the cortex of the shaft in mm", r.shaft_cortex_mm, 1, 0.9 * r.shaft_radius_mm);
  require_between("the length of the shaft in mm", r.shaft_length_mm, 75, 400);
  require_between("the width of an edge in mm", r.edge_mm, 0.1, 10);
}

/// Between the bone's frame and the patient's (LPS).
class Pose {
 public:
  explicit Pose(const FemurRecipe& r) : turn_(turn_matrix(r.turn_deg)), lateral_(r.side == BodySide::left ? 1 : -1) {}
  Vec3 to_patient(const Place& p) const {
    const Vec3 q = {lateral_ * p[0], -p[1], p[2]};
    Vec3 out;
    for (int i = 0; i < 3; ++i) out[i] = turn_[3 * i] * q[0] + turn_[3 * i + 1] * q[1] + turn_[3 * i + 2] * q[2];
    return out;
  }
  Place to_bone(const Vec3& x) const {
    Vec3 q;
    for (int i = 0; i < 3; ++i) q[i] = turn_[i] * x[0] + turn_[i + 3] * x[1] + turn_[i + 6] * x[2];
    return {lateral_ * q[0], -q[1], q[2]};
  }

 private:
  Mat3 turn_;
  double lateral_;
};

}  // namespace

SyntheticFemur make_proximal_femur(const FemurRecipe& recipe) {
  check(recipe);
  const Femur femur(recipe);
  const Pose pose(recipe);
  const double edge_mm =
      std::max(recipe.edge_mm, 2 * *std::max_element(recipe.spacing_mm.begin(), recipe.spacing_mm.end()));
  SyntheticFemur out;
  std::vector<Ball> hull;
  for (const Ball& ball : femur.hull()) hull.push_back({pose.to_patient(ball.first), ball.second});
  out.density = empty_scan(hull, recipe.spacing_mm);
  out.density.source = fmt::format("synthetic {} femur, turned by {} degrees, neck-shaft angle {}",
                                   side_name(recipe.side), fmt::join(recipe.turn_deg, ", "), recipe.neck_shaft_deg);
  out.mask = out.density;
  out.mask.source += ", mask";
  const Index3 size = out.density.geometry.size;
  const Vec3 h = recipe.spacing_mm, first = out.density.geometry.origin_mm;
#pragma omp parallel for schedule(dynamic)
  for (int z = 0; z < size.z; ++z) {
    for (int y = 0; y < size.y; ++y) {
      for (int x = 0; x < size.x; ++x) {
        const Place p = pose.to_bone({first[0] + x * h[0], first[1] + y * h[1], first[2] + z * h[2]});
        const double depth_mm = femur.depth(p);
        const std::size_t i = out.density.index(x, y, z);
        out.density.values[i] = static_cast<float>(std::round(16 * femur.density(p, depth_mm, edge_mm)) / 16);
        out.mask.values[i] = depth_mm >= 0 && femur.above_cut(p) ? 1.0F : 0.0F;
      }
    }
  }
  out.head_centre_mm = pose.to_patient(femur.head);
  out.neck_axis = pose.to_patient(femur.neck_axis);
  out.shaft_axis = pose.to_patient({0, 0, 1});
  out.shaft_point_mm = pose.to_patient({0, 0, 0});
  return out;
}

}  // namespace osteon
