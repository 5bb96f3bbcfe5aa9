// SPDX-License-Identifier: Apache-2.0
// Crop, Gaussian, B-spline resampling.
#include <algorithm>
#include <cmath>

#include "lines.hpp"
#include "osteon/core/error.hpp"
#include "steps.hpp"

namespace osteon {
namespace {

constexpr int k_lanes = k_lines_at_once;

// Half of the symmetric kernel: weight of distance 0, 1, ...; the whole sums to one.
std::vector<double> gaussian_weights(double sigma) {
  constexpr double k_truncate = 4.0;
  const int radius = static_cast<int>(k_truncate * sigma + 0.5);
  std::vector<double> weights(static_cast<std::size_t>(radius) + 1);
  double sum = 0;
  for (int i = 0; i <= radius; ++i) {
    weights[static_cast<std::size_t>(i)] = std::exp(-0.5 * i * i / (sigma * sigma));
    sum += (i == 0 ? 1 : 2) * weights[static_cast<std::size_t>(i)];
  }
  for (double& w : weights) w /= sum;
  return weights;
}

// B-spline coefficients in place of the values, one pole, mirrored at the outer samples (Unser 1999, box 2).
void prefilter(double* line, std::int64_t n, int order) {
  if (order < 2 || n == 1) return;
  const double pole = order == 2 ? std::sqrt(8.0) - 3.0 : std::sqrt(3.0) - 2.0;
  const double gain = (1 - pole) * (1 - 1 / pole);
  for (std::int64_t i = 0; i < n * k_lanes; ++i) line[i] *= gain;
  for (int l = 0; l < k_lanes; ++l) {  // exact sum over the mirrored, periodic signal
    double sum = line[l] + std::pow(pole, static_cast<double>(n - 1)) * line[(n - 1) * k_lanes + l];
    double power = pole, back = std::pow(pole, static_cast<double>(2 * n - 3));
    for (std::int64_t i = 1; i < n - 1; ++i, power *= pole, back /= pole) {
      if (std::abs(power) < 1e-300) break;
      sum += (power + (std::isfinite(back) ? back : 0.0)) * line[i * k_lanes + l];
    }
    line[l] = sum / (1 - std::pow(pole, static_cast<double>(2 * n - 2)));
  }
  for (std::int64_t i = 1; i < n; ++i)
    for (int l = 0; l < k_lanes; ++l) line[i * k_lanes + l] += pole * line[(i - 1) * k_lanes + l];
  double* last = line + (n - 1) * k_lanes;
  for (int l = 0; l < k_lanes; ++l) last[l] = pole / (pole * pole - 1) * (last[l] + pole * last[l - k_lanes]);
  for (std::int64_t i = n - 2; i >= 0; --i)
    for (int l = 0; l < k_lanes; ++l)
      line[i * k_lanes + l] = pole * (line[(i + 1) * k_lanes + l] - line[i * k_lanes + l]);
}

}  // namespace

SplineTaps spline_taps(double position, std::int64_t n, int order) {
  SplineTaps taps;
  const double base = order % 2 == 1 ? std::floor(position) : std::floor(position + 0.5);
  const double t = position - base;
  double* w = taps.weight;
  if (order == 0) {
    w[0] = 1;
  } else if (order == 1) {
    w[0] = 1 - t;
    w[1] = t;
  } else if (order == 2) {
    w[0] = 0.5 * (0.5 - t) * (0.5 - t);
    w[1] = 0.75 - t * t;
    w[2] = 0.5 * (0.5 + t) * (0.5 + t);
  } else {
    const double s = 1 - t;
    w[0] = s * s * s / 6;
    w[1] = 2.0 / 3 - 0.5 * t * t * (2 - t);
    w[2] = 2.0 / 3 - 0.5 * s * s * (2 - s);
    w[3] = t * t * t / 6;
  }
  const std::int64_t first = static_cast<std::int64_t>(base) - (order >= 2 ? 1 : 0);
  for (int k = 0; k <= order; ++k) taps.index[k] = mirror_at_samples(first + k, n);
  return taps;
}

std::vector<float> spline_coefficients(const std::vector<float>& values, const Index3& size, int order) {
  std::vector<float> result = values;
  if (order < 2) return result;
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t n = size[axis];
    result = filter_lines(result, size, axis, static_cast<int>(n), [n, order](double* in, double* out) {
      prefilter(in, n, order);
      std::copy(in, in + n * k_lanes, out);
    });
  }
  return result;
}

void crop(VoxelImage& image, const Index3& first, const Index3& size) {
  const Index3 old = image.geometry.size;
  std::vector<float> values(static_cast<std::size_t>(size.volume()));
#pragma omp parallel for schedule(static)
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y) {
      const float* from =
          image.values.data() + (static_cast<std::size_t>(z + first.z) * old.y + y + first.y) * old.x + first.x;
      std::copy(from, from + size.x, values.data() + (static_cast<std::size_t>(z) * size.y + y) * size.x);
    }
  image.values = std::move(values);
  ImageGeometry& g = image.geometry;
  g.size = size;
  for (int a = 0; a < 3; ++a)
    for (int row = 0; row < 3; ++row) g.origin_mm[row] += g.direction[row * 3 + a] * first[a] * g.spacing_mm[a];
}

void gaussian_smooth(VoxelImage& image, double sigma_voxels) {
  const std::vector<double> weights = gaussian_weights(sigma_voxels);
  const auto radius = static_cast<std::int64_t>(weights.size()) - 1;
  for (int axis = 0; axis < 3; ++axis) {
    const std::int64_t n = image.geometry.size[axis];
    image.values = filter_lines(image.values, image.geometry.size, axis, static_cast<int>(n),
                                [&weights, radius, n](const double* in, double* out) {
                                  for (std::int64_t i = 0; i < n; ++i) {
                                    double* to = out + i * k_lanes;
                                    for (int l = 0; l < k_lanes; ++l) to[l] = weights[0] * in[i * k_lanes + l];
                                    for (std::int64_t d = 1; d <= radius; ++d) {
                                      const double* left = in + mirror_at_faces(i - d, n) * k_lanes;
                                      const double* right = in + mirror_at_faces(i + d, n) * k_lanes;
                                      const double w = weights[static_cast<std::size_t>(d)];
                                      for (int l = 0; l < k_lanes; ++l) to[l] += w * (left[l] + right[l]);
                                    }
                                  }
                                });
  }
}

std::vector<float> resample(const std::vector<float>& values, const Index3& size, const ResampleAxis (&axes)[3],
                            int order) {
  OSTEON_ASSERT(order >= 0 && order <= 3);
  std::vector<float> current;
  Index3 now = size;
  for (int axis = 0; axis < 3; ++axis) {
    const ResampleAxis& a = axes[axis];
    const std::int64_t n = now[axis];
    std::vector<SplineTaps> taps(static_cast<std::size_t>(a.new_size));
    for (int i = 0; i < a.new_size; ++i)
      taps[static_cast<std::size_t>(i)] = spline_taps(a.first + i * a.step, n, order);
    current = filter_lines(axis == 0 ? values : current, now, axis, a.new_size, [&](double* in, double* out) {
      prefilter(in, n, order);
      for (std::size_t i = 0; i < taps.size(); ++i) {
        double* to = out + i * k_lanes;
        std::fill(to, to + k_lanes, 0.0);
        for (int k = 0; k <= order; ++k) {
          const double* from = in + taps[i].index[k] * k_lanes;
          for (int l = 0; l < k_lanes; ++l) to[l] += taps[i].weight[k] * from[l];
        }
      }
    });
    now[axis] = a.new_size;
  }
  return current;
}

}  // namespace osteon
