# SPDX-License-Identifier: Apache-2.0
osteon_test(element kernels osteon_core Eigen3::Eigen)
osteon_test(solid_elements kernels osteon_core osteon_model Eigen3::Eigen)
osteon_test(families kernels osteon_kernels osteon_model)
osteon_test_backends(families kernels)
# The CPU's hot loops once per instruction set; a level the machine lacks runs as the best it has.
foreach(level IN ITEMS baseline avx2 avx512)
  add_test(NAME kernels.families.${level} COMMAND test_kernels_families)
  set_tests_properties(kernels.families.${level} PROPERTIES LABELS kernels
    ENVIRONMENT "OSTEON_BACKEND=cpu;OSTEON_SIMD=${level}")
endforeach()
