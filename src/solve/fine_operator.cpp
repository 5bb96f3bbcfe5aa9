// SPDX-License-Identifier: Apache-2.0
#include "fine_operator.hpp"

namespace osteon {

namespace {

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
  if (device.kind() != DeviceKind::cuda) {
    constexpr int k_chunks_per_thread = 2;  // a thread that falls behind leaves its second chunk to another
    const kernels::BrickChunks cut = kernels::cut_into_chunks(problem.grid, k_chunks_per_thread * device.threads());
    chunks_ = Buffer<kernels::BrickChunk>(device, cut.chunks);
    ghosts_ = Buffer<std::int32_t>(device, cut.ghosts);
  }
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
  view.palette_count = static_cast<std::int32_t>(palette.size());
  view.palette_index = palette_index_.data();
  view.modulus_mpa = modulus_.data();
  view.chunks = chunks_.data();
  view.ghosts = ghosts_.data();
  view.chunk_count = static_cast<std::int32_t>(chunks_.size());
  return view;
}

kernels::StiffnessView<double> FineOperator::view() const { return view(palette_f64_); }

void FineOperator::apply(const float* x, float* y) {
  kernels::stiffness_kernels<float>(*device_).apply(*device_, view(palette_f32_), 1, x, y);
  ++applications_;
}

void FineOperator::apply(const double* x, double* y) {
  kernels::stiffness_kernels<double>(*device_).apply(*device_, view(palette_f64_), 1, x, y);
  ++applications_;
}

void FineOperator::apply_dot(int columns, const double* x, double* y, double* result) {
  kernels::stiffness_kernels<double>(*device_).apply_dot(*device_, view(palette_f64_), columns, x, y, result);
  ++applications_;
}

void FineOperator::smooth(int columns, const kernels::FusedStep<float>& step) {
  kernels::stiffness_kernels<float>(*device_).smooth(*device_, view(palette_f32_), columns, step);
}

void FineOperator::smooth(int columns, const kernels::FusedStep<double>& step) {
  kernels::stiffness_kernels<double>(*device_).smooth(*device_, view(palette_f64_), columns, step);
}

}  // namespace osteon
