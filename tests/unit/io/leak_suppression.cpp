// SPDX-License-Identifier: Apache-2.0
// HDF5 1.10 itself loses memory when a file is damaged or cannot be flushed; the leak check must not blame us for it.
extern "C" const char* __lsan_default_suppressions();  // read by the leak sanitizer when there is one
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5\n"; }
