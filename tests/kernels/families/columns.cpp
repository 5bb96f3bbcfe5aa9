// SPDX-License-Identifier: Apache-2.0
// Block vectors: whatever the family, every column gets the bits that it gets alone, and nothing beside them is
// written.
#include <doctest/doctest.h>

#include "aggregates.hpp"
#include "block_rows.hpp"
#include "kernels/smoother/smoother.hpp"
#include "kernels/vector/vector.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// One, fewer and more than share one reading of a matrix on the GPU, and a multiple of that.
constexpr int k_columns[] = {1, 3, 4, 6, 8};

/// Random columns of n entries in device memory, and a guard behind the last.
template <class Real>
class BlockVector {
 public:
  BlockVector(Device& device, int columns, std::size_t n, Random& random) : n_(n) {
    values_ = random_vector<Real>(static_cast<std::size_t>(columns) * n, random);
    values_.push_back(k_guard);
    buffer_ = Buffer<Real>(device, values_);
  }
  Real* column(int c) { return buffer_.data() + static_cast<std::size_t>(c) * n_; }
  std::vector<Real> to_host() const { return buffer_.to_host(); }
  bool guard_holds() const { return buffer_.to_host().back() == k_guard; }

 private:
  static constexpr Real k_guard = Real(-12345);
  std::size_t n_;
  std::vector<Real> values_;
  Buffer<Real> buffer_;
};

/// Entries per column of the vectors that a piece of work needs.
struct Lengths {
  std::vector<std::size_t> real, wide;
};

/// Block vectors in the precision under test, and in double (sums, and vectors of conjugate gradients).
template <class Real>
struct Vectors {
  std::vector<BlockVector<Real>> real;
  std::vector<BlockVector<double>> wide;

  Vectors(Device& device, int columns, const Lengths& lengths) {
    Random random(17);
    for (const std::size_t n : lengths.real) real.emplace_back(device, columns, n, random);
    for (const std::size_t n : lengths.wide) wide.emplace_back(device, columns, n, random);
  }
};

template <class T>
void check_same(const std::vector<BlockVector<T>>& together, const std::vector<BlockVector<T>>& alone) {
  for (std::size_t i = 0; i < together.size(); ++i) {
    CAPTURE(i);
    CHECK(same_bits(together[i].to_host(), alone[i].to_host()));
    CHECK(together[i].guard_holds());
  }
}

/// work(vectors, columns, first column) once for all columns, and once for each.
template <class Real, class Work>
void check_columns(Device& device, const Lengths& lengths, Work work) {
  for (const int columns : k_columns) {
    CAPTURE(columns);
    Vectors<Real> together(device, columns, lengths), alone(device, columns, lengths);
    work(together, columns, 0);
    for (int c = 0; c < columns; ++c) work(alone, 1, c);
    check_same(together.real, alone.real);
    check_same(together.wide, alone.wide);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("columns of a stiffness product, its dot and its smoother step are what each is alone", Real, float,
                   double) {
  const auto device = make_test_device();
  const StiffnessProblem p = random_problem({17, 9, 23}, {0.082, 0.06, 0.1}, 0.6, 3, 61);
  const DeviceProblem<Real> problem(*device, p);
  const auto view = problem.view();
  const auto& stiffness = kernels::stiffness_kernels<Real>(*device);
  const std::size_t n = p.dofs();
  Random random(62);
  const Buffer<std::uint16_t> diagonal(*device, random_diagonal(p.mesh.node_count(), random));

  check_columns<Real>(*device, {{n, n, n}, {1}}, [&](Vectors<Real>& v, int columns, int c) {
    Real* x = v.real[0].column(c);
    stiffness.apply(*device, view, columns, x, v.real[1].column(c));
    stiffness.apply_dot(*device, view, columns, x, v.real[2].column(c), v.wide[0].column(c));
  });
  for (const bool with_diagonal : {true, false})
    check_columns<Real>(*device, {{n, n, n, n}, {}}, [&](Vectors<Real>& v, int columns, int c) {
      stiffness.smooth(*device, view, columns,
                       {v.real[0].column(c), v.real[1].column(c), v.real[2].column(c), v.real[3].column(c),
                        with_diagonal ? diagonal.data() : nullptr, Real(0.375), Real(1.0 / 4096)});
    });
}

TEST_CASE_TEMPLATE("columns of the coarse products are what each is alone", Real, float, double) {
  const auto device = make_test_device();
  const auto& coarse = kernels::coarse_kernels<Real>(*device);
  for (const std::uint32_t rows : {7u, 401u}) {
    const auto matrix = random_block_matrix<Real>(rows, 63);
    const DeviceBlockRows<Real> data(*device, matrix);
    const auto view = matrix.view_of(data, true, true);
    const std::size_t n = 6 * std::size_t(rows);
    Random random(64);
    const Buffer<Real> diagonal(*device, random_vector<Real>(6 * n + kernels::k_block_padding, random)),
        dense(*device, random_vector<Real>(n * n, random));

    check_columns<Real>(*device, {{n, n, n, n, n}, {}}, [&](Vectors<Real>& v, int columns, int c) {
      const Real* x = v.real[0].column(c);
      coarse.multiply(*device, view, columns, x, v.real[1].column(c), nullptr);
      coarse.multiply(*device, view, columns, x, v.real[2].column(c), v.real[3].column(c));
      coarse.dense_multiply(*device, columns, static_cast<std::uint32_t>(n), dense.data(), x, v.real[4].column(c));
    });
    for (const bool with_diagonal : {true, false})
      check_columns<Real>(*device, {{n, n, n, n}, {}}, [&](Vectors<Real>& v, int columns, int c) {
        coarse.smooth(*device, view, columns,
                      {v.real[0].column(c), v.real[1].column(c), v.real[2].column(c), v.real[3].column(c),
                       with_diagonal ? diagonal.data() : nullptr, Real(0.375), Real(1.25)});
      });
  }
}

TEST_CASE_TEMPLATE("a product whose x and y differ in length keeps its columns apart", Real, float, double) {
  // A prolongator: more rows than inputs. Columns of x are as long as the inputs are many.
  const auto device = make_test_device();
  auto matrix = random_block_matrix<Real>(40, 65);
  for (std::uint32_t& column : matrix.column) column %= 9;
  const DeviceBlockRows<Real> data(*device, matrix);
  auto view = matrix.view_of(data, true, false);
  view.inputs = 9;

  check_columns<Real>(*device, {{6 * 9, 6 * 40}, {}}, [&](Vectors<Real>& v, int columns, int c) {
    kernels::coarse_kernels<Real>(*device).multiply(*device, view, columns, v.real[0].column(c), v.real[1].column(c),
                                                    nullptr);
  });
}

TEST_CASE_TEMPLATE("columns of the block-diagonal solves are what each is alone, in place too", Real, float, double) {
  const auto device = make_test_device();
  const auto& smoother = kernels::smoother_kernels<Real>(*device);
  const std::size_t blocks = 1003;
  Random random(66);
  const Buffer<std::uint16_t> m3(*device, random_diagonal(blocks, random));
  const Buffer<Real> m6(*device, random_vector<Real>(36 * blocks, random));

  check_columns<Real>(
      *device, {{3 * blocks, 3 * blocks, 3 * blocks, 3 * blocks}, {}}, [&](Vectors<Real>& v, int columns, int c) {
        Real *x = v.real[0].column(c), *in_place = v.real[1].column(c);
        smoother.solve3(*device, columns, blocks, m3.data(), 0.75, x, v.real[2].column(c), v.real[3].column(c));
        smoother.solve3(*device, columns, blocks, m3.data(), 0.75, in_place, in_place, nullptr);
      });
  check_columns<Real>(
      *device, {{6 * blocks, 6 * blocks, 6 * blocks, 6 * blocks}, {}}, [&](Vectors<Real>& v, int columns, int c) {
        Real *x = v.real[0].column(c), *in_place = v.real[1].column(c);
        smoother.solve6(*device, columns, blocks, m6.data(), 0.75, x, v.real[2].column(c), v.real[3].column(c));
        smoother.solve6(*device, columns, blocks, m6.data(), 0.75, in_place, in_place, nullptr);
      });
}

TEST_CASE_TEMPLATE("columns of prolongation and restriction are what each is alone", Real, float, double) {
  const auto device = make_test_device();
  const auto g = random_aggregates<Real>(1001, 37, 67);
  const DeviceAggregates<Real> data(*device, g);
  const auto view = g.view_of(data);
  const auto& transfer = kernels::transfer_kernels<Real>(*device);
  const std::size_t fine = 3 * g.of_node.size(), coarse = 6 * g.count();

  check_columns<Real>(*device, {{fine, fine, fine, coarse, coarse}, {}}, [&](Vectors<Real>& v, int columns, int c) {
    const Real* x = v.real[3].column(c);
    transfer.prolong_from_aggregates(*device, view, columns, x, v.real[0].column(c), v.real[1].column(c));
    transfer.prolong_from_aggregates(*device, view, columns, x, v.real[2].column(c), nullptr);
    transfer.restrict_to_aggregates(*device, view, columns, v.real[1].column(c), v.real[4].column(c));
  });
}

TEST_CASE_TEMPLATE("columns of the vector algebra are what each is alone, each with its own factors", Real, float,
                   double) {
  const auto device = make_test_device();
  const auto& vectors = kernels::vector_kernels<Real>(*device);
  const Buffer<std::uint32_t> nodes(*device, std::vector<std::uint32_t>{0, 5, 6, 331});
  const Buffer<std::uint8_t> bits(*device, std::vector<std::uint8_t>{1, 7, 2, 4});
  const kernels::ConstraintView constrained{nodes.data(), bits.data(), nodes.size()};
  for (const std::size_t n : {std::size_t{999}, std::size_t{12291}}) {  // odd: columns start at any alignment
    CAPTURE(n);
    // wide: rho, curvature, r . r, two sums; vectors in double
    const Lengths lengths = {{n, n, n, n}, {1, 1, 1, 1, 1, n, n, n}};
    check_columns<Real>(*device, lengths, [&](Vectors<Real>& v, int columns, int c) {
      const auto sum = [&](std::size_t i) { return v.wide[i].column(c); };
      const auto real = [&](std::size_t i) { return v.real[i].column(c); };
      vectors.cg_update(*device, columns, n, sum(0), sum(1), real(0), real(1), real(2), real(3), sum(2));
      vectors.dot(*device, columns, n, real(2), real(3), sum(3));
      vectors.dot_with_double(*device, columns, n, sum(2), real(0), sum(5), sum(4));
      vectors.add_to_double(*device, columns, n, sum(2), real(0), sum(0), sum(1), sum(5));
      vectors.add_to_double(*device, columns, n, nullptr, real(1), sum(0), nullptr, sum(6));
      vectors.scale_to_double(*device, columns, n, sum(2), real(3), sum(7));
      vectors.zero_constrained(*device, columns, n, constrained, real(2));
    });
    check_columns<float>(*device, {{n}, {1, n}}, [&](Vectors<float>& v, int columns, int c) {
      kernels::vector_kernels<double>(*device).scale_to_float(*device, columns, n, v.wide[0].column(c),
                                                              v.wide[1].column(c), v.real[0].column(c));
    });
  }
}
