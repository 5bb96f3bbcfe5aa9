// SPDX-License-Identifier: Apache-2.0
// One check for every CUDA call and every launch: names call, file, line and the runtime's text, and clears the error.
#pragma once

#ifndef CUDA_API_PER_THREAD_DEFAULT_STREAM
#error "compile with --default-stream=per-thread (src/cmake/OsteonCuda.cmake)"
#endif

#include <cuda_runtime_api.h>

#include <string>

#include "osteon/core/error.hpp"

namespace osteon {

inline void cuda_check(cudaError_t status, const char* what, const char* file, int line) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // clear the sticky state
  throw DeviceError(std::string("CUDA: ") + cudaGetErrorString(status) + " in " + what + " (" + file + ":" +
                    std::to_string(line) + ")");
}

}  // namespace osteon

#define OSTEON_CUDA_CHECK(call) ::osteon::cuda_check((call), #call, __FILE__, __LINE__)
/// After each kernel launch.
#define OSTEON_CUDA_LAUNCHED(kernel) ::osteon::cuda_check(cudaGetLastError(), kernel, __FILE__, __LINE__)
