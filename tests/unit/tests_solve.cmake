# SPDX-License-Identifier: Apache-2.0
# The hierarchy is tested part by part through the room's own headers.
osteon_test(solve unit osteon_solve osteon_mechanics osteon_image Eigen3::Eigen)
target_include_directories(test_unit_solve PRIVATE ${PROJECT_SOURCE_DIR}/src/solve)
osteon_test_backends(solve unit)
