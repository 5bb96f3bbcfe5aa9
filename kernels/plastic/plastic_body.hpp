// SPDX-License-Identifier: Apache-2.0
// One element or node of each plastic operation, called by both loops.
#pragma once

#include "kernels/plastic/plastic.hpp"

namespace osteon::kernels {

/// Items of a loop over all places for an element in a brick grid; many are empty.
inline constexpr std::size_t k_brick_places = 512;

/// Largest utilisation of the element at place i % 512 of brick i / 512.
struct PlasticUtilisation {
  BrickGridView grid;
  PlasticMaterialView material;
  const double* u;
  double* value;

  OSTEON_HD void operator()(std::size_t i) const {
    const std::int32_t b = static_cast<std::int32_t>(i / k_brick_places);
    const int place = static_cast<int>(i % k_brick_places), x = place & 7, y = place >> 3 & 7, z = place >> 6;
    const std::uint32_t e = grid.bricks[b].element(x, y, z);
    if (e == k_no_node) return;
    const PlasticLaw law = material.laws[material.law_index[e]];
    double most = 0;
    if (law.yield < INFINITY) {
      double modes[3][8];
      for (int a = 0; a < 8; ++a) {
        const std::size_t node = grid.node_near(b, x + (a & 1), y + (a >> 1 & 1), z + (a >> 2));
        for (int c = 0; c < 3; ++c) modes[c][a] = u[3 * node + c];
      }
      for (int c = 0; c < 3; ++c) nodes_to_modes(modes[c]);
      GaussGradients gradients;
      gauss_gradients(modes, material.inverse_h, gradients);
      OSTEON_UNROLL
      for (int q = 0; q < k_gauss_points; ++q) {
        double strain[6];
        gradients.strain(q, strain);
        const double here = osteon::utilisation(law, strain, PlasticPoint{{}, 0});
        if (!(here <= most)) most = here;  // lets what is not a number through
      }
    }
    value[e] = most;
  }
};

OSTEON_HD inline GaussGradients listed_gradients(const PlasticListView& list, std::size_t i, const double* u) {
  double modes[3][8];
  for (int a = 0; a < 8; ++a) {
    const std::size_t node = list.nodes[static_cast<std::size_t>(a) * list.count + i];
    for (int c = 0; c < 3; ++c) modes[c][a] = u[3 * node + c];
  }
  for (int c = 0; c < 3; ++c) nodes_to_modes(modes[c]);
  GaussGradients gradients;
  gauss_gradients(modes, list.material.inverse_h, gradients);
  return gradients;
}

OSTEON_HD inline void store_forces(const PlasticListView& list, std::size_t i, double modes[3][8]) {
  for (int c = 0; c < 3; ++c) {
    modes_to_nodes(modes[c]);
    for (int a = 0; a < 8; ++a) list.force[static_cast<std::size_t>(3 * a + c) * list.count + i] = modes[c][a];
  }
}

OSTEON_HD inline PlasticPoint load_point(const PlasticListView& list, std::size_t i, int q) {
  const double* from = list.state + static_cast<std::size_t>(q * k_state_values) * list.count + i;
  PlasticPoint point;
  for (int v = 0; v < 6; ++v) point.plastic_strain[v] = from[static_cast<std::size_t>(v) * list.count];
  point.kappa = from[std::size_t{6} * list.count];
  return point;
}

OSTEON_HD inline void store_point(const PlasticListView& list, std::size_t i, int q, const PlasticPoint& point) {
  double* to = list.state + static_cast<std::size_t>(q * k_state_values) * list.count + i;
  for (int v = 0; v < 6; ++v) to[static_cast<std::size_t>(v) * list.count] = point.plastic_strain[v];
  to[std::size_t{6} * list.count] = point.kappa;
}

struct PlasticUpdate {
  PlasticListView list;
  const double* u;

  OSTEON_HD void operator()(std::size_t i) const {
    const std::uint32_t e = list.element[i];
    const PlasticLaw law = list.material.laws[list.material.law_index[e]];
    const double weight = static_cast<double>(list.material.modulus_mpa[e]) * list.material.point_volume;
    double force[3][8] = {};
    const GaussGradients gradients = listed_gradients(list, i, u);
    for (int q = 0; q < k_gauss_points; ++q) {
      double strain[6], stress[6], lost[6];
      gradients.strain(q, strain);
      PlasticPoint point = load_point(list, i, q);
      TangentDrop drop;
      strain_point(law, strain, point, stress, &drop);
      elastic_stress(law, strain, lost);
      for (int v = 0; v < 6; ++v) lost[v] = weight * (lost[v] - stress[v]);
      add_gauss_force(lost, list.material.inverse_h, q, force);
      double* to = list.tangent + static_cast<std::size_t>(q * k_tangent_values) * list.count + i;
      for (int v = 0; v < 6; ++v) to[static_cast<std::size_t>(v) * list.count] = drop.n[v];
      to[std::size_t{6} * list.count] = weight * drop.c_dev;
      to[std::size_t{7} * list.count] = weight * drop.c_vol;
      to[std::size_t{8} * list.count] = weight * drop.c_mix;
      to[std::size_t{9} * list.count] = weight * drop.c_n;
    }
    store_forces(list, i, force);
  }
};

/// Twice the elastic energy of a point over Young's modulus: nominal stress . elastic strain.
OSTEON_HD inline double twice_stored(const double strain[6], const PlasticPoint& point, const double stress[6]) {
  double sum = 0;
  for (int v = 0; v < 6; ++v) sum += stress[v] * (strain[v] - point.plastic_strain[v]);
  return sum;
}

/// Size of a plastic strain, engineering shear.
OSTEON_HD inline double equivalent_strain(const double e[6]) {
  double squares = 0;
  for (int v = 0; v < 3; ++v) squares += e[v] * e[v] + e[3 + v] * e[3 + v] / 2;
  return std::sqrt(2 * squares / 3);
}

struct PlasticCommit {
  PlasticListView list;
  const double* before;
  const double* next;

  OSTEON_HD void operator()(std::size_t i) const {
    const std::uint32_t e = list.element[i];
    const PlasticLaw law = list.material.laws[list.material.law_index[e]];
    const double weight = static_cast<double>(list.material.modulus_mpa[e]) * list.material.point_volume;
    double beyond = 0, dissipated = 0;
    double summary[k_summary_values] = {};
    const GaussGradients old_gradients = listed_gradients(list, i, before);
    const GaussGradients gradients = listed_gradients(list, i, next);
    for (int q = 0; q < k_gauss_points; ++q) {
      double old_strain[6], strain[6], old_stress[6], stress[6];
      old_gradients.strain(q, old_strain);
      gradients.strain(q, strain);
      PlasticPoint point = load_point(list, i, q);
      PlasticPoint there = point;
      strain_point(law, old_strain, there, old_stress, nullptr);
      double work = twice_stored(old_strain, there, old_stress);  // twice: of the step, less what is stored
      strain_point(law, strain, point, stress, nullptr);
      const double stored = twice_stored(strain, point, stress);
      for (int v = 0; v < 6; ++v) work += (old_stress[v] + stress[v]) * (strain[v] - old_strain[v]);
      dissipated += work - stored;
      elastic_stress(law, strain, old_stress);
      beyond += stored - twice_stored(strain, PlasticPoint{{}, 0}, old_stress);
      store_point(list, i, q, point);
      summary[k_plastic_strain] += equivalent_strain(point.plastic_strain);
      summary[k_damage] += law.damage(point.kappa);
      summary[k_yielded_share] += point.kappa > 0 ? 1 : 0;
    }
    list.energy[i] = weight * beyond / 2;
    list.energy[list.count + i] += weight * dissipated / 2;
    for (int v = 0; v < k_summary_values; ++v)
      list.summary[static_cast<std::size_t>(v) * list.count + i] = summary[v] / k_gauss_points;
  }
};

struct PlasticProduct {
  PlasticListView list;
  const double* x;

  OSTEON_HD void operator()(std::size_t i) const {
    double force[3][8] = {};
    const GaussGradients gradients = listed_gradients(list, i, x);
    OSTEON_UNROLL
    for (int q = 0; q < k_gauss_points; ++q) {
      const double* from = list.tangent + static_cast<std::size_t>(q * k_tangent_values) * list.count + i;
      TangentDrop drop;
      for (int v = 0; v < 6; ++v) drop.n[v] = from[static_cast<std::size_t>(v) * list.count];
      drop.c_dev = from[std::size_t{6} * list.count];
      drop.c_vol = from[std::size_t{7} * list.count];
      drop.c_mix = from[std::size_t{8} * list.count];
      drop.c_n = from[std::size_t{9} * list.count];
      double strain[6], stress[6];
      gradients.strain(q, strain);
      tangent_drop(drop, strain, stress);
      add_gauss_force(stress, list.material.inverse_h, q, force);
    }
    store_forces(list, i, force);
  }
};

struct PlasticSubtract {
  PlasticListView list;
  PlasticNodesView nodes;
  double* y;

  OSTEON_HD void operator()(std::size_t i) const {
    double sum[3] = {0, 0, 0};
    for (std::uint32_t k = nodes.first[i]; k < nodes.first[i + 1]; ++k) {
      const std::size_t slot = nodes.entry[k] / 8, corner = nodes.entry[k] % 8;
      for (std::size_t c = 0; c < 3; ++c) sum[c] += list.force[(3 * corner + c) * list.count + slot];
    }
    double* to = y + std::size_t{3} * nodes.node[i];
    for (int c = 0; c < 3; ++c) to[c] -= sum[c];
  }
};

}  // namespace osteon::kernels
