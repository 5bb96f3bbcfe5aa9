# SPDX-License-Identifier: Apache-2.0
osteon_test(risk unit osteon_risk Eigen3::Eigen)
if(OSTEON_HAS_CUDA)
  osteon_test(risk_cuda unit osteon_risk)
  set_tests_properties(unit.risk_cuda PROPERTIES LABELS "unit;cuda" ENVIRONMENT OSTEON_BACKEND=cuda)
endif()
