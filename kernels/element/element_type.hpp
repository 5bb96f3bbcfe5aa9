// SPDX-License-Identifier: Apache-2.0
// The elements of unstructured bone meshes, by name and by number of nodes.
#pragma once

#include <cstdint>

#include "osteon/core/real.hpp"

namespace osteon {

/// Nodes of an element are in VTK's order (corners as in the linear element, then the middles of the edges).
enum class ElementType : std::uint8_t { tet4, tet10, hex8, hex20, wedge6 };
inline constexpr int k_element_types = 5;
inline constexpr int k_most_element_nodes = 20;

OSTEON_HD inline constexpr int node_count(ElementType type) {
  constexpr int k_counts[k_element_types] = {4, 10, 8, 20, 6};
  return k_counts[static_cast<int>(type)];
}
inline const char* element_name(ElementType type) {
  constexpr const char* k_names[k_element_types] = {"tet4", "tet10", "hex8", "hex20", "wedge6"};
  return k_names[static_cast<int>(type)];
}

}  // namespace osteon
