# SPDX-License-Identifier: Apache-2.0
# The files of ITK and VTK tests are written by ITK and VTK themselves.
osteon_test(image unit osteon_image)
target_link_libraries(test_unit_image PRIVATE ZLIB::ZLIB)
if(OSTEON_HAS_ITK)
  target_compile_definitions(test_unit_image PRIVATE OSTEON_HAS_ITK=1)
  target_include_directories(test_unit_image SYSTEM PRIVATE ${ITK_INCLUDE_DIRS})
  target_link_libraries(test_unit_image PRIVATE ${ITK_LIBRARIES})
endif()
if(OSTEON_HAS_VTK)
  target_compile_definitions(test_unit_image PRIVATE OSTEON_HAS_VTK=1)
  target_link_libraries(test_unit_image PRIVATE VTK::IOXML VTK::CommonDataModel VTK::CommonCore)
endif()
