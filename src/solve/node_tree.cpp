// SPDX-License-Identifier: Apache-2.0
#include "node_tree.hpp"

#include <algorithm>
#include <numeric>

namespace osteon {

namespace {

class Splitter {
 public:
  explicit Splitter(const std::vector<double>& position_mm) : position_(position_mm) {}

  /// Cuts nodes[begin, end) `depth` times.
  void split(std::uint32_t* begin, std::uint32_t* end, int depth) const {
    if (depth == 0) return;
    const int axis = longest_side(begin, end);
    std::uint32_t* middle = begin + (end - begin) / 2;
    std::nth_element(begin, middle, end, [&](std::uint32_t a, std::uint32_t b) {
      const double at_a = at(a, axis), at_b = at(b, axis);
      return at_a < at_b || (at_a == at_b && a < b);  // one order, whatever the library
    });
    constexpr std::ptrdiff_t k_worth_a_task = 4096;
#pragma omp task default(shared) firstprivate(begin, middle, depth) if (end - begin > k_worth_a_task)
    split(begin, middle, depth - 1);
    split(middle, end, depth - 1);
#pragma omp taskwait
    if (depth == 1) {
      std::sort(begin, middle);
      std::sort(middle, end);
    }
  }

 private:
  double at(std::uint32_t node, int axis) const { return position_[3 * std::size_t{node} + axis]; }
  int longest_side(const std::uint32_t* begin, const std::uint32_t* end) const {
    double side[3];
    for (int d = 0; d < 3; ++d) {
      double low = at(*begin, d), high = low;
      for (const std::uint32_t* n = begin; n < end; ++n) {
        low = std::min(low, at(*n, d));
        high = std::max(high, at(*n, d));
      }
      side[d] = high - low;
    }
    return static_cast<int>(std::max_element(side, side + 3) - side);
  }

  const std::vector<double>& position_;
};

}  // namespace

NodeTree split_nodes(const std::vector<double>& position_mm, std::uint32_t most) {
  NodeTree tree;
  tree.order.resize(position_mm.size() / 3);
  std::iota(tree.order.begin(), tree.order.end(), 0u);
  int depth = 0;
  while ((tree.order.size() + (std::size_t{1} << depth) - 1) >> depth > most) ++depth;
  const Splitter splitter(position_mm);
#pragma omp parallel
#pragma omp single
  splitter.split(tree.order.data(), tree.order.data() + tree.order.size(), depth);
  // Boxes from the same halving that split() does.
  std::vector<std::uint32_t> count{static_cast<std::uint32_t>(tree.order.size())};
  for (int level = 0; level < depth; ++level) {
    std::vector<std::uint32_t> halves;
    for (const std::uint32_t whole : count) {
      halves.push_back(whole / 2);
      halves.push_back(whole - whole / 2);
    }
    count = std::move(halves);
  }
  tree.start.assign(count.size() + 1, 0);
  std::partial_sum(count.begin(), count.end(), tree.start.begin() + 1);
  return tree;
}

Index3 box_cell(std::uint32_t box) {
  Index3 cell;
  for (int bit = 0; bit < 32; ++bit) cell[bit % 3] |= static_cast<int>(box >> bit & 1u) << (bit / 3);
  return cell;
}

}  // namespace osteon
