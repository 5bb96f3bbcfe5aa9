// SPDX-License-Identifier: Apache-2.0
// Three numbers at a few of many nodes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace osteon {

/// A field of three components per node that is zero at most nodes: only those with a value are stored, in ascending
/// order, at 28 B each.
class NodeValues {
 public:
  NodeValues() = default;
  /// The nodes of a dense field (3 per node) for which `keep` (per node) is not 0.
  NodeValues(const std::vector<double>& all, const std::vector<std::uint8_t>& keep) {
    for (std::size_t node = 0; node < keep.size(); ++node)
      if (keep[node] != 0) {
        nodes_.push_back(static_cast<std::uint32_t>(node));
        values_.insert(values_.end(), all.begin() + static_cast<std::ptrdiff_t>(3 * node),
                       all.begin() + static_cast<std::ptrdiff_t>(3 * node + 3));
      }
  }

  /// 0 where nothing is stored. Cost: a binary search.
  double at(std::uint32_t node, int component) const {
    const std::size_t i = index_of(node);
    return i < nodes_.size() && nodes_[i] == node ? values_[3 * i + static_cast<std::size_t>(component)] : 0;
  }
  /// Cheap in ascending order of nodes; else everything behind moves.
  void set(std::uint32_t node, int component, double value) {
    const std::size_t i = index_of(node);
    if (i == nodes_.size() || nodes_[i] != node) {
      nodes_.insert(nodes_.begin() + static_cast<std::ptrdiff_t>(i), node);
      values_.insert(values_.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, 0.0);
    }
    values_[3 * i + static_cast<std::size_t>(component)] = value;
  }
  void scale(double factor) {
    for (double& value : values_) value *= factor;
  }

  /// Nodes that are stored, ascending, and their values, 3 each.
  const std::vector<std::uint32_t>& nodes() const { return nodes_; }
  const std::vector<double>& values() const { return values_; }

  /// The whole field, 3 per node.
  std::vector<double> dense(std::size_t node_count) const {
    std::vector<double> all(3 * node_count, 0.0);
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      std::copy_n(values_.begin() + static_cast<std::ptrdiff_t>(3 * i), 3,
                  all.begin() + static_cast<std::ptrdiff_t>(3) * nodes_[i]);
    return all;
  }

 private:
  std::size_t index_of(std::uint32_t node) const {
    if (nodes_.empty() || nodes_.back() < node) return nodes_.size();
    return static_cast<std::size_t>(std::lower_bound(nodes_.begin(), nodes_.end(), node) - nodes_.begin());
  }

  std::vector<std::uint32_t> nodes_;
  std::vector<double> values_;
};

}  // namespace osteon
