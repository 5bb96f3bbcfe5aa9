// SPDX-License-Identifier: Apache-2.0
// A module of another build.
extern "C" {
extern const char osteon_module_build[];
extern const int osteon_test_stranger;
const char osteon_module_build[] = "0.0.0 (another)";
const int osteon_test_stranger = 1;
}
