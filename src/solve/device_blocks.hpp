// SPDX-License-Identifier: Apache-2.0
// Block matrices of the hierarchy in device memory: one set of blocks, seen by rows, transposed, or as a symmetric
// matrix.
#pragma once

#include <type_traits>
#include <utility>
#include <vector>

#include "block_matrix.hpp"
#include "kernels/coarse/coarse.hpp"
#include "kernels/galerkin/galerkin.hpp"
#include "osteon/core/buffer.hpp"

namespace osteon {

/// Host values in the precision of the device's.
template <class Real, class From>
Buffer<Real> to_device(Device& device, const std::vector<From>& values) {
  if constexpr (std::is_same_v<Real, From>)
    return Buffer<Real>(device, values);
  else
    return Buffer<Real>(device, std::vector<Real>(values.begin(), values.end()));
}

/// 36 values and 12 B of lists per block.
template <class Real>
class DeviceBlocks {
 public:
  DeviceBlocks() = default;
  /// `symmetric`: the matrix holds an upper half.
  DeviceBlocks(Device& device, const BlockMatrix& m, bool symmetric)
      : DeviceBlocks(device, m.graph, m.column_count, symmetric, to_device<Real>(device, m.values)) {}
  /// Blocks to be computed on the device, zero until then.
  DeviceBlocks(Device& device, const Graph& graph, std::uint32_t columns, bool symmetric)
      : DeviceBlocks(device, graph, columns, symmetric,
                     Buffer<Real>(device, kernels::k_block_values * graph.column.size() + kernels::k_block_padding)) {
    values_.set_zero();
  }

  /// y = A x
  kernels::BlockRowsView<Real> view() const {
    kernels::BlockRowsView<Real> v;
    v.rows = rows_;
    v.inputs = columns_;
    v.values = values_.data();
    v.start = start_.data();
    v.column = column_.data();
    if (symmetric_) see_transposed(v);
    return v;
  }
  kernels::BlockPattern pattern() const { return {rows_, start_.data(), column_.data()}; }
  Real* values() { return values_.data(); }
  std::vector<Real> values_to_host() const { return values_.to_host(); }
  /// Both lists of blocks, for whoever looks blocks up.
  kernels::BlockRowsView<Real> view_with_columns() const {
    kernels::BlockRowsView<Real> v = view();
    see_transposed(v);
    return v;
  }
  /// y = A^T x
  kernels::BlockRowsView<Real> transposed_view() const {
    kernels::BlockRowsView<Real> v;
    v.rows = columns_;
    v.inputs = rows_;
    v.values = values_.data();
    see_transposed(v);
    return v;
  }

 private:
  DeviceBlocks(Device& device, const Graph& graph, std::uint32_t columns, bool symmetric, Buffer<Real> values)
      : rows_(graph.rows()),
        columns_(columns),
        symmetric_(symmetric),
        start_(device, graph.start),
        column_(device, graph.column),
        values_(std::move(values)) {
    const TransposedRows t = transposed_rows(graph, columns, symmetric);
    transposed_start_ = Buffer<std::int64_t>(device, t.start);
    transposed_column_ = Buffer<std::uint32_t>(device, t.column);
    transposed_block_ = Buffer<std::uint32_t>(device, t.block);
  }
  void see_transposed(kernels::BlockRowsView<Real>& v) const {
    v.transposed_start = transposed_start_.data();
    v.transposed_column = transposed_column_.data();
    v.transposed_block = transposed_block_.data();
  }

  std::uint32_t rows_ = 0, columns_ = 0;
  bool symmetric_ = false;
  Buffer<std::int64_t> start_, transposed_start_;
  Buffer<std::uint32_t> column_, transposed_column_, transposed_block_;
  Buffer<Real> values_;
};

}  // namespace osteon
