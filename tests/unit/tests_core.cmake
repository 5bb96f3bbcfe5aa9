# SPDX-License-Identifier: Apache-2.0
osteon_test(core unit osteon_core)
# Modules that the tests open: one of this build and one of another.
foreach(module IN ITEMS thrower stranger)
  add_library(osteon_test_${module} MODULE ${CMAKE_CURRENT_LIST_DIR}/core/modules/${module}.cpp)
  target_link_libraries(osteon_test_${module} PRIVATE osteon_core osteon_flags)
  set_target_properties(osteon_test_${module} PROPERTIES PREFIX "" SUFFIX .so
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/modules)
  add_dependencies(test_unit_core osteon_test_${module})
endforeach()
target_sources(osteon_test_thrower PRIVATE $<TARGET_OBJECTS:osteon_module_build>)
target_compile_definitions(test_unit_core PRIVATE OSTEON_TEST_MODULES="${CMAKE_CURRENT_BINARY_DIR}/modules")
