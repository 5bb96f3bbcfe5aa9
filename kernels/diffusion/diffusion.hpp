// SPDX-License-Identifier: Apache-2.0
// Diffusion between sites (site_grid.hpp) by finite volumes: the operator of an implicit step or of a steady state.
//
//   (A x)_i = (capacity + sink_i) x_i + sum over site neighbours j of w m_ij (x_i - x_j) + sum over held faces 2 w m_i
//   x_i b_i     = source_i + sum over held faces 2 w m_i held
// with w = weight[axis] (= D dt / h^2 for a backward Euler step) and m_ij the harmonic mean of the mobilities. A held
// face is half a voxel away, hence the 2; both that and the two-point flux are of second order on equal voxels.
// A is symmetric positive definite when capacity > 0, a sink is positive or a face is held.
// Bytes per site: x read (neighbours from cache), y written, 24 neighbours: 40, with mobility and sink 12 more.
#pragma once

#include <cstddef>

#include "kernels/grid/site_grid.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

struct DiffusionView {
  SiteGridView sites;
  double weight[3] = {0, 0, 0};      ///< per axis
  double capacity = 1;               ///< 0 for a steady state
  const float* mobility = nullptr;   ///< per site, > 0, relative to D; null = 1
  const double* sink = nullptr;      ///< per site, >= 0; null = 0
  const double* diagonal = nullptr;  ///< of A per site, where mobility is 1: apply_dot is twice as fast with it
  std::uint32_t held_surfaces = 0;   ///< bit n: surface n is held at held[n]; the others let nothing through
  double held[k_most_surfaces] = {};

  /// Is a face, as a neighbour code, held?
  OSTEON_HD bool is_held(std::int32_t face) const {
    return face <= surface_face(0) && (held_surfaces >> surface_of(face) & 1) != 0;
  }
};

class DiffusionKernels {
 public:
  virtual ~DiffusionKernels() = default;
  /// d_i = A_ii
  virtual void diagonal(Device& device, const DiffusionView& view, double* d) const = 0;
  /// y = A x, *result = x . y in device memory
  virtual void apply_dot(Device& device, const DiffusionView& view, const double* x, double* y,
                         double* result) const = 0;
  /// r = b - A x, *result = r . r
  virtual void residual(Device& device, const DiffusionView& view, const double* source, const double* x, double* r,
                        double* result) const = 0;
  /// new_i = old_i + sum over faces of the flux that x drives; *inflow = sum of what came in over held faces.
  /// What leaves one site enters the next to the last bit but one, so the sum over sites is kept to rounding whatever
  /// the error of x. `old` and `next` may be the same, x must differ from both.
  virtual void add_fluxes(Device& device, const DiffusionView& view, const double* x, const double* old, double* next,
                          double* inflow) const = 0;
  /// velocity_i = |grad x| by central differences across the faces (held faces at half a voxel), per axis scaled by
  /// `scale[axis]`: used with -k/(porosity h) for the Darcy speed.
  virtual void gradient_magnitude(Device& device, const DiffusionView& view, const double scale[3], const double* x,
                                  double* magnitude) const = 0;
};

const DiffusionKernels& diffusion_kernels(const Device& device);

namespace cpu {
const DiffusionKernels& diffusion();
}
namespace cuda {
const DiffusionKernels& diffusion();
}

}  // namespace osteon::kernels
