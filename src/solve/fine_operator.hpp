// SPDX-License-Identifier: Apache-2.0
// The finest level on a device: grid and material once, stiffness views in both precisions.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/stiffness/stiffness.hpp"
#include "linear_operator.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/solve/linear_solver.hpp"

namespace osteon {

/// Grid, material and stiffness operator of a problem, in device memory.
/// Per active node (8-brick fill 35 %, one element per node): bricks 1.4 B, neighbours 0.7 B, palette index 1 B,
/// modulus 4 B.
class FineOperator final : public LinearOperator {
 public:
  FineOperator(Device& device, const ElasticProblem& problem);

  std::uint32_t node_count() const override { return grid_.node_count; }
  Device& device() const override { return *device_; }
  /// Grid and material in fp64, for the set-up.
  kernels::StiffnessView<double> view() const;

  void set_moduli(const std::vector<float>& modulus_mpa) { modulus_.copy_from(modulus_mpa); }
  void set_palette_index(const std::vector<std::uint8_t>& index) { palette_index_.copy_from(index); }

  /// y = K x, device pointers, unconstrained; counted, as the next. A product with several columns counts once.
  void apply(const float* x, float* y);
  void apply(const double* x, double* y) override;
  /// y = K x, result[column] = x . y; `result` in device memory
  void apply_dot(int columns, const double* x, double* y, double* result) override;
  /// r -= K d and the smoother step that follows. Not counted, since a recorded launch runs more often than it is
  /// asked for here; whoever runs it says how often.
  void smooth(int columns, const kernels::FusedStep<float>& step);
  void smooth(int columns, const kernels::FusedStep<double>& step);
  void count_applications(std::int64_t more) { applications_ += more; }
  std::int64_t applications() const override { return applications_; }

 private:
  template <class Real>
  kernels::StiffnessView<Real> view(const Buffer<Hex8Blocks<Real>>& palette) const;

  Device* device_;
  BrickGridView grid_;  ///< device pointers
  Buffer<Brick> bricks_;
  Buffer<std::int32_t> neighbours_;
  Buffer<kernels::BrickChunk> chunks_;  ///< CPU only, as the ghosts
  Buffer<std::int32_t> ghosts_;
  Buffer<std::uint8_t> palette_index_;
  Buffer<float> modulus_;
  Buffer<Hex8Blocks<float>> palette_f32_;
  Buffer<Hex8Blocks<double>> palette_f64_;
  std::int64_t applications_ = 0;
};

}  // namespace osteon
