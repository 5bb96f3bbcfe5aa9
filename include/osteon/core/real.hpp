// SPDX-License-Identifier: Apache-2.0
// Host-device and inlining qualifiers: the only place that asks which compiler is at work.
#pragma once

#if defined(__CUDACC__)
#define OSTEON_HD __host__ __device__
#define OSTEON_ALWAYS_INLINE __forceinline__
#else
#define OSTEON_HD
#define OSTEON_ALWAYS_INLINE inline __attribute__((always_inline))
#endif

/// Before a loop whose arrays must stay in a GPU thread's registers.
#if defined(__CUDA_ARCH__)
#define OSTEON_UNROLL _Pragma("unroll")
#else
#define OSTEON_UNROLL
#endif
