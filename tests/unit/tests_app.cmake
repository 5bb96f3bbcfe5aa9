# SPDX-License-Identifier: Apache-2.0
osteon_test(app unit osteon_app)
target_include_directories(test_unit_app PRIVATE ${PROJECT_SOURCE_DIR}/src/app)
