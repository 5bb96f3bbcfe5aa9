# SPDX-License-Identifier: Apache-2.0
osteon_test(regenerate unit osteon_regenerate osteon_mechanics osteon_image)
target_include_directories(test_unit_regenerate PRIVATE ${PROJECT_SOURCE_DIR}/src/regenerate)
osteon_test_backends(regenerate unit)
