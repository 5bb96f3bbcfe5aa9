// SPDX-License-Identifier: Apache-2.0
// Exact quantile cut of a field, and the largest face-connected part of what is left.
#include "synthetic_cut.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <utility>

namespace osteon::synthetic {

namespace {

/// Union-find with path halving; the smaller index becomes the root, so the result has no dependence on order.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0u); }
  std::uint32_t root(std::uint32_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = root(a);
    b = root(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

void keep_largest_part(const Index3& size, std::vector<std::uint8_t>& bone) {
  const auto stride_y = static_cast<std::uint32_t>(size.x);
  const auto stride_z = static_cast<std::uint32_t>(size.x) * static_cast<std::uint32_t>(size.y);
  DisjointSets sets(bone.size());
  std::uint32_t i = 0;
  for (int z = 0; z < size.z; ++z) {
    for (int y = 0; y < size.y; ++y) {
      for (int x = 0; x < size.x; ++x, ++i) {
        if (bone[i] == 0) continue;
        if (x > 0 && bone[i - 1] != 0) sets.join(i, i - 1);
        if (y > 0 && bone[i - stride_y] != 0) sets.join(i, i - stride_y);
        if (z > 0 && bone[i - stride_z] != 0) sets.join(i, i - stride_z);
      }
    }
  }
  std::vector<std::uint32_t> voxels(bone.size(), 0);
  for (std::uint32_t v = 0; v < bone.size(); ++v) {
    if (bone[v] != 0) ++voxels[sets.root(v)];
  }
  const auto largest = static_cast<std::uint32_t>(std::max_element(voxels.begin(), voxels.end()) - voxels.begin());
  for (std::uint32_t v = 0; v < bone.size(); ++v) {
    if (bone[v] != 0 && sets.root(v) != largest) bone[v] = 0;
  }
}

/// Bone after cutting so that `rank` field sites are at or above the threshold.
Cut cut_at_rank(const Index3& size, const std::vector<std::int32_t>& score, const std::vector<Site>& sites,
                std::vector<std::int32_t>& field_scores, std::int64_t rank) {
  const auto nth = field_scores.begin() + (rank - 1);
  std::nth_element(field_scores.begin(), nth, field_scores.end(), std::greater<>());
  const std::int32_t threshold = *nth;

  Cut cut;
  cut.bone.resize(score.size());
  for (std::size_t i = 0; i < score.size(); ++i) {
    cut.bone[i] = sites[i] == Site::solid || (sites[i] == Site::field && score[i] >= threshold) ? 1 : 0;
  }
  keep_largest_part(size, cut.bone);
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (cut.bone[i] != 0 && sites[i] == Site::field) ++cut.field_voxels;
  }
  return cut;
}

/// Adds voxels of `to` to `from` in layers of face neighbours until `target` field voxels are reached: a strut that
/// joins as a whole, and would overshoot, is filled part of the way.
Cut grow_towards(const Index3& size, Cut from, const Cut& to, const std::vector<Site>& sites, std::int64_t target) {
  std::vector<std::size_t> front, next;
  for (std::size_t i = 0; i < from.bone.size(); ++i) {
    if (from.bone[i] != 0) front.push_back(i);
  }
  const auto visit = [&](std::size_t i) {
    if (from.field_voxels >= target || from.bone[i] != 0 || to.bone[i] == 0) return;
    from.bone[i] = 1;
    if (sites[i] == Site::field) ++from.field_voxels;
    next.push_back(i);
  };
  const auto nx = static_cast<std::size_t>(size.x), nxy = nx * static_cast<std::size_t>(size.y);
  while (!front.empty() && from.field_voxels < target) {
    for (const std::size_t i : front) {
      const std::size_t x = i % nx, y = i % nxy;
      if (x > 0) visit(i - 1);
      if (x + 1 < nx) visit(i + 1);
      if (y >= nx) visit(i - nx);
      if (y + nx < nxy) visit(i + nx);
      if (i >= nxy) visit(i - nxy);
      if (i + nxy < from.bone.size()) visit(i + nxy);
    }
    front = std::move(next);
    next.clear();
  }
  return from;
}

}  // namespace

Cut cut_connected(const Index3& size, const std::vector<std::int32_t>& score, const std::vector<Site>& sites,
                  std::int64_t target) {
  std::vector<std::int32_t> field_scores;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (sites[i] == Site::field) field_scores.push_back(score[i]);
  }
  const auto available = static_cast<std::int64_t>(field_scores.size());
  const std::int64_t close_enough = available / 2000;

  // The kept part grows with the rank, so bracketing works; the first guesses add what the last cut lost.
  Cut below, above;
  std::int64_t low = 0, high = available + 1, rank = std::clamp<std::int64_t>(target, 1, available);
  for (int attempt = 1; high - low > std::max<std::int64_t>(close_enough, 1); ++attempt) {
    Cut cut = cut_at_rank(size, score, sites, field_scores, rank);
    const std::int64_t missing = target - cut.field_voxels;
    if (std::abs(missing) <= close_enough) return cut;
    (missing > 0 ? low : high) = rank;
    (missing > 0 ? below : above) = std::move(cut);
    const std::int64_t guess = rank + missing;
    rank = attempt < 6 && guess > low && guess < high ? guess : low + (high - low) / 2;
  }
  if (below.bone.empty()) return above;
  if (above.bone.empty()) return below;
  return grow_towards(size, std::move(below), above, sites, target);
}

bool spans_z(const Index3& size, const std::vector<std::uint8_t>& bone) {
  const auto layer = static_cast<std::ptrdiff_t>(size.x) * size.y;
  const auto is_bone = [](std::uint8_t value) { return value != 0; };
  return std::any_of(bone.begin(), bone.begin() + layer, is_bone) &&
         std::any_of(bone.end() - layer, bone.end(), is_bone);
}

}  // namespace osteon::synthetic
