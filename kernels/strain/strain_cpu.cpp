// SPDX-License-Identifier: Apache-2.0
// Strain recovery on the CPU: one thread per brick.
#include "kernels/strain/strain_body.hpp"

namespace osteon::kernels::cpu {

namespace {

/// Calls visit(x, y, z, element) for every element of a brick, in mesh order.
template <class Visit>
void for_each_element(const Brick& brick, Visit visit) {
  for (int z = 0; z < k_brick_edge; ++z) {
    std::uint32_t element = brick.element_base[z];
    for (std::uint64_t bits = brick.element_mask[z]; bits != 0; bits &= bits - 1, ++element) {
      const int bit = __builtin_ctzll(bits);
      visit(bit % k_brick_edge, bit / k_brick_edge, z, element);
    }
  }
}

}  // namespace

void recover_fields(const StrainInput& input, const StrainOutput& output) {
#pragma omp parallel for schedule(dynamic, 16)
  for (std::int32_t b = 0; b < input.grid.brick_count; ++b)
    for_each_element(input.grid.bricks[b], [&](int x, int y, int z, std::uint32_t element) {
      recover_element(input, output, b, x, y, z, element);
    });
}

void sum_stress(const StrainInput& input, double* brick_sums) {
#pragma omp parallel for schedule(dynamic, 16)
  for (std::int32_t b = 0; b < input.grid.brick_count; ++b) {
    double sum[6] = {};
    for_each_element(input.grid.bricks[b], [&](int x, int y, int z, std::uint32_t element) {
      double u[24];
      ElementState state;
      gather_element(input.grid, b, x, y, z, input.displacement_mm, u);
      element_state(input, element, u, state);
      for (int v = 0; v < 6; ++v) sum[v] += state.stress[v];
    });
    for (int v = 0; v < 6; ++v) brick_sums[6 * static_cast<std::size_t>(b) + v] = sum[v];
  }
}

}  // namespace osteon::kernels::cpu
