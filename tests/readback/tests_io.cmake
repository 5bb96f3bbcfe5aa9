# SPDX-License-Identifier: Apache-2.0
# Optional: files of ours opened by VTK's, h5py's and nibabel's readers. Skipped when the interpreter lacks them:
#   python3 -m venv ENV && ENV/bin/pip install -r tests/readback/requirements.txt, then -DOSTEON_PYTHON=ENV/bin/python
set(OSTEON_PYTHON python3 CACHE STRING "Python interpreter of the readback check")
add_executable(write_example ${CMAKE_CURRENT_LIST_DIR}/write_example.cpp)
add_dependencies(write_example osteon_modules)
target_link_libraries(write_example PRIVATE osteon_io osteon_flags)
target_include_directories(write_example PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
add_executable(write_series ${CMAKE_CURRENT_LIST_DIR}/write_series.cpp)
target_link_libraries(write_series PRIVATE osteon_io osteon_flags)
target_include_directories(write_series PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
set(readback_folder ${CMAKE_CURRENT_BINARY_DIR}/readback)
add_test(NAME readback.write COMMAND write_example ${readback_folder})
add_test(NAME readback.check COMMAND ${OSTEON_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/check_result.py ${readback_folder})
add_test(NAME readback.write_series COMMAND write_series ${readback_folder}/series)
add_test(NAME readback.check_series
         COMMAND ${OSTEON_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/check_series.py ${readback_folder}/series)
# ParaView's own python, skipped where there is none: check_paraview.sh says what it needs.
add_test(NAME readback.paraview COMMAND ${CMAKE_CURRENT_LIST_DIR}/check_paraview.sh ${readback_folder})
set_tests_properties(readback.write PROPERTIES LABELS readback FIXTURES_SETUP readback)
set_tests_properties(readback.check readback.paraview PROPERTIES LABELS readback FIXTURES_REQUIRED readback SKIP_RETURN_CODE 77)
set_tests_properties(readback.write_series PROPERTIES LABELS readback FIXTURES_SETUP readback_series)
set_tests_properties(readback.check_series PROPERTIES LABELS readback FIXTURES_REQUIRED readback_series SKIP_RETURN_CODE 77)
