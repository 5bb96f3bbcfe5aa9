# SPDX-License-Identifier: Apache-2.0
# The verification ladder on the library: closed forms, rates of convergence, invariance.
foreach(name IN ITEMS closed_forms convergence invariance plasticity)
  osteon_test(${name} verification osteon_solve osteon_mechanics osteon_risk osteon_image Eigen3::Eigen)
  osteon_test_backends(${name} verification)
endforeach()
# Half a minute on a busy machine.
osteon_test(plastic_wall verification osteon_solve osteon_mechanics osteon_image Eigen3::Eigen)
set_tests_properties(verification.plastic_wall PROPERTIES LABELS "verification;slow")
# The assembled path reads the solver room's own headers: it has no public way in yet.
osteon_test(mesh_convergence verification osteon_solve osteon_model Eigen3::Eigen)
target_include_directories(test_verification_mesh_convergence PRIVATE ${PROJECT_SOURCE_DIR}/src/solve)
