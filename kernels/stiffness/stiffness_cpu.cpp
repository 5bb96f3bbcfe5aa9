// SPDX-License-Identifier: Apache-2.0
// The CPU loop over chunks of bricks (BrickChunk), and how the grid is cut into them.
#include <algorithm>
#include <type_traits>

#include "kernels/simd.hpp"
#include "kernels/stiffness/stiffness_simd.hpp"
#include "osteon/core/error.hpp"

namespace osteon::kernels {

BrickChunks cut_into_chunks(const BrickGridView& grid, int count) {
  constexpr std::int64_t k_brick_cost = 16;  // of visiting a brick, in elements
  auto work = [&](std::int32_t b) {
    const std::uint32_t end = b + 1 < grid.brick_count ? grid.bricks[b + 1].element_base[0] : grid.element_count;
    return k_brick_cost + end - grid.bricks[b].element_base[0];
  };
  const std::int64_t total = k_brick_cost * grid.brick_count + grid.element_count;
  BrickChunks out;
  std::int64_t done = 0;
  BrickChunk chunk;
  for (std::int32_t b = 0; b < grid.brick_count; ++b) {
    done += work(b);
    chunk.last = b + 1;
    const std::int64_t number = static_cast<std::int64_t>(out.chunks.size()) + 1;
    if (b + 1 < grid.brick_count && done * count < total * number) continue;
    out.chunks.push_back(chunk);
    chunk.first = b + 1;
  }
  for (BrickChunk& c : out.chunks) {
    c.ghost_begin = static_cast<std::int32_t>(out.ghosts.size());
    for (std::int32_t b = c.first; b < c.last; ++b)
      for (int n = 1; n < 8; ++n) {
        const std::int32_t lower =
            grid.neighbours[27 * static_cast<std::int64_t>(b) + 13 - 9 * (n >> 2) - 3 * (n >> 1 & 1) - (n & 1)];
        OSTEON_ASSERT(lower < b);  // Morton order
        if (lower >= 0 && lower < c.first) out.ghosts.push_back(lower);
      }
    const auto begin = out.ghosts.begin() + c.ghost_begin;
    std::sort(begin, out.ghosts.end());
    out.ghosts.erase(std::unique(begin, out.ghosts.end()), out.ghosts.end());
    c.ghost_end = static_cast<std::int32_t>(out.ghosts.size());
  }
  return out;
}

namespace cpu {

namespace {

const StiffnessSimd& simd_table() {
#if defined(OSTEON_SIMD_X86)
  switch (simd_level()) {
    case SimdLevel::avx512:
      return simd_avx512::k_stiffness;
    case SimdLevel::avx2:
      return simd_avx2::k_stiffness;
    case SimdLevel::baseline:
      break;
  }
#endif
  return simd_baseline::k_stiffness;
}

template <class Real>
class StiffnessCpu final : public StiffnessKernels<Real> {
 public:
  void apply(Device& device, const StiffnessView<Real>& view, int columns, const Real* x, Real* y) const override {
    for_each_chunk(device, view, columns, [&](const BrickChunk& chunk, std::size_t column) {
      functions().apply(view, chunk, x + view.column_start(column), y + view.column_start(column));
    });
  }
  void apply_dot(Device& device, const StiffnessView<Real>& view, int columns, const Real* x, Real* y,
                 double* result) const override {
    KernelScope scope(device);
    const std::size_t bricks = static_cast<std::size_t>(view.grid.brick_count);
    std::vector<double> sums(static_cast<std::size_t>(columns) * bricks);
    for_each_chunk(device, view, columns, [&](const BrickChunk& chunk, std::size_t column) {
      functions().apply_dot(view, chunk, x + view.column_start(column), y + view.column_start(column),
                            sums.data() + column * bricks);
    });
    for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column) {
      double sum = 0;
      for (std::size_t b = 0; b < bricks; ++b) sum += sums[column * bricks + b];
      result[column] = sum;
    }
  }
  void smooth(Device& device, const StiffnessView<Real>& view, int columns,
              const FusedStep<Real>& step) const override {
    for_each_chunk(device, view, columns, [&](const BrickChunk& chunk, std::size_t column) {
      functions().smooth(view, chunk, step.of_column(column, view.column_start(1)));
    });
  }

 private:
  static const StiffnessSimdOf<Real>& functions() {
    if constexpr (std::is_same_v<Real, float>)
      return simd_table().f32;
    else
      return simd_table().f64;
  }
  /// Chunks of all columns are dealt out together: more, smaller pieces keep the threads busy to the end.
  template <class Work>
  static void for_each_chunk(Device& device, const StiffnessView<Real>& view, int columns, Work work) {
    KernelScope scope(device);
    const std::int32_t all = view.chunk_count * columns;
#pragma omp parallel for schedule(dynamic, 1)
    for (std::int32_t i = 0; i < all; ++i) work(view.chunks[i / columns], static_cast<std::size_t>(i % columns));
  }
};

}  // namespace

template <class Real>
const StiffnessKernels<Real>& stiffness() {
  static const StiffnessCpu<Real> kernels;
  return kernels;
}
template const StiffnessKernels<float>& stiffness();
template const StiffnessKernels<double>& stiffness();

}  // namespace cpu
}  // namespace osteon::kernels
