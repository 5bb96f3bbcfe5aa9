// SPDX-License-Identifier: Apache-2.0
// The GPU's strain kernels against the CPU's, on the same mesh. Skipped where there is no GPU.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "kernels/strain/strain.hpp"
#include "osteon/core/buffer.hpp"
#include "src/mechanics/strain_input.hpp"
#include "support/backend.hpp"
#include "unit/mechanics/small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

template <class T>
double largest_difference(const std::vector<T>& a, const std::vector<T>& b) {
  double size = 0, difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    size = std::max(size, std::fabs(double(a[i])));
    difference = std::fmax(difference, std::isnan(b[i]) ? HUGE_VAL : std::fabs(double(a[i]) - double(b[i])));
  }
  return difference / size;
}

}  // namespace

TEST_CASE("strain, stress, energy and stress sums on the GPU are the CPU's") {
  const ElasticModel model = l_shaped_model({19, 11, 21});
  const std::vector<double> u = random_field(model, 3);
  kernels::StrainInput host = strain_input(model, u);
  std::vector<Hex8Blocks<double>> blocks;
  for (const Elasticity& law : model.material.palette) blocks.push_back(hex8_blocks(law, host.spacing_mm));
  host.energy_blocks = blocks.data();
  const std::size_t n = model.mesh->element_count(), bricks = model.mesh->bricks().size();
  std::vector<float> strain(6 * n), stress(6 * n), principal(3 * n), mises(n);
  std::vector<double> energy(n), effective(n), mean_energy(n), sums(6 * bricks);
  kernels::cpu::recover_fields(host, {strain.data(), stress.data(), principal.data(), mises.data(), energy.data(),
                                      effective.data(), mean_energy.data()});
  kernels::cpu::sum_stress(host, sums.data());

  const auto device = make_test_device();
  const Buffer<Brick> d_bricks(*device, model.mesh->bricks());
  const Buffer<std::int32_t> d_neighbours(*device, model.mesh->brick_neighbours());
  const Buffer<Elasticity> d_palette(*device, model.material.palette);
  const Buffer<Hex8Blocks<double>> d_blocks(*device, blocks);
  const Buffer<std::uint8_t> d_index(*device, model.material.palette_index);
  const Buffer<float> d_modulus(*device, model.material.modulus_mpa);
  const Buffer<double> d_u(*device, u);
  kernels::StrainInput input = host;
  input.grid.bricks = d_bricks.data();
  input.grid.neighbours = d_neighbours.data();
  input.palette = d_palette.data();
  input.energy_blocks = d_blocks.data();
  input.palette_index = d_index.data();
  input.modulus_mpa = d_modulus.data();
  input.displacement_mm = d_u.data();
  Buffer<float> d_strain(*device, 6 * n), d_stress(*device, 6 * n), d_principal(*device, 3 * n), d_mises(*device, n);
  Buffer<double> d_energy(*device, n), d_effective(*device, n), d_mean(*device, n), d_sums(*device, 6 * bricks);
  kernels::cuda::recover_fields(input, {d_strain.data(), d_stress.data(), d_principal.data(), d_mises.data(),
                                        d_energy.data(), d_effective.data(), d_mean.data()});
  kernels::cuda::sum_stress(input, d_sums.data());
  device->synchronise();

  CHECK(largest_difference(strain, d_strain.to_host()) < 2e-7);
  CHECK(largest_difference(stress, d_stress.to_host()) < 2e-7);
  CHECK(largest_difference(principal, d_principal.to_host()) < 2e-7);
  CHECK(largest_difference(mises, d_mises.to_host()) < 2e-7);
  CHECK(largest_difference(energy, d_energy.to_host()) < 1e-13);
  CHECK(largest_difference(effective, d_effective.to_host()) < 1e-13);
  CHECK(largest_difference(mean_energy, d_mean.to_host()) < 1e-13);
  CHECK(largest_difference(sums, d_sums.to_host()) < 1e-12);
}
