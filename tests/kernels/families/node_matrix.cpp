// SPDX-License-Identifier: Apache-2.0
// Products with assembled 3x3 rows, and the transfer of meshes without a grid.
#include <doctest/doctest.h>

#include <algorithm>

#include "kernels/node_matrix/node_matrix_body.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/transfer/transfer.hpp"
#include "support.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

struct Rows {
  std::vector<std::int64_t> start{0};
  std::vector<std::uint32_t> column;
};

/// Rows of 0 to 12 blocks in ascending columns.
Rows random_rows(std::uint32_t rows, Random& random) {
  Rows out;
  for (std::uint32_t i = 0; i < rows; ++i) {
    std::vector<std::uint32_t> columns(random.below(13));
    for (std::uint32_t& c : columns) c = random.below(rows);
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    out.column.insert(out.column.end(), columns.begin(), columns.end());
    out.start.push_back(static_cast<std::int64_t>(out.column.size()));
  }
  return out;
}

template <class Real>
std::vector<double> naive_product(const Rows& rows, const std::vector<Real>& values, const Real* x) {
  std::vector<double> y(3 * (rows.start.size() - 1));
  for (std::size_t i = 0; i + 1 < rows.start.size(); ++i)
    for (auto k = static_cast<std::size_t>(rows.start[i]); k < static_cast<std::size_t>(rows.start[i + 1]); ++k)
      for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 3; ++c)
          y[3 * i + r] += double(values[9 * k + 3 * r + c]) * double(x[3 * rows.column[k] + c]);
  return y;
}

template <class Real>
double distance(const std::vector<Real>& a, const std::vector<double>& b) {
  double miss = 0, size = 1e-300;
  for (std::size_t i = 0; i < b.size(); ++i) {
    miss += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
    size += b[i] * b[i];
  }
  return std::sqrt(miss / size);
}

}  // namespace

TEST_CASE_TEMPLATE("products with assembled rows and the fused smoother step are their formulas", Real, float, double) {
  const auto device = make_test_device();
  const auto& kernels = kernels::node_matrix_kernels<Real>(*device);
  const auto& smoother = kernels::smoother_kernels<Real>(*device);
  for (const std::uint32_t n : {1u, 31u, 257u, 1003u})
    for (const int columns : {1, 3}) {
      CAPTURE(n);
      CAPTURE(columns);
      Random random(n + 7);
      const Rows rows = random_rows(n, random);
      const std::size_t size = 3 * std::size_t{n}, all = size * static_cast<std::size_t>(columns);
      const auto values = random_vector<Real>(9 * rows.column.size() + 1, random);
      const auto d = random_vector<Real>(all, random), r = random_vector<Real>(all, random);
      const auto x = random_vector<Real>(all, random);
      const auto diagonal = random_diagonal(n, random);
      Buffer<std::int64_t> start(*device, rows.start);
      Buffer<std::uint32_t> column(*device, rows.column.empty() ? std::vector<std::uint32_t>{0} : rows.column);
      Buffer<Real> dv(*device, values), dd(*device, d), dr(*device, r), dx(*device, x);
      Buffer<Real> product(*device, not_a_number<Real>(all)), next(*device, not_a_number<Real>(all));
      Buffer<std::uint16_t> dm(*device, diagonal);
      const kernels::NodeMatrixView<Real> view{n, start.data(), column.data(), dv.data()};
      kernels.multiply(*device, view, columns, dd.data(), product.data());
      const Real a = Real(0.5), b = Real(0.25);
      kernels.smooth(*device, view, columns, {dd.data(), next.data(), dr.data(), dx.data(), dm.data(), a, b});
      const auto y = product.to_host(), rest = dr.to_host(), moved = next.to_host(), sum = dx.to_host();
      // b D^-1 r, by the kernel that has its own test
      Buffer<Real> solved(*device, not_a_number<Real>(all));
      smoother.solve3(*device, columns, n, dm.data(), 0.25, dr.data(), solved.data(), nullptr);
      const auto expected_step = solved.to_host();
      for (std::size_t c = 0; c < static_cast<std::size_t>(columns); ++c) {
        const auto first = static_cast<std::ptrdiff_t>(c * size), last = first + static_cast<std::ptrdiff_t>(size);
        const std::vector<double> exact = naive_product(rows, values, d.data() + first);
        CHECK(distance(std::vector<Real>(y.begin() + first, y.begin() + last), exact) < k_tolerance<Real>);
        std::vector<double> residual(size), direction(size), solution(size);
        for (std::size_t i = 0; i < size; ++i) {
          const std::size_t k = c * size + i;
          residual[i] = double(r[k]) - exact[i];
          direction[i] = 0.5 * double(d[k]) + double(expected_step[k]);
          solution[i] = double(x[k]) + direction[i];
        }
        CHECK(distance(std::vector<Real>(rest.begin() + first, rest.begin() + last), residual) < k_tolerance<Real>);
        CHECK(distance(std::vector<Real>(moved.begin() + first, moved.begin() + last), direction) < k_tolerance<Real>);
        CHECK(distance(std::vector<Real>(sum.begin() + first, sum.begin() + last), solution) < k_tolerance<Real>);
      }
      // Without a diagonal only the residual changes.
      kernels.smooth(*device, view, columns, {dd.data(), next.data(), dr.data(), dx.data(), nullptr, 0, 0});
      CHECK(dx.to_host() == sum);
    }
}

TEST_CASE_TEMPLATE("the product with x.y has the product's digits, per column those that it has alone", Real, float,
                   double) {
  const auto device = make_test_device();
  const auto& kernels = kernels::node_matrix_kernels<Real>(*device);
  Random random(11);
  constexpr std::uint32_t n = 5003;  // several blocks of a sum
  const Rows rows = random_rows(n, random);
  const std::size_t size = 3 * std::size_t{n};
  const auto values = random_vector<Real>(9 * rows.column.size(), random), x = random_vector<Real>(3 * size, random);
  Buffer<std::int64_t> start(*device, rows.start);
  Buffer<std::uint32_t> column(*device, rows.column);
  Buffer<Real> dv(*device, values), dx(*device, x), plain(*device, not_a_number<Real>(3 * size)),
      with_dot(*device, not_a_number<Real>(3 * size)), alone(*device, not_a_number<Real>(size));
  Buffer<double> dots(*device, not_a_number<double>(3)), own_dot(*device, not_a_number<double>(1));
  const kernels::NodeMatrixView<Real> view{n, start.data(), column.data(), dv.data()};
  kernels.multiply(*device, view, 3, dx.data(), plain.data());
  kernels.multiply_dot(*device, view, 3, dx.data(), with_dot.data(), dots.data());
  const auto y = plain.to_host();
  CHECK(same_bits(with_dot.to_host(), y));
  for (std::size_t c = 0; c < 3; ++c) {
    kernels.multiply_dot(*device, view, 1, dx.data() + c * size, alone.data(), own_dot.data());
    double dot = 0, norms[2] = {};
    for (std::size_t i = c * size; i < (c + 1) * size; ++i) {
      dot += double(x[i]) * double(y[i]);
      norms[0] += double(x[i]) * double(x[i]), norms[1] += double(y[i]) * double(y[i]);
    }
    CHECK(std::abs(dots.to_host()[c] - dot) < 1e-14 * std::sqrt(norms[0] * norms[1]));
    CHECK(own_dot.to_host()[0] == dots.to_host()[c]);
    CHECK(same_bits(alone.to_host(), plain.part_to_host(c * size, size)));
  }
}

TEST_CASE_TEMPLATE("the lanes of a warp add up to the row", Real, float, double) {
  Random random(9);
  const Rows rows = random_rows(200, random);
  const auto values = random_vector<Real>(9 * rows.column.size(), random), x = random_vector<Real>(600, random);
  const kernels::NodeMatrixView<Real> view{200, rows.start.data(), rows.column.data(), values.data()};
  std::vector<double> y(600);
  for (std::size_t row = 0; row < 200; ++row)
    for (int lane = 0; lane < kernels::k_node_lanes; ++lane)
      y[3 * row + static_cast<std::size_t>(lane % 9 / 3)] += double(node_row_lane(view, row, lane, x.data()));
  CHECK(distance(y, naive_product(rows, values, x.data())) < k_tolerance<Real>);
}

TEST_CASE("arms that are stored serve the transfer as those of a grid do") {
  const auto device = make_test_device();
  const auto& transfer = kernels::transfer_kernels<double>(*device);
  const std::vector<kernels::PackedNode> packed = {kernels::pack_node(0, 0, 0, 0), kernels::pack_node(2, 1, 0, 2),
                                                   kernels::pack_node(1, 3, 2, 0)};
  const std::vector<double> centre = {1, 1.5, 0.5};
  Random random(3);
  const std::vector<double> basis = random_vector<double>(36, random), coarse = random_vector<double>(6, random);
  std::vector<double> arm;
  const double scale[3] = {0.25, 0.5, 0.2};
  for (const kernels::PackedNode& node : packed)
    for (int d = 0; d < 3; ++d) arm.push_back((node.local(d) - centre[static_cast<std::size_t>(d)]) * scale[d]);
  Buffer<kernels::PackedNode> dp(*device, packed);
  Buffer<double> dc(*device, centre), db(*device, basis), da(*device, arm), dx(*device, coarse);
  Buffer<std::uint32_t> of(*device, std::vector<std::uint32_t>{0, 0, 0}),
      start(*device, std::vector<std::uint32_t>{0, 3});
  Buffer<std::uint32_t> nodes(*device, std::vector<std::uint32_t>{0, 1, 2});
  kernels::TransferView<double> view;
  view.node_count = 3;
  view.aggregate_count = 1;
  view.aggregate_of_node = of.data();
  view.packed = dp.data();
  view.aggregate_start = start.data();
  view.aggregate_nodes = nodes.data();
  view.centre = dc.data();
  view.basis = db.data();
  for (int d = 0; d < 3; ++d) view.scale[d] = scale[d];
  Buffer<double> on_grid(*device, not_a_number<double>(9)), stored(*device, not_a_number<double>(9));
  Buffer<double> load_on_grid(*device, not_a_number<double>(6)), load_stored(*device, not_a_number<double>(6));
  transfer.prolong_from_aggregates(*device, view, 1, dx.data(), on_grid.data(), nullptr);
  transfer.restrict_to_aggregates(*device, view, 1, on_grid.data(), load_on_grid.data());
  view.arm = da.data();
  view.centre = nullptr;
  transfer.prolong_from_aggregates(*device, view, 1, dx.data(), stored.data(), nullptr);
  transfer.restrict_to_aggregates(*device, view, 1, stored.data(), load_stored.data());
  CHECK(on_grid.to_host() == stored.to_host());
  CHECK(load_on_grid.to_host() == load_stored.to_host());
  CHECK(stored.to_host()[4] == 0);  // held
}
