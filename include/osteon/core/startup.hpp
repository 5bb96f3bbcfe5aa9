// SPDX-License-Identifier: Apache-2.0
// What a program does before anything else.
#pragma once

namespace osteon {

/// Makes threads that wait for each other spin briefly and then sleep, unless OMP_WAIT_POLICY already says how. Spinning
/// on, the usual default, loses a factor of seven on a machine shared with other work; sleeping at once loses a quarter
/// on an idle one (benchmarks/results/waiting.md).
/// The OpenMP runtime reads its variables before main, so the program replaces itself once; call this first in main.
void wait_briefly_at_barriers(char** argv);

/// Makes the C library fetch every array of 1 MB and more from the system and give it back when it is freed, unless
/// MALLOC_MMAP_THRESHOLD_ already says from which size on. By itself it raises that size to 32 MB as the program goes and
/// keeps the gaps that freed arrays leave: 6 to 17 MB at the peak of a solve of 1 to 2 million unknowns.
void return_large_arrays();

}  // namespace osteon
