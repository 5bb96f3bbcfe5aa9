// SPDX-License-Identifier: Apache-2.0
// Sums on the GPU in two stages of fixed shape (vector_body.hpp): the same digits on every GPU. The result stays in
// device memory; nothing waits.
#pragma once

#include "kernels/cuda_launch.hpp"
#include "kernels/vector/vector_body.hpp"

namespace osteon::kernels::cuda {

/// out[column][group] = sum of the group's share of the column's terms; a row of the grid per column.
template <class Term>
__global__ void __launch_bounds__(k_sum_threads)
    sum_kernel(std::size_t n, const __grid_constant__ Term term, double* out) {
  __shared__ double values[k_sum_threads];
  const int thread = static_cast<int>(threadIdx.x);
  values[thread] = strided_sum(n, static_cast<std::size_t>(blockIdx.x) * k_sum_threads + threadIdx.x,
                               static_cast<std::size_t>(gridDim.x) * k_sum_threads, term.started(blockIdx.y));
  for (int half = k_sum_threads / 2; half > 0; half /= 2) {
    __syncthreads();
    fold_sum(values, thread, half);
  }
  if (thread == 0) out[static_cast<std::size_t>(blockIdx.y) * gridDim.x + blockIdx.x] = values[0];
}

/// result[column] = s times the sum of the column's term(i) over i < n, s = scale_of(squared_factor, column).
/// `group_sums`: k_sum_blocks values per column to work with.
template <class Term>
void sum(const char* name, int columns, std::size_t n, const Term& term, const double* squared_factor,
         double* group_sums, double* result) {
  const std::size_t groups = sum_blocks(n);
  const unsigned rows = static_cast<unsigned>(columns);
  if (groups > 0) {
    sum_kernel<<<dim3(static_cast<unsigned>(groups), rows), k_sum_threads>>>(n, term, group_sums);
    OSTEON_CUDA_LAUNCHED(name);
  }
  sum_kernel<<<dim3(1, rows), k_sum_threads>>>(groups, PartialSums{groups, group_sums, squared_factor}, result);
  OSTEON_CUDA_LAUNCHED(name);
}

/// Device memory for first stages. Only grows.
class SumScratch {
 public:
  ~SumScratch() {
    if (cudaFree(values_) != cudaSuccess) cudaGetLastError();  // the runtime may be gone at the end of the process
  }
  double* grown_to(std::size_t count) {
    if (count <= count_) return values_;
    OSTEON_CUDA_CHECK(cudaStreamSynchronize(cudaStreamPerThread));  // an earlier sum may still use it
    double* old = values_;
    values_ = nullptr;
    count_ = 0;
    OSTEON_CUDA_CHECK(cudaFree(old));
    OSTEON_CUDA_CHECK(cudaMalloc(reinterpret_cast<void**>(&values_), count * sizeof(double)));
    count_ = count;
    return values_;
  }

 private:
  double* values_ = nullptr;
  std::size_t count_ = 0;
};

/// `count` values of device memory. Every host thread has a stream of its own, so it has a scratch of its own, and one
/// sum follows the other in it.
inline double* sum_scratch(std::size_t count) {
  thread_local SumScratch scratch;
  return scratch.grown_to(count);
}

}  // namespace osteon::kernels::cuda
