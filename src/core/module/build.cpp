// SPDX-License-Identifier: Apache-2.0
// Compiled into every loadable module: which build it belongs to, compared by module.cpp before anything is called.
extern "C" {
extern const char osteon_module_build[];
const char osteon_module_build[] = OSTEON_BUILD;
}
