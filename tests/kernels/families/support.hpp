// SPDX-License-Identifier: Apache-2.0
// Random problems, and references written naively on purpose: nothing here calls a kernel's body.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "kernels/stiffness/stiffness.hpp"
#include "osteon/core/buffer.hpp"
#include "osteon/model/voxel_mesh.hpp"
#include "support/backend.hpp"

namespace osteon::test {

/// Relative to the norm of the reference. fp64: rounding of a few hundred operations; fp32: the same in its precision.
template <class Real>
constexpr double k_tolerance = sizeof(Real) == 4 ? 2e-6 : 1e-13;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11) * 0x1p-53;
  }
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(engine_() % n); }

 private:
  std::mt19937_64 engine_;
};

template <class Real>
std::vector<Real> random_vector(std::size_t n, Random& random) {
  std::vector<Real> v(n);
  for (Real& value : v) value = static_cast<Real>(random.uniform(-1, 1));
  return v;
}
template <class Real>
std::vector<Real> not_a_number(std::size_t n) {
  return std::vector<Real>(n, std::numeric_limits<Real>::quiet_NaN());
}

/// Packed inverse diagonal of node_diagonal.hpp with random entries.
inline std::vector<std::uint16_t> random_diagonal(std::size_t nodes, Random& random) {
  std::vector<std::uint16_t> m(node_diagonal_size(nodes));
  for (auto& value : m) value = upper_half_of_float(static_cast<float>(random.uniform(-1, 1)));
  return m;
}

/// What work(pointer) leaves in one double of device memory.
template <class Work>
double result_of(Device& device, Work work) {
  Buffer<double> result(device, not_a_number<double>(1));
  work(result.data());
  return result.to_host()[0];
}

template <class A>
double norm(const std::vector<A>& v) {
  double sum = 0;
  for (const A value : v) sum += double(value) * double(value);
  return std::sqrt(sum);
}
/// ||a - b|| / ||b||; NaN anywhere gives NaN, which fails every comparison.
template <class A, class B>
double difference(const std::vector<A>& a, const std::vector<B>& b) {
  if (a.size() != b.size()) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (double(a[i]) - double(b[i])) * (double(a[i]) - double(b[i]));
  const double scale = norm(b);
  return std::sqrt(sum) / (scale > 0 ? scale : 1);
}
template <class A>
bool same_bits(const std::vector<A>& a, const std::vector<A>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(A)) == 0);
}

/// Voxels with random moduli and laws on a random mask.
struct StiffnessProblem {
  VoxelMesh mesh;
  std::vector<Elasticity> laws;
  std::vector<std::uint8_t> palette_index;
  std::vector<float> modulus_mpa;

  std::size_t dofs() const { return std::size_t{3} * mesh.node_count(); }
};

inline std::vector<std::uint8_t> random_mask(Index3 size, double fill, Random& random) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(size.volume()));
  for (auto& voxel : mask) voxel = random.uniform(0, 1) < fill;
  return mask;
}

inline StiffnessProblem random_problem(Index3 size, Vec3 spacing_mm, double fill, int law_count, std::uint64_t seed) {
  Random random(seed);
  StiffnessProblem p{VoxelMesh(size, spacing_mm, random_mask(size, fill, random)), {}, {}, {}};
  p.laws.push_back(isotropic_elasticity(1, 0.3));
  Elasticity wood;
  orthotropic_elasticity({1, 0.7, 1.9, 0.25, 0.31, 0.4, 0.5, 0.33, 0.27}, wood);
  p.laws.push_back(wood);
  p.laws.push_back(isotropic_elasticity(1, 0.45));
  p.laws.resize(static_cast<std::size_t>(law_count));
  for (std::uint32_t e = 0; e < p.mesh.element_count(); ++e) {
    p.palette_index.push_back(static_cast<std::uint8_t>(random.below(static_cast<std::uint32_t>(law_count))));
    p.modulus_mpa.push_back(static_cast<float>(random.uniform(500, 20000)));
  }
  return p;
}

/// y = K x by assembled 24x24 elements, one after another, in double.
template <class Real>
std::vector<double> naive_apply(const StiffnessProblem& p, const std::vector<Real>& x) {
  const Vec3 h = p.mesh.spacing_mm();
  std::vector<std::vector<double>> matrices;
  for (const Elasticity& law : p.laws) {
    double k[24][24];
    hex8_stiffness(law, h.data(), k);
    matrices.emplace_back(&k[0][0], &k[0][0] + 576);
  }
  std::vector<double> y(x.size());
  for (std::uint32_t e = 0; e < p.mesh.element_count(); ++e) {
    std::uint32_t nodes[8];
    p.mesh.element_nodes(e, nodes);
    const std::vector<double>& k = matrices[p.palette_index[e]];
    for (std::size_t i = 0; i < 24; ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < 24; ++j) sum += k[24 * i + j] * double(x[3 * std::size_t(nodes[j / 3]) + j % 3]);
      y[3 * std::size_t(nodes[i / 3]) + i % 3] += double(p.modulus_mpa[e]) * sum;
    }
  }
  return y;
}

template <class Real>
std::vector<Hex8Blocks<Real>> palette_of(const StiffnessProblem& p) {
  std::vector<Hex8Blocks<Real>> palette;
  for (const Elasticity& law : p.laws) {
    const Hex8Blocks<double> exact = hex8_blocks(law, p.mesh.spacing_mm().data());
    Hex8Blocks<Real> rounded;
    for (int i = 0; i < 72; ++i)
      rounded.block[i / 9][i / 3 % 3][i % 3] = static_cast<Real>(exact.block[i / 9][i / 3 % 3][i % 3]);
    palette.push_back(rounded);
  }
  return palette;
}

/// A problem in the memory of a device.
template <class Real>
class DeviceProblem {
 public:
  DeviceProblem(Device& device, const StiffnessProblem& p, int chunks = 3)
      : device_(device),
        grid_(p.mesh.view()),
        bricks_(device, p.mesh.bricks()),
        neighbours_(device, p.mesh.brick_neighbours()),
        cut_(kernels::cut_into_chunks(p.mesh.view(), chunks)),
        chunks_(device, cut_.chunks),
        ghosts_(device, cut_.ghosts),
        palette_(device, palette_of<Real>(p)),
        palette_index_(device, p.palette_index),
        modulus_(device, p.modulus_mpa) {}

  kernels::StiffnessView<Real> view() const {
    kernels::StiffnessView<Real> view;
    view.grid = grid_;
    view.grid.bricks = bricks_.data();
    view.grid.neighbours = neighbours_.data();
    view.palette = palette_.data();
    view.palette_count = static_cast<std::int32_t>(palette_.size());
    view.palette_index = palette_index_.data();
    view.modulus_mpa = modulus_.data();
    view.chunks = chunks_.data();
    view.ghosts = ghosts_.data();
    view.chunk_count = static_cast<std::int32_t>(chunks_.size());
    return view;
  }
  std::vector<Real> apply(const std::vector<Real>& x) const {
    Buffer<Real> in(device_, x), out(device_, not_a_number<Real>(x.size()));  // every entry must be written
    kernels::stiffness_kernels<Real>(device_).apply(device_, view(), 1, in.data(), out.data());
    return out.to_host();
  }

 private:
  Device& device_;
  BrickGridView grid_;
  Buffer<Brick> bricks_;
  Buffer<std::int32_t> neighbours_;
  kernels::BrickChunks cut_;
  Buffer<kernels::BrickChunk> chunks_;
  Buffer<std::int32_t> ghosts_;
  Buffer<Hex8Blocks<Real>> palette_;
  Buffer<std::uint8_t> palette_index_;
  Buffer<float> modulus_;
};

struct StiffnessCase {
  Index3 size;
  Vec3 spacing_mm;
  double fill;
  int laws;
};
inline const std::vector<StiffnessCase>& stiffness_cases() {
  static const std::vector<StiffnessCase> cases = {
      {{1, 1, 1}, {0.082, 0.082, 0.082}, 1, 1},   {{8, 8, 8}, {1, 1, 1}, 1, 1},
      {{8, 8, 8}, {0.06, 0.06, 0.09}, 0.5, 2},    {{17, 9, 23}, {0.3, 0.5, 1.1}, 0.3, 1},
      {{17, 9, 23}, {0.082, 0.06, 0.1}, 0.6, 3},  {{7, 15, 8}, {1, 1, 1}, 1, 2},
      {{33, 31, 17}, {0.06, 0.06, 0.06}, 0.2, 2},
  };
  return cases;
}

}  // namespace osteon::test
