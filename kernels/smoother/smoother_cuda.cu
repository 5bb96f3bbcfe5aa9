// SPDX-License-Identifier: Apache-2.0
// Block-diagonal solves on the GPU: one thread per node, one thread per row of a 6x6 block.
#include "kernels/cuda_launch.hpp"
#include "kernels/smoother/smoother_body.hpp"

namespace osteon::kernels::cuda {

namespace {

constexpr int k_row_threads = 192;  // 32 blocks of six rows

template <class Real>
struct Solve3 {
  const std::uint16_t* inverse_diagonal;
  Real s;
  const Real* x;
  Real* y;
  Real* copy;
  OSTEON_HD void operator()(std::size_t node) const { solve_node(inverse_diagonal, node, s, x, y, copy); }
};

/// load(row) of all rows of a tile, barrier, finish(row, the six loaded values of its block), barrier.
template <class Real, class Rows>
__global__ void __launch_bounds__(k_row_threads) rows6_kernel(std::size_t rows, const __grid_constant__ Rows body) {
  __shared__ Real loaded[k_row_threads];
  const int thread = static_cast<int>(threadIdx.x);
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * k_row_threads;
  for (std::size_t first = static_cast<std::size_t>(blockIdx.x) * k_row_threads; first < rows; first += stride) {
    const std::size_t row = first + threadIdx.x;
    if (row < rows) loaded[thread] = body.load(row);
    __syncthreads();
    if (row < rows) body.finish(row, loaded + thread / 6 * 6);
    __syncthreads();
  }
}

template <class Real>
struct Solve6 {
  const Real* inverse_diagonal;
  Real s;
  const Real* x;
  Real* y;  ///< may be x: a block's values are all loaded before one is written
  Real* sum;
  OSTEON_HD Real load(std::size_t row) const { return x[row]; }
  OSTEON_HD void finish(std::size_t row, const Real* loaded) const {
    const Real value = s * multiply_row6(inverse_diagonal, row, loaded);
    y[row] = value;
    if (sum != nullptr) sum[row] += value;
  }
};

template <class Real, class Rows>
void for_rows6(const char* name, std::size_t blocks, const Rows& body) {
  if (blocks == 0) return;
  const std::size_t rows = 6 * blocks;
  rows6_kernel<Real><<<grid_blocks(rows, k_row_threads), k_row_threads>>>(rows, body);
  OSTEON_CUDA_LAUNCHED(name);
}

template <class Real>
class SmootherCuda final : public SmootherKernels<Real> {
 public:
  void solve3(Device&, std::size_t nodes, const std::uint16_t* m, double s, const Real* x, Real* y,
              Real* copy) const override {
    for_each("smoother solve3", nodes, Solve3<Real>{m, static_cast<Real>(s), x, y, copy});
  }
  void solve6(Device&, std::size_t blocks, const Real* m, double s, const Real* x, Real* y, Real* sum) const override {
    for_rows6<Real>("smoother solve6", blocks, Solve6<Real>{m, static_cast<Real>(s), x, y, sum});
  }
};

}  // namespace

template <class Real>
const SmootherKernels<Real>& smoother() {
  static const SmootherCuda<Real> kernels;
  return kernels;
}
template const SmootherKernels<float>& smoother();
template const SmootherKernels<double>& smoother();

}  // namespace osteon::kernels::cuda
