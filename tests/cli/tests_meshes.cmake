# SPDX-License-Identifier: Apache-2.0
# Every folder of meshes/ is generated, solved and compared with its expected.json, by the program that was built.
osteon_test(run_meshes cli nlohmann_json::nlohmann_json)
add_dependencies(test_cli_run_meshes osteon)
target_compile_definitions(test_cli_run_meshes PRIVATE OSTEON_MESHES="${PROJECT_SOURCE_DIR}/meshes"
  OSTEON_PROGRAM="$<TARGET_FILE:osteon>" OSTEON_WORK="${CMAKE_CURRENT_BINARY_DIR}/meshes")
set_tests_properties(cli.run_meshes PROPERTIES TIMEOUT 600)
add_test(NAME cli.run_meshes.cuda COMMAND test_cli_run_meshes)
set_tests_properties(cli.run_meshes.cuda PROPERTIES LABELS "cli;cuda" SKIP_RETURN_CODE 77 TIMEOUT 600
  ENVIRONMENT OSTEON_BACKEND=cuda)
