// SPDX-License-Identifier: Apache-2.0
// Block-diagonal solves on the GPU: one thread per node, one thread per row of a 6x6 block.
#include "kernels/cuda_launch.hpp"
#include "kernels/smoother/smoother_body.hpp"

namespace osteon::kernels::cuda {

namespace {

constexpr int k_row_threads = 192;  // 32 blocks of six rows

template <class Real>
struct Solve3 {
  std::size_t columns, nodes;
  const std::uint16_t* inverse_diagonal;
  Real s;
  const Real* x;
  Real* y;
  Real* copy;
  OSTEON_HD void operator()(std::size_t node) const {
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t first = 3 * nodes * column;
      solve_node(inverse_diagonal, node, s, x + first, y + first, copy != nullptr ? copy + first : nullptr);
    }
  }
};

/// load(entry) of all rows of a tile, barrier, finish(row, entry, the six loaded values of its block), barrier. A row
/// of the grid per column; entry = row + where the column starts.
template <class Real, class Rows>
__global__ void __launch_bounds__(k_row_threads) rows6_kernel(std::size_t rows, const __grid_constant__ Rows body) {
  __shared__ Real loaded[k_row_threads];
  const int thread = static_cast<int>(threadIdx.x);
  const std::size_t stride = static_cast<std::size_t>(gridDim.x) * k_row_threads;
  for (std::size_t first = static_cast<std::size_t>(blockIdx.x) * k_row_threads; first < rows; first += stride) {
    const std::size_t row = first + threadIdx.x, entry = blockIdx.y * rows + row;
    if (row < rows) loaded[thread] = body.load(entry);
    __syncthreads();
    if (row < rows) body.finish(row, entry, loaded + thread / 6 * 6);
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
  OSTEON_HD Real load(std::size_t entry) const { return x[entry]; }
  OSTEON_HD void finish(std::size_t row, std::size_t entry, const Real* loaded) const {
    const Real value = s * multiply_row6(inverse_diagonal, row, loaded);
    y[entry] = value;
    if (sum != nullptr) sum[entry] += value;
  }
};

template <class Real, class Rows>
void for_rows6(const char* name, int columns, std::size_t blocks, const Rows& body) {
  if (blocks == 0) return;
  const std::size_t rows = 6 * blocks;
  const dim3 grid(grid_blocks(rows, k_row_threads), static_cast<unsigned>(columns));
  rows6_kernel<Real><<<grid, k_row_threads>>>(rows, body);
  OSTEON_CUDA_LAUNCHED(name);
}

template <class Real>
class SmootherCuda final : public SmootherKernels<Real> {
 public:
  void solve3(Device&, int columns, std::size_t nodes, const std::uint16_t* m, double s, const Real* x, Real* y,
              Real* copy) const override {
    for_each("smoother solve3", nodes,
             Solve3<Real>{static_cast<std::size_t>(columns), nodes, m, static_cast<Real>(s), x, y, copy});
  }
  void solve6(Device&, int columns, std::size_t blocks, const Real* m, double s, const Real* x, Real* y,
              Real* sum) const override {
    for_rows6<Real>("smoother solve6", columns, blocks, Solve6<Real>{m, static_cast<Real>(s), x, y, sum});
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
