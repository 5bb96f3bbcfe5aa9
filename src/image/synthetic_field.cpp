// SPDX-License-Identifier: Apache-2.0
// Band-passed Gaussian random field as a sum of plane waves, f(x) = sum_m cos(2 pi (k_m . x + p_m)).
//
// Separated along x, cos(a + b) = cos a cos b - sin a sin b, the sum is one dot product per voxel:
//   f(x, y, z) = along_x(x) . across(y, z)
// Both vectors hold 16-bit integers and the sum is 32-bit, so the order of summation, fused multiply-adds and the
// number of threads cannot change a digit, and the compiler turns it into packed multiply-adds.
#include "synthetic_field.hpp"

#include <cmath>

namespace osteon::synthetic {

namespace {

constexpr int k_waves = 512;
// |f| <= k_waves * k_amplitude^2 = 2^30 (rounding included) fits int32.
constexpr int k_amplitude = 1448;
constexpr int k_table_bits = 14;
constexpr int k_phase_bits = 24;           // resolution of the drawn phases, in turns
constexpr double k_relative_width = 0.25;  // of the band, as amplitude exp(-((k - k0) / (width k0))^2 / 2)

/// splitmix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// In [0, 1), exact.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  /// Sum of twelve uniforms minus six: variance 1, and exact, unlike a transform through log and cos.
  double normal() {
    std::uint64_t sum = 0;
    for (int i = 0; i < 12; ++i) sum += bits() >> 32;
    return static_cast<double>(sum) * 0x1p-32 - 6.0;
  }

 private:
  std::uint64_t state_;
};

/// Phase per voxel step along each axis and at the origin, in units of 2^-32 turn (wraps as angles do).
struct Wave {
  std::uint32_t step[3];
  std::uint32_t start;
};

std::uint32_t phase_of_turns(double turns) {
  // Rounded coarsely, so that a last-bit difference between compilers does not survive.
  const auto rounded = static_cast<std::int64_t>(std::floor(turns * (1 << k_phase_bits) + 0.5));
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(rounded) << (32 - k_phase_bits));
}

/// |k| / k0 with the power density of band-passed white noise in three dimensions, k^2 exp(-((k - k0) / (width k0))^2).
double draw_relative_frequency(Random& random) {
  constexpr double k_deviation = k_relative_width * 0.70710678118654752;
  constexpr double k_largest = 1 + 6 * k_deviation;
  for (;;) {
    const double k = 1 + k_deviation * random.normal();
    const double accept = k * k / (k_largest * k_largest);
    if (k > 0.2 && random.uniform() < accept) return k;
  }
}

std::vector<Wave> draw_waves(const FieldSpec& spec) {
  Random random(spec.seed);
  std::vector<Wave> waves(k_waves);
  for (Wave& wave : waves) {
    double d[3], length2;
    do {
      for (double& component : d) component = 2 * random.uniform() - 1;
      length2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    } while (length2 > 1 || length2 < 0.01);
    const double k = draw_relative_frequency(random) / (spec.wavelength_voxels * std::sqrt(length2));
    wave.step[0] = phase_of_turns(d[0] * k);
    wave.step[1] = phase_of_turns(d[1] * k);
    wave.step[2] = phase_of_turns(d[2] * k / spec.stretch_z);
    wave.start = phase_of_turns(random.uniform());
  }
  return waves;
}

/// k_amplitude * cos, rounded. No entry lies closer than 4e-5 to a tie, so every math library gives the same table.
std::vector<std::int16_t> make_cosine_table() {
  constexpr double k_two_pi = 6.283185307179586;
  std::vector<std::int16_t> table(1 << k_table_bits);
  for (int i = 0; i < (1 << k_table_bits); ++i) {
    table[i] = static_cast<std::int16_t>(std::lround(k_amplitude * std::cos(k_two_pi * i / (1 << k_table_bits))));
  }
  return table;
}

/// Writes {cos, sin} of every wave's phase, the sine with the given sign.
class PhaseTable {
 public:
  void write(std::uint32_t phase, int sine_sign, std::int16_t* out) const {
    constexpr std::uint32_t k_quarter = 1u << 30;
    out[0] = cosine(phase);
    out[1] = static_cast<std::int16_t>(sine_sign * cosine(phase - k_quarter));
  }

 private:
  std::int16_t cosine(std::uint32_t phase) const { return table_[phase >> (32 - k_table_bits)]; }
  std::vector<std::int16_t> table_ = make_cosine_table();
};

std::int32_t dot(const std::int16_t* a, const std::int16_t* b) {
  std::int32_t sum = 0;
  for (int i = 0; i < 2 * k_waves; ++i) sum += std::int32_t{a[i]} * b[i];
  return sum;
}

}  // namespace

std::vector<std::int32_t> random_field(const FieldSpec& spec) {
  const std::vector<Wave> waves = draw_waves(spec);
  const PhaseTable table;
  const int nx = spec.size.x, ny = spec.size.y, nz = spec.size.z;
  constexpr std::size_t k_length = 2 * k_waves;
  std::vector<std::int16_t> along_x(k_length * nx);
  for (int x = 0; x < nx; ++x) {
    for (int m = 0; m < k_waves; ++m) {
      table.write(waves[m].step[0] * static_cast<std::uint32_t>(x), -1, &along_x[x * k_length + 2 * m]);
    }
  }
  std::vector<std::int32_t> field(static_cast<std::size_t>(spec.size.volume()));
#pragma omp parallel
  {
    std::vector<std::int16_t> across(k_length);
#pragma omp for schedule(static) collapse(2)
    for (int z = 0; z < nz; ++z) {
      for (int y = 0; y < ny; ++y) {
        for (int m = 0; m < k_waves; ++m) {
          const std::uint32_t phase = waves[m].start + waves[m].step[1] * static_cast<std::uint32_t>(y) +
                                      waves[m].step[2] * static_cast<std::uint32_t>(z);
          table.write(phase, 1, &across[2 * m]);
        }
        std::int32_t* row = &field[(static_cast<std::size_t>(z) * ny + y) * nx];
        for (int x = 0; x < nx; ++x) row[x] = dot(&along_x[x * k_length], across.data());
      }
    }
  }
  return field;
}

}  // namespace osteon::synthetic
