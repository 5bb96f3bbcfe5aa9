// SPDX-License-Identifier: Apache-2.0
// What a program does before anything else.
#pragma once

namespace osteon {

/// Makes threads that wait for each other spin briefly and then sleep, unless OMP_WAIT_POLICY already says how. Spinning
/// on, the usual default, loses a factor of seven on a machine shared with other work; sleeping at once loses a quarter
/// on an idle one (benchmarks/results/waiting.md).
/// The OpenMP runtime reads its variables before main, so the program replaces itself once; call this first in main.
void wait_briefly_at_barriers(char** argv);

}  // namespace osteon
