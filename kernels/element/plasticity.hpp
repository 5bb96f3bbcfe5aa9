// SPDX-License-Identifier: Apache-2.0
// Small-strain plasticity of an isotropic material that may yield earlier in tension than in compression, with linear
// hardening and optional damage: the law, the return to the yield surface and the consistent tangent.
//
// Effective stress s = D_e (strain - plastic strain), with pressure p = tr s / 3 (tension positive) and von Mises
// stress q. Yield surface, smooth, in the isotropic form of the quadric of Schwiedrzik, Wolfram and Zysset 2013
// (Biomech Model Mechanobiol 12:1155; recalled, check):
//
//   phi(p, q) - (yield + hardening kappa) = 0,   phi = sqrt(a p^2 + b q^2) + c p
//
// phi is convex and of degree 1, and is scaled so that it is the axial stress in uniaxial compression: there the
// plastic multiplier kappa is the axial plastic strain, and phi's rate per kappa the slope. Flow is associated, so the
// tangent is symmetric. With equal yield in tension and compression and `shape` 0.5 phi = q: von Mises. Damage D =
// limit (1 - exp(-rate kappa)) scales the stress that the bone carries, (1 - D) s; exponential growth with kappa after
// Schwiedrzik and Zysset 2013 (Biomech Model Mechanobiol 12:201; recalled, check). Everything is relative to Young's
// modulus, so one law serves bone of every density.
#pragma once

#include <cmath>

#include "kernels/element/voigt.hpp"
#include "osteon/core/real.hpp"

namespace osteon {

struct PlasticLaw {
  double bulk = 0, shear = 0;  ///< moduli
  double a = 0, b = 1, c = 0;  ///< of phi
  double yield = INFINITY;     ///< compressive yield stress; infinite: stays elastic
  double hardening = 0;        ///< slope of phi over kappa
  double damage_limit = 0, damage_rate = 0;

  OSTEON_HD double damage(double kappa) const { return damage_limit * (1 - std::exp(-damage_rate * kappa)); }
  OSTEON_HD double strength(double kappa) const { return yield + hardening * kappa; }
};

/// Yield strains are stresses over Young's modulus, both > 0, compression at least as strong as tension.
/// `post_yield_ratio`: slope after yield in uniaxial compression over Young's modulus, in [0, 1). One kappa scales the
/// whole surface, so in tension the plastic slope is smaller by the square of the two yield strains' ratio.
/// `shape` in (-1, 0.5]: 0.5 is a cone (Drucker-Prager, for equal yield strains von Mises), a little less rounds its
/// tip.
inline PlasticLaw plastic_law(double poisson_ratio, double tensile_yield_strain, double compressive_yield_strain,
                              double post_yield_ratio, double shape) {
  PlasticLaw law;
  law.bulk = 1 / (3 * (1 - 2 * poisson_ratio));
  law.shear = 1 / (2 * (1 + poisson_ratio));
  const double ratio = compressive_yield_strain / tensile_yield_strain;
  const double mean = (ratio + 1) / 2, difference = (ratio - 1) / 2;
  law.a = 3 * mean * mean * (1 - 2 * shape);
  law.b = 2 * mean * mean * (1 + shape) / 3;
  law.c = 3 * difference;
  law.yield = compressive_yield_strain;
  law.hardening = post_yield_ratio / (1 - post_yield_ratio);
  return law;
}

/// A point on the (p, q) plane, and what one step of flow made of it.
struct ReturnedStress {
  double p = 0, q = 0;
  double multiplier = 0;  ///< growth of kappa
  double root = 0;        ///< sqrt(a p^2 + b q^2)
};

OSTEON_HD inline double yield_function(const PlasticLaw& law, double p, double q) {
  return std::sqrt(law.a * p * p + law.b * q * q) + law.c * p;
}

/// Backward Euler for a given multiplier: the (p, q) whose flow leads back to the trial state. Its size x = root solves
/// a P^2 / (x + alpha)^2 + b Q^2 / (x + beta)^2 = 1; the left side to the power -1/2 is concave and rises, so Newton's
/// method from x = 0 climbs to the root. Without a root the state is the tip of the surface.
OSTEON_HD inline ReturnedStress flow_back(const PlasticLaw& law, double trial_p, double trial_q, double multiplier) {
  const double alpha = law.bulk * law.a * multiplier, beta = 3 * law.shear * law.b * multiplier;
  const double shifted_p = trial_p - law.bulk * law.c * multiplier;
  double x = 0;
  for (int i = 0; i < 60; ++i) {
    const double u = law.a > 0 ? shifted_p / (x + alpha) : 0, v = trial_q / (x + beta);
    const double sum = law.a * u * u + law.b * v * v;
    if (i == 0 && !(sum > 1)) break;
    const double slope = (law.a > 0 ? law.a * u * u / (x + alpha) : 0) + law.b * v * v / (x + beta);
    const double step = (1 - 1 / std::sqrt(sum)) * sum * std::sqrt(sum) / slope;
    x += step;
    if (std::fabs(step) <= 1e-15 * x) break;
  }
  ReturnedStress state;
  state.multiplier = multiplier;
  state.root = x;
  if (x > 0) {
    state.p = shifted_p * x / (x + alpha);
    state.q = trial_q * x / (x + beta);
  } else {
    state.p = law.a > 0 ? 0 : shifted_p;
  }
  return state;
}

/// First derivatives of phi and the algorithmic modulus (compliance + multiplier phi'')^-1 on the (p, q) plane.
struct FlowPlane {
  double normal_p, normal_q;
  double pp, pq, qq;
};

OSTEON_HD inline FlowPlane flow_plane(const PlasticLaw& law, const ReturnedStress& state) {
  FlowPlane f{law.c, 0, law.bulk, 0, 0};
  if (!(state.root > 0)) return f;  // at the tip nothing but pressure is left
  const double s = state.root, curvature = state.multiplier * law.a * law.b / (s * s * s);
  f.normal_p += law.a * state.p / s;
  f.normal_q = law.b * state.q / s;
  const double cpp = 1 / law.bulk + curvature * state.q * state.q, cpq = -curvature * state.p * state.q,
               cqq = 1 / (3 * law.shear) + curvature * state.p * state.p;
  const double determinant = cpp * cqq - cpq * cpq;
  f.pp = cqq / determinant;
  f.pq = -cpq / determinant;
  f.qq = cpp / determinant;
  return f;
}

/// From a trial state beyond the surface back to it, with the hardening that the flow brings. The value of phi falls as
/// the multiplier grows, so Newton's method within a bracket finds the one root.
OSTEON_HD inline ReturnedStress return_to_surface(const PlasticLaw& law, double trial_p, double trial_q, double kappa) {
  const double strength = law.strength(kappa);
  double low = 0, high = INFINITY, multiplier = 0;
  ReturnedStress state{trial_p, trial_q, 0, std::sqrt(law.a * trial_p * trial_p + law.b * trial_q * trial_q)};
  for (int i = 0; i < 100; ++i) {
    if (i > 0) state = flow_back(law, trial_p, trial_q, multiplier);
    const double beyond = state.root + law.c * state.p - strength - law.hardening * multiplier;
    if (std::fabs(beyond) <= 4e-16 * strength) break;
    const FlowPlane f = flow_plane(law, state);
    const double slope = f.pp * f.normal_p * f.normal_p + 2 * f.pq * f.normal_p * f.normal_q +
                         f.qq * f.normal_q * f.normal_q + law.hardening;
    (beyond > 0 ? low : high) = multiplier;
    double next = multiplier + beyond / slope;
    if (!(next > low && next < high)) next = high < INFINITY ? (low + high) / 2 : 2 * low;
    if (std::fabs(next - multiplier) <= 1e-16 * next) break;
    multiplier = next;
  }
  return state;
}

/// D_e - D at one point, D the consistent tangent: c_dev I_dev + c_vol 1x1 - c_mix (n x 1 + 1 x n) + c_n n x n, with n
/// the unit deviator of the stress. Positive semidefinite.
struct TangentDrop {
  double n[6];  ///< tensor components
  double c_dev, c_vol, c_mix, c_n;
};

/// Stress (engineering shear in, stress out) lost against elasticity for a strain.
OSTEON_HD inline void tangent_drop(const TangentDrop& t, const double strain[6], double stress[6]) {
  const double trace = strain[0] + strain[1] + strain[2];
  double along = 0;
  for (int i = 0; i < 6; ++i) along += t.n[i] * strain[i];
  const double volumetric = t.c_vol * trace - t.c_mix * along - t.c_dev * trace / 3;
  const double deviatoric = t.c_n * along - t.c_mix * trace;
  for (int i = 0; i < 6; ++i)
    stress[i] = t.c_dev * (i < 3 ? 1 : 0.5) * strain[i] + deviatoric * t.n[i] + (i < 3 ? volumetric : 0);
}

/// State of one integration point.
struct PlasticPoint {
  double plastic_strain[6];  ///< engineering shear
  double kappa;
};

/// Elastic stress over Young's modulus.
OSTEON_HD inline void elastic_stress(const PlasticLaw& law, const double strain[6], double stress[6]) {
  const double mean = (strain[0] + strain[1] + strain[2]) / 3;
  for (int i = 0; i < 3; ++i) {
    stress[i] = 2 * law.shear * (strain[i] - mean) + 3 * law.bulk * mean;
    stress[3 + i] = law.shear * strain[3 + i];
  }
}

OSTEON_HD inline void pressure_and_mises(const double stress[6], double& p, double& q) {
  p = (stress[0] + stress[1] + stress[2]) / 3;
  double squares = 0;
  for (int i = 0; i < 3; ++i) squares += (stress[i] - p) * (stress[i] - p) + 2 * stress[3 + i] * stress[3 + i];
  q = std::sqrt(1.5 * squares);
}

/// phi over the present strength: above 1 the point yields, and where nothing has yielded it is linear in the load.
OSTEON_HD inline double utilisation(const PlasticLaw& law, const double strain[6], const PlasticPoint& point) {
  double elastic[6], stress[6], p, q;
  for (int i = 0; i < 6; ++i) elastic[i] = strain[i] - point.plastic_strain[i];
  elastic_stress(law, elastic, stress);
  pressure_and_mises(stress, p, q);
  return yield_function(law, p, q) / law.strength(point.kappa);
}

/// New state, nominal stress over Young's modulus and, when `drop` is not null, the tangent, of a point that is
/// strained to `strain` from the state `point`. Damage enters the tangent as it stands: its growth would make the
/// tangent unsymmetric, and Newton's method converges without.
OSTEON_HD inline void strain_point(const PlasticLaw& law, const double strain[6], PlasticPoint& point, double stress[6],
                                   TangentDrop* drop) {
  double elastic[6], trial_p, trial_q;
  for (int i = 0; i < 6; ++i) elastic[i] = strain[i] - point.plastic_strain[i];
  elastic_stress(law, elastic, stress);
  pressure_and_mises(stress, trial_p, trial_q);
  const bool yields = yield_function(law, trial_p, trial_q) > law.strength(point.kappa);
  double kept = 1 - law.damage(point.kappa);
  if (drop != nullptr) {
    for (double& n : drop->n) n = 0;
    *drop = {{}, 2 * law.shear * (1 - kept), law.bulk * (1 - kept), 0, 0};
  }
  if (yields) {
    const ReturnedStress state = return_to_surface(law, trial_p, trial_q, point.kappa);
    const double shrink = trial_q > 0 ? state.q / trial_q : 0;
    point.kappa += state.multiplier;
    kept = 1 - law.damage(point.kappa);
    if (drop != nullptr) {
      const double root_two_thirds = 0.81649658092772603273;
      const FlowPlane f = flow_plane(law, state);
      const double vp = f.pp * f.normal_p + f.pq * f.normal_q, vq = f.pq * f.normal_p + f.qq * f.normal_q;
      const double rate = f.normal_p * vp + f.normal_q * vq + law.hardening;
      const double scale = trial_q > 0 ? 1 / (root_two_thirds * trial_q) : 0;
      for (int i = 0; i < 6; ++i) drop->n[i] = scale * (stress[i] - (i < 3 ? trial_p : 0));
      drop->c_dev = 2 * law.shear * (1 - kept * shrink);
      drop->c_vol = law.bulk - kept * (f.pp - vp * vp / rate);
      drop->c_mix = kept * root_two_thirds * (f.pq - vp * vq / rate);
      drop->c_n = 2 * law.shear - kept * 2 * (f.qq - vq * vq / rate) / 3 - drop->c_dev;
    }
    for (int i = 0; i < 6; ++i) {
      const double deviator = shrink * (stress[i] - (i < 3 ? trial_p : 0));
      stress[i] = deviator + (i < 3 ? state.p : 0);
      const double back = i < 3 ? deviator / (2 * law.shear) + state.p / (3 * law.bulk) : deviator / law.shear;
      point.plastic_strain[i] = strain[i] - back;
    }
  }
  for (int i = 0; i < 6; ++i) stress[i] *= kept;
}

}  // namespace osteon
