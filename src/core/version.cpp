// SPDX-License-Identifier: Apache-2.0
#include "osteon/core/version.hpp"

namespace osteon {

std::string version() { return OSTEON_VERSION; }

std::string git_revision() { return OSTEON_GIT; }

std::string build_name() { return OSTEON_BUILD; }

bool built_with(const std::string& part) {
  if (part == "cuda") return OSTEON_HAS_CUDA;
  if (part == "itk") return OSTEON_HAS_ITK;
  if (part == "vtk") return OSTEON_HAS_VTK;
  return false;
}

}  // namespace osteon
