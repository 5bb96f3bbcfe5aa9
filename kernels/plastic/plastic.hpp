// SPDX-License-Identifier: Apache-2.0
// What plastic elements take from the elastic forces and from the elastic stiffness.
//
// The solver's K stays elastic. An element that has yielded is listed; of it are known the state of its eight Gauss
// points and D_e - D of the consistent tangent. Forces and tangent of the bone are then
//     f(u) = K u - sum over listed elements of B^T (D_e strain - stress) V,   K_t x = K x - sum of B^T (D_e - D) B x V.
// Each listed element writes 24 forces, then every node near them takes up its own in the order of the list: no
// atomics.
//
// All arrays have the listed element as the fastest index. Displacement: 3 per node, mm; forces N. Bytes per listed
// element: state 448, tangent 640, forces 192, nodes and element 36, energies and summary 40. Read and written per
// product: 640 + 24 x 8 of x + twice 192 of forces.
#pragma once

#include <cstdint>

#include "kernels/element/hex8_gauss.hpp"
#include "kernels/element/plasticity.hpp"
#include "kernels/grid/brick_grid.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

inline constexpr int k_state_values = 7;     ///< plastic strain, kappa
inline constexpr int k_tangent_values = 10;  ///< TangentDrop

/// What an element is told by: means of its Gauss points. Plastic strain is sqrt(2/3 e:e).
enum PlasticSummary : int { k_plastic_strain, k_damage, k_yielded_share, k_summary_values };

/// Law of every element; pointers are device pointers.
struct PlasticMaterialView {
  const PlasticLaw* laws = nullptr;
  const std::uint8_t* law_index = nullptr;  ///< per element
  const float* modulus_mpa = nullptr;       ///< per element
  double inverse_h[3] = {1, 1, 1};          ///< 1/mm
  double point_volume = 1;                  ///< of a Gauss point, mm3
};

/// The listed elements.
struct PlasticListView {
  PlasticMaterialView material;
  std::uint32_t count = 0;
  const std::uint32_t* element = nullptr;  ///< [count]
  const std::uint32_t* nodes = nullptr;    ///< [8][count]
  double* state = nullptr;                 ///< [8 points][7][count]
  double* tangent = nullptr;               ///< [8 points][10][count], N and mm
  double* force = nullptr;                 ///< [24][count], N
  double* energy = nullptr;                ///< [2][count]: elastic energy beyond that of D_e, dissipated so far; mJ
  double* summary = nullptr;               ///< [3][count], see PlasticSummary
};

/// Nodes of listed elements: node i takes entries [first[i], first[i + 1]), each 8 slot + corner.
struct PlasticNodesView {
  std::uint32_t count = 0;
  const std::uint32_t* node = nullptr;
  const std::uint32_t* first = nullptr;
  const std::uint32_t* entry = nullptr;
};

class PlasticKernels {
 public:
  virtual ~PlasticKernels() = default;
  /// value[e] = largest phi / strength of the points of every element of the grid, none having yielded (24 read per
  /// node)
  virtual void utilisation(Device& device, const BrickGridView& grid, const PlasticMaterialView& material,
                           const double* displacement, double* value) const = 0;
  /// force = B^T (D_e strain - stress) V and the tangent, from the state as it stands, which stays
  virtual void update(Device& device, const PlasticListView& list, const double* displacement) const = 0;
  /// The state goes on to `next`; energies and summary follow, with the mean of the stresses at both ends over the
  /// step.
  virtual void commit(Device& device, const PlasticListView& list, const double* before, const double* next) const = 0;
  /// force = B^T (D_e - D) B x V
  virtual void product(Device& device, const PlasticListView& list, const double* x) const = 0;
  /// y -= forces of the list
  virtual void subtract(Device& device, const PlasticListView& list, const PlasticNodesView& nodes,
                        double* y) const = 0;
};

const PlasticKernels& plastic_kernels(const Device& device);

namespace cpu {
const PlasticKernels& plastic();
}
namespace cuda {
const PlasticKernels& plastic();
}

}  // namespace osteon::kernels
