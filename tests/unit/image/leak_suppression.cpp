// SPDX-License-Identifier: Apache-2.0
// ITK 5.2's NIfTI writer loses the file names it makes; the leak check must not blame us for it.
extern "C" const char* __lsan_default_suppressions();  // read by the leak sanitizer when there is one
extern "C" const char* __lsan_default_suppressions() { return "leak:libITKniftiio\n"; }
