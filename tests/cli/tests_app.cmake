# SPDX-License-Identifier: Apache-2.0
# The built program from outside: one CTest entry per class of cli/test_*.py.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  foreach(group IN ITEMS whole_bones hip bad_input run_folder results commands modules scenes regenerate scores falls strength benchmarks bench)
    add_test(NAME cli.${group}
             COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_${group}.py $<TARGET_FILE:osteon>)
    set_tests_properties(cli.${group} PROPERTIES LABELS cli TIMEOUT 300)
  endforeach()
  # A dozen femora of 180 000 voxels: two minutes.
  add_test(NAME cli.hip_fine
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_hip_fine.py $<TARGET_FILE:osteon>)
  set_tests_properties(cli.hip_fine PROPERTIES LABELS "cli;slow" TIMEOUT 900)
  add_test(NAME cli.series COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/test_series.py
           $<TARGET_FILE:osteon> $<TARGET_FILE:write_series>)
  set_tests_properties(cli.series PROPERTIES LABELS cli TIMEOUT 300)
else()
  message(STATUS "Python 3 not found: the command-line tests are left out")
endif()
