// SPDX-License-Identifier: Apache-2.0
// Runs a one-dimensional filter along every line of an axis, many lines at a time, in parallel.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "osteon/core/geometry.hpp"

namespace osteon {

inline constexpr int k_lines_at_once = 16;  ///< a cache line of floats: strided axes are read whole lines at a time

/// Applies `filter(in, out)` to all lines along `axis`; each line of n values becomes one of `new_length`.
/// Both arrays are [position][k_lines_at_once] doubles; `in` may be changed. Passes: one read, one write.
template <class Filter>
std::vector<float> filter_lines(const std::vector<float>& values, const Index3& size, int axis, int new_length,
                                const Filter& filter) {
  const std::int64_t length = size[axis];
  std::int64_t stride = 1;
  for (int a = 0; a < axis; ++a) stride *= size[a];
  const std::int64_t lines = size.volume() / length;
  std::vector<float> result(static_cast<std::size_t>(lines * new_length));
  const std::int64_t groups = (lines + k_lines_at_once - 1) / k_lines_at_once;
#pragma omp parallel
  {
    std::vector<double> in(static_cast<std::size_t>(length) * k_lines_at_once);
    std::vector<double> out(static_cast<std::size_t>(new_length) * k_lines_at_once);
#pragma omp for schedule(static)
    for (std::int64_t group = 0; group < groups; ++group) {
      const std::int64_t first = group * k_lines_at_once;
      const std::int64_t count = std::min<std::int64_t>(k_lines_at_once, lines - first);
      const auto start = [stride](std::int64_t line, std::int64_t n) {
        return line / stride * stride * n + line % stride;
      };
      for (std::int64_t l = 0; l < count; ++l) {
        const float* from = values.data() + start(first + l, length);
        for (std::int64_t i = 0; i < length; ++i)
          in[static_cast<std::size_t>(i * k_lines_at_once + l)] = static_cast<double>(from[i * stride]);
      }
      filter(in.data(), out.data());
      for (std::int64_t l = 0; l < count; ++l) {
        float* to = result.data() + start(first + l, new_length);
        for (std::int64_t i = 0; i < new_length; ++i)
          to[i * stride] = static_cast<float>(out[static_cast<std::size_t>(i * k_lines_at_once + l)]);
      }
    }
  }
  return result;
}

/// Index i reflected into [0, n) about the outer faces: ... 1 0 | 0 1 2 ... (NumPy pad "symmetric").
inline std::int64_t mirror_at_faces(std::int64_t i, std::int64_t n) {
  const std::int64_t period = 2 * n;
  i %= period;
  if (i < 0) i += period;
  return i < n ? i : period - 1 - i;
}

/// Index i reflected into [0, n) about the outer samples: ... 2 1 | 0 1 2 ... (NumPy pad "reflect").
inline std::int64_t mirror_at_samples(std::int64_t i, std::int64_t n) {
  if (n == 1) return 0;
  const std::int64_t period = 2 * (n - 1);
  i %= period;
  if (i < 0) i += period;
  return i < n ? i : period - i;
}

}  // namespace osteon
