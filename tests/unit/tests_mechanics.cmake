# SPDX-License-Identifier: Apache-2.0
osteon_test(mechanics unit osteon_mechanics Eigen3::Eigen)
if(OSTEON_HAS_CUDA)
  osteon_test(mechanics_cuda unit osteon_mechanics Eigen3::Eigen)
  set_tests_properties(unit.mechanics_cuda PROPERTIES LABELS "unit;cuda" ENVIRONMENT OSTEON_BACKEND=cuda)
endif()
