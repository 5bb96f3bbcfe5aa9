// SPDX-License-Identifier: Apache-2.0
// Stiffness of an unstructured mesh, assembled to rows of 3x3 blocks (kernels/node_matrix) whose pattern is given.
//
// The modulus may differ from Gauss point to Gauss point, the unit law (unit_law.hpp) and the material's axes from
// element to element, so a block is the law applied once to the sum over the points of E w det J (grad a)(grad b)^T.
// Every det J at a Gauss point must be positive.
//
// Owner computes, twice:
//   chunks (CPU): a run of rows per turn; every element that touches the run is computed there, once, and adds to the
//     run's rows only. Elements on the border of two runs are computed in both.
//   entries (GPU, and tests on the CPU): one item per block; it adds the elements that hold both nodes. The inverse
//     Jacobians are kept, since geometry stays when moduli evolve.
// Either way a block adds its elements in their order: no atomics, the same bits for any number of threads.
//
// Bytes per tet10 (1.4 nodes, 40 blocks): values written 2900; chunks read 200 (places) + 40 (nodes) + 4 (modulus);
// entries read 400 (contributions) + 160 (starts) and, from cache, 100 times geometry (288).
#pragma once

#include <cstdint>

#include "kernels/element/element_type.hpp"
#include "kernels/element/unit_law.hpp"
#include "osteon/core/device.hpp"

namespace osteon::kernels {

/// Elements of one type; n nodes and p points each. Device pointers.
struct ElementsView {
  ElementType type = ElementType::tet4;
  std::uint32_t count = 0;
  const std::uint32_t* nodes = nullptr;  ///< n per element
  const double* reference = nullptr;     ///< per point: weight, then the n gradients on the reference element
  const float* modulus_mpa = nullptr;    ///< `moduli` per element: 1 or p
  int moduli = 1;
  const std::uint8_t* law = nullptr;  ///< per element, into the palette; null = 0
  const double* axes = nullptr;       ///< 9 per element, rows = the material's axes; null = global
  /// n n per element: the block of nodes a, b is the place[a n + b]-th of a's row.
  const std::uint16_t* place = nullptr;

  const std::uint32_t* chunk_start = nullptr;     ///< chunks: per chunk + 1
  const std::uint32_t* chunk_elements = nullptr;  ///< ascending in each chunk

  const std::uint32_t* entry_start = nullptr;   ///< entries: per block + 1
  const std::uint32_t* contribution = nullptr;  ///< element n n + a n + b, ascending for each block
  const double* geometry = nullptr;             ///< 9 per point, by find_geometry
};

struct AssemblyView {
  std::uint32_t rows = 0;
  std::int64_t blocks = 0;
  const std::int64_t* start = nullptr;  ///< rows + 1
  const double* position_mm = nullptr;  ///< 3 per node
  const UnitLaw* palette = nullptr;
  std::uint32_t chunk_rows = 0, chunk_count = 0;  ///< chunk c has the rows from c chunk_rows on
  bool by_entries = false;
  int types = 0;
  ElementsView elements[k_element_types];
};

class AssemblyKernels {
 public:
  virtual ~AssemblyKernels() = default;
  /// sqrt(w det J) J^-1 at every point of the elements of a type, in the material's axes: [d][i], 9 per point
  virtual void find_geometry(Device& device, const AssemblyView& view, int type, double* geometry) const = 0;
  /// All values, 9 per block; what was there is overwritten.
  virtual void assemble(Device& device, const AssemblyView& view, double* values) const = 0;
};

const AssemblyKernels& assembly_kernels(const Device& device);

namespace cpu {
const AssemblyKernels& assembly();
}
namespace cuda {
const AssemblyKernels& assembly();
}

}  // namespace osteon::kernels
