// SPDX-License-Identifier: Apache-2.0
// The host-device qualifier: the only place that asks which compiler is at work.
#pragma once

#if defined(__CUDACC__)
#define OSTEON_HD __host__ __device__
#else
#define OSTEON_HD
#endif
