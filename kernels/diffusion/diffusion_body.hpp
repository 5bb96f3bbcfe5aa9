// SPDX-License-Identifier: Apache-2.0
// One site of each diffusion operation, called by both loops.
#pragma once

#include <cmath>

#include "kernels/diffusion/diffusion.hpp"

namespace osteon::kernels {

OSTEON_HD inline double face_mobility(const DiffusionView& v, std::size_t site, std::size_t other) {
  if (v.mobility == nullptr) return 1;
  const double a = static_cast<double>(v.mobility[site]), b = static_cast<double>(v.mobility[other]);
  return 2 * a * b / (a + b);
}

/// What flows into the site over one face; `inward` also gets what came over a held face. The flux between two sites is
/// the same number with the other sign seen from the other: m_ij is symmetric to the bit.
OSTEON_HD inline double face_flux(const DiffusionView& v, const double* x, std::size_t site, int face,
                                  double& from_held) {
  const std::int32_t other = v.sites.neighbours[static_cast<std::size_t>(face) * v.sites.count + site];
  const double w = v.weight[face / 2];
  if (other >= 0) {
    const std::size_t j = static_cast<std::size_t>(other);
    return w * face_mobility(v, site, j) * (x[j] - x[site]);
  }
  if (!v.is_held(other)) return 0;
  const double m = v.mobility == nullptr ? 1 : static_cast<double>(v.mobility[site]);
  const double flux = 2 * w * m * (v.held[surface_of(other)] - x[site]);
  from_held += flux;
  return flux;
}

OSTEON_HD inline double diagonal_entry(const DiffusionView& v, std::size_t site) {
  double sum = v.capacity + (v.sink == nullptr ? 0 : v.sink[site]);
  for (int face = 0; face < k_site_faces; ++face) {
    const std::int32_t other = v.sites.neighbours[static_cast<std::size_t>(face) * v.sites.count + site];
    const double w = v.weight[face / 2];
    if (other >= 0)
      sum += w * face_mobility(v, site, static_cast<std::size_t>(other));
    else if (v.is_held(other))
      sum += 2 * w * (v.mobility == nullptr ? 1 : static_cast<double>(v.mobility[site]));
  }
  return sum;
}

/// (A x)_i where mobility is 1 and the diagonal known: no branches.
OSTEON_HD inline double plain_row(const DiffusionView& v, const double* x, std::size_t site) {
  double sum = v.diagonal[site] * x[site];
  for (int face = 0; face < k_site_faces; ++face) {
    const std::int32_t other = v.sites.neighbours[static_cast<std::size_t>(face) * v.sites.count + site];
    const double there = x[other >= 0 ? static_cast<std::size_t>(other) : site];
    sum -= (other >= 0 ? v.weight[face / 2] : 0.0) * there;
  }
  return sum;
}

/// (A x)_i without the held concentrations.
OSTEON_HD inline double operator_row(const DiffusionView& v, const double* x, std::size_t site) {
  if (v.diagonal != nullptr && v.mobility == nullptr) return plain_row(v, x, site);
  double sum = (v.capacity + (v.sink == nullptr ? 0 : v.sink[site])) * x[site];
  for (int face = 0; face < k_site_faces; ++face) {
    const std::int32_t other = v.sites.neighbours[static_cast<std::size_t>(face) * v.sites.count + site];
    const double w = v.weight[face / 2];
    if (other >= 0) {
      const std::size_t j = static_cast<std::size_t>(other);
      sum += w * face_mobility(v, site, j) * (x[site] - x[j]);
    } else if (v.is_held(other)) {
      sum += 2 * w * (v.mobility == nullptr ? 1 : static_cast<double>(v.mobility[site])) * x[site];
    }
  }
  return sum;
}

struct DiffusionDiagonal {
  DiffusionView view;
  double* d;
  OSTEON_HD void operator()(std::size_t i) const { d[i] = diagonal_entry(view, i); }
};

struct DiffusionApplyTerm {
  DiffusionView view;
  const double* x;
  double* y;
  OSTEON_HD DiffusionApplyTerm started(std::size_t) const { return *this; }
  OSTEON_HD double operator()(std::size_t i) const {
    const double value = operator_row(view, x, i);
    y[i] = value;
    return value * x[i];
  }
};

struct DiffusionResidualTerm {
  DiffusionView view;
  const double* source;
  const double* x;
  double* r;
  OSTEON_HD DiffusionResidualTerm started(std::size_t) const { return *this; }
  OSTEON_HD double operator()(std::size_t i) const {
    double from_held = 0, value = source[i] - (view.capacity + (view.sink == nullptr ? 0 : view.sink[i])) * x[i];
    for (int face = 0; face < k_site_faces; ++face) value += face_flux(view, x, i, face, from_held);
    r[i] = value;
    return value * value;
  }
};

struct DiffusionFluxTerm {
  DiffusionView view;
  const double* x;
  const double* old;
  double* next;
  OSTEON_HD DiffusionFluxTerm started(std::size_t) const { return *this; }
  OSTEON_HD double operator()(std::size_t i) const {
    double from_held = 0, sum = 0;
    for (int face = 0; face < k_site_faces; ++face) sum += face_flux(view, x, i, face, from_held);
    next[i] = old[i] + sum;
    return from_held;
  }
};

struct GradientMagnitude {
  DiffusionView view;
  double scale[3];
  const double* x;
  double* magnitude;
  OSTEON_HD void operator()(std::size_t i) const {
    double square = 0;
    for (int axis = 0; axis < 3; ++axis) {
      double difference = 0, distance = 0;  // in voxels
      for (int side = 0; side < 2; ++side) {
        const std::int32_t other =
            view.sites.neighbours[static_cast<std::size_t>(2 * axis + side) * view.sites.count + i];
        const double there = other >= 0 ? x[other] : view.is_held(other) ? view.held[surface_of(other)] : x[i];
        difference += (side == 0 ? -1 : 1) * (there - x[i]);
        distance += other >= 0 ? 1 : 0.5;
      }
      const double slope = difference / distance * scale[axis];
      square += slope * slope;
    }
    magnitude[i] = std::sqrt(square);
  }
};

}  // namespace osteon::kernels
