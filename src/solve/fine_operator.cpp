// SPDX-License-Identifier: Apache-2.0
#include "fine_operator.hpp"

namespace osteon {

namespace {

/// Bricks sorted by the parity of their position: bricks of one colour share no node.
std::vector<std::int32_t> colour_bricks(const BrickGridView& grid, std::int32_t start[9]) {
  std::vector<std::int32_t> order;
  order.reserve(static_cast<std::size_t>(grid.brick_count));
  for (int colour = 0; colour < 8; ++colour) {
    start[colour] = static_cast<std::int32_t>(order.size());
    for (std::int32_t b = 0; b < grid.brick_count; ++b) {
      const auto& p = grid.bricks[b].position;
      if (((p[0] & 1) | (p[1] & 1) << 1 | (p[2] & 1) << 2) == colour) order.push_back(b);
    }
  }
  start[8] = static_cast<std::int32_t>(order.size());
  return order;
}

template <class Real>
std::vector<Hex8Blocks<Real>> palette_blocks(const ElasticProblem& problem) {
  std::vector<Hex8Blocks<Real>> blocks;
  for (const Elasticity& law : *problem.palette) {
    const Hex8Blocks<double> exact = hex8_blocks(law, problem.spacing_mm.data());
    Hex8Blocks<Real> rounded;
    for (int r = 0; r < 8; ++r)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) rounded.block[r][i][j] = static_cast<Real>(exact.block[r][i][j]);
    blocks.push_back(rounded);
  }
  return blocks;
}

}  // namespace

FineOperator::FineOperator(Device& device, const ElasticProblem& problem) : device_(&device), grid_(problem.grid) {
  const std::size_t brick_count = static_cast<std::size_t>(problem.grid.brick_count);
  bricks_ = Buffer<Brick>(device, std::vector<Brick>(problem.grid.bricks, problem.grid.bricks + brick_count));
  neighbours_ = Buffer<std::int32_t>(
      device, std::vector<std::int32_t>(problem.grid.neighbours, problem.grid.neighbours + 27 * brick_count));
  if (device.kind() != DeviceKind::cuda)
    coloured_bricks_ = Buffer<std::int32_t>(device, colour_bricks(problem.grid, colour_start_));
  palette_index_ = Buffer<std::uint8_t>(device, *problem.palette_index);
  modulus_ = Buffer<float>(device, *problem.modulus_mpa);
  palette_f32_ = Buffer<Hex8Blocks<float>>(device, palette_blocks<float>(problem));
  palette_f64_ = Buffer<Hex8Blocks<double>>(device, palette_blocks<double>(problem));
  grid_.bricks = bricks_.data();
  grid_.neighbours = neighbours_.data();
}

template <class Real>
kernels::StiffnessView<Real> FineOperator::view(const Buffer<Hex8Blocks<Real>>& palette) const {
  kernels::StiffnessView<Real> view;
  view.grid = grid_;
  view.palette = palette.data();
  view.palette_index = palette_index_.data();
  view.modulus_mpa = modulus_.data();
  view.coloured_bricks = coloured_bricks_.data();
  for (int c = 0; c < 9; ++c) view.colour_start[c] = colour_start_[c];
  return view;
}

void FineOperator::apply(const float* x, float* y) {
  kernels::stiffness_kernels<float>(*device_).apply(*device_, view(palette_f32_), x, y);
  ++applications_;
}

void FineOperator::apply(const double* x, double* y) {
  kernels::stiffness_kernels<double>(*device_).apply(*device_, view(palette_f64_), x, y);
  ++applications_;
}

}  // namespace osteon
