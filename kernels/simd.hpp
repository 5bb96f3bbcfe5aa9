// SPDX-License-Identifier: Apache-2.0
// One binary for old and new machines: hot CPU files are compiled once per instruction set and chosen here at run time.
#pragma once

namespace osteon::kernels {

enum class SimdLevel { baseline, avx2, avx512 };

/// Best level this machine has; OSTEON_SIMD=baseline|avx2|avx512 in the environment lowers it (for tests).
SimdLevel simd_level();

}  // namespace osteon::kernels
