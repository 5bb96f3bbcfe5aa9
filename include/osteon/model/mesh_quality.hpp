// SPDX-License-Identifier: Apache-2.0
// Which elements of a mesh can be used.
#pragma once

#include <vector>

#include "kernels/element/solid.hpp"
#include "osteon/model/unstructured_mesh.hpp"

namespace osteon {

/// Per element, mm3 (solid.hpp).
std::vector<SmallestJacobian> smallest_jacobians(const UnstructuredMesh& mesh);

/// Throws InputError that names the elements, as numbered in the file, whose Jacobian is not positive at every Gauss
/// point: the worst first, a few of them, and how many there are.
void require_positive_jacobians(const UnstructuredMesh& mesh);

}  // namespace osteon
