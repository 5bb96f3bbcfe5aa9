// SPDX-License-Identifier: Apache-2.0
// What a program does before anything else.
#pragma once

namespace osteon {

/// Makes threads that wait for each other sleep instead of spin, unless OMP_WAIT_POLICY already says how. Spinning wins
/// a little on an idle machine and loses a factor of ten on a shared one (measured: benchmarks/results/waiting.md).
/// The OpenMP runtime reads the variable before main, so the program replaces itself once; call this first in main.
void sleep_at_barriers(char** argv);

}  // namespace osteon
