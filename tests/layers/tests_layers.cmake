# SPDX-License-Identifier: Apache-2.0
add_test(NAME unit.layers COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR}
         -P ${CMAKE_CURRENT_LIST_DIR}/check_layers.cmake)
set_tests_properties(unit.layers PROPERTIES LABELS unit)

# Every public header compiles alone.
file(GLOB_RECURSE public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/osteon/*.hpp)
set(header_sources)
foreach(header IN LISTS public_headers)
  file(RELATIVE_PATH relative ${PROJECT_SOURCE_DIR}/include ${header})
  string(REPLACE "/" "_" name ${relative})
  set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${relative}\"\n#include \"${relative}\"\n")
  list(APPEND header_sources ${source})
endforeach()
add_library(test_public_headers OBJECT ${header_sources})
target_link_libraries(test_public_headers PRIVATE osteon_core osteon_flags OpenMP::OpenMP_CXX)
target_include_directories(test_public_headers PRIVATE ${PROJECT_SOURCE_DIR}/include)
