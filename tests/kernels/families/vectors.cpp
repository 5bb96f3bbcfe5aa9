// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "kernels/vector/vector.hpp"
#include "support.hpp"

using namespace osteon;
using namespace osteon::test;
using kernels::vector_kernels;

namespace {
/// Empty, one, below and above a warp, a block and a reduction block, and several of each, never divisible.
const std::size_t k_sizes[] = {0, 1, 31, 257, 4096, 4097, 12289, 300001};
}  // namespace

TEST_CASE_TEMPLATE("dot is the sum of products", Real, float, double) {
  const auto device = make_test_device();
  for (const std::size_t n : k_sizes) {
    CAPTURE(n);
    Random random(n + 1);
    const auto x = random_vector<Real>(n, random), y = random_vector<Real>(n, random);
    double expected = 0;
    for (std::size_t i = 0; i < n; ++i) expected += double(x[i]) * double(y[i]);
    Buffer<Real> dx(*device, x), dy(*device, y);

    const double sum = result_of(*device, [&](double* result) {
      vector_kernels<Real>(*device).dot(*device, 1, n, dx.data(), dy.data(), result);
    });

    CHECK(std::abs(sum - expected) <= 1e-14 * norm(x) * norm(y));  // sums are kept in double for both precisions
  }
}

TEST_CASE_TEMPLATE("dot and cg_update give the same digits on one thread, on two, and again", Real, float, double) {
  const std::size_t n = 300001;
  Random random(3);
  const auto x = random_vector<Real>(n, random), y = random_vector<Real>(n, random);
  const auto sums_on = [&](int threads) {
    const auto device = make_device(backend_name(), threads, silent_monitor());
    Buffer<Real> dx(*device, x), dy(*device, y), px(*device, x), r(*device, y);
    Buffer<double> scalars(*device, std::vector<double>{0.7, 1.0}), sums(*device, 2);
    const auto& vectors = vector_kernels<Real>(*device);
    vectors.dot(*device, 1, n, dx.data(), dy.data(), sums.data());
    vectors.cg_update(*device, 1, n, scalars.data(), scalars.data() + 1, dx.data(), dy.data(), px.data(), r.data(),
                      sums.data() + 1);
    return sums.to_host();
  };

  const auto one = sums_on(1);

  CHECK(same_bits(one, sums_on(2)));
  CHECK(same_bits(one, sums_on(2)));
}

TEST_CASE_TEMPLATE("axpy, xpby and cg_update are their formulas", Real, float, double) {
  const auto device = make_test_device();
  const auto& vectors = vector_kernels<Real>(*device);
  for (const std::size_t n : k_sizes) {
    CAPTURE(n);
    Random random(n + 2);
    const auto x = random_vector<Real>(n, random), y = random_vector<Real>(n, random);
    const auto p = random_vector<Real>(n, random), q = random_vector<Real>(n, random);
    const double a = 0.3125, rho = 1.25, curvature = 4;  // a = rho / curvature, exact in both precisions
    std::vector<double> sum(n), mixed(n), moved(n), residual(n);
    for (std::size_t i = 0; i < n; ++i) {
      sum[i] = double(y[i]) + a * double(x[i]);
      mixed[i] = double(x[i]) + a * double(y[i]);
      moved[i] = double(x[i]) + a * double(p[i]);
      residual[i] = double(y[i]) - a * double(q[i]);
    }
    Buffer<Real> dx(*device, x), dp(*device, p), dq(*device, q), axpy(*device, y), xpby(*device, y),
        moved_x(*device, x), r(*device, y);
    Buffer<double> scalars(*device, std::vector<double>{rho, curvature});

    vectors.axpy(*device, n, a, dx.data(), axpy.data());
    vectors.xpby(*device, n, dx.data(), a, xpby.data());
    const double rr = result_of(*device, [&](double* result) {
      vectors.cg_update(*device, 1, n, scalars.data(), scalars.data() + 1, dp.data(), dq.data(), moved_x.data(),
                        r.data(), result);
    });

    CHECK(difference(axpy.to_host(), sum) <= k_tolerance<Real>);
    CHECK(difference(xpby.to_host(), mixed) <= k_tolerance<Real>);
    CHECK(difference(moved_x.to_host(), moved) <= k_tolerance<Real>);
    CHECK(difference(r.to_host(), residual) <= k_tolerance<Real>);
    CHECK(std::abs(rr - norm(residual) * norm(residual)) <= k_tolerance<Real> * rr);
  }
}

TEST_CASE_TEMPLATE("cg_update leaves x and r where the curvature is not positive or a sum is not a number", Real, float,
                   double) {
  const auto device = make_test_device();
  const auto& vectors = vector_kernels<Real>(*device);
  const std::size_t n = 4097;
  Random random(5);
  const auto x = random_vector<Real>(n, random), y = random_vector<Real>(n, random);
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinite = std::numeric_limits<double>::infinity();
  const std::pair<double, double> rho_and_curvature[] = {
      {1, 0}, {0, 0}, {1, -2}, {nan, 1}, {1, nan}, {infinite, 1}, {1, infinite}, {-infinite, 1}, {1, -infinite}};
  for (const auto& [rho, curvature] : rho_and_curvature) {
    CAPTURE(rho);
    CAPTURE(curvature);
    Buffer<Real> p(*device, x), q(*device, y), moved_x(*device, x), r(*device, y);
    Buffer<double> scalars(*device, std::vector<double>{rho, curvature});

    const double rr = result_of(*device, [&](double* result) {
      vectors.cg_update(*device, 1, n, scalars.data(), scalars.data() + 1, p.data(), q.data(), moved_x.data(), r.data(),
                        result);
    });

    CHECK(same_bits(moved_x.to_host(), x));
    CHECK(same_bits(r.to_host(), y));
    CHECK(std::abs(rr - norm(y) * norm(y)) <= k_tolerance<double> * rr);
  }
}

TEST_CASE_TEMPLATE("scaling into another precision divides by the root of the square and rounds once", Real, float,
                   double) {
  const auto device = make_test_device();
  const auto& vectors = vector_kernels<Real>(*device);
  for (const std::size_t n : k_sizes) {
    CAPTURE(n);
    Random random(n + 3);
    const auto x = random_vector<Real>(n, random);
    for (const double square : {0.7, 0.0}) {
      CAPTURE(square);
      std::vector<float> narrow(n);
      std::vector<double> wide(n);
      for (std::size_t i = 0; i < n; ++i) {
        wide[i] = square > 0 ? 1 / std::sqrt(square) * double(x[i]) : double(x[i]);
        narrow[i] = static_cast<float>(wide[i]);
      }
      Buffer<Real> dx(*device, x);
      Buffer<float> f(*device, n);
      Buffer<double> d(*device, n), squared(*device, std::vector<double>{square});

      vectors.scale_to_float(*device, 1, n, squared.data(), dx.data(), f.data());
      vectors.scale_to_double(*device, 1, n, squared.data(), dx.data(), d.data());

      CHECK(same_bits(f.to_host(), narrow));
      CHECK(same_bits(d.to_host(), wide));
    }
  }
}

TEST_CASE_TEMPLATE("only the listed degrees of freedom become zero", Real, float, double) {
  const auto device = make_test_device();
  const std::size_t nodes = 1001;
  Random random(4);
  const auto y = random_vector<Real>(3 * nodes, random);
  auto expected = y;
  std::vector<std::uint32_t> listed;
  std::vector<std::uint8_t> bits;
  for (std::uint32_t node = 0; node < nodes; node += 1 + random.below(3)) {
    listed.push_back(node);
    bits.push_back(static_cast<std::uint8_t>(random.below(8)));
    for (int c = 0; c < 3; ++c)
      if (bits.back() >> c & 1) expected[3 * node + static_cast<std::size_t>(c)] = 0;
  }
  Buffer<std::uint32_t> device_nodes(*device, listed);
  Buffer<std::uint8_t> device_bits(*device, bits);
  Buffer<Real> dy(*device, y);
  const auto& vectors = vector_kernels<Real>(*device);

  vectors.zero_constrained(*device, 1, 3 * nodes, {}, dy.data());
  CHECK(same_bits(dy.to_host(), y));
  vectors.zero_constrained(*device, 1, 3 * nodes, {device_nodes.data(), device_bits.data(), listed.size()}, dy.data());

  CHECK(dy.to_host() == expected);
}

TEST_CASE_TEMPLATE("what mixes precisions is its formula, and y is not read without a rho before", Real, float,
                   double) {
  const auto device = make_test_device();
  const auto& vectors = kernels::vector_kernels<Real>(*device);
  for (const std::size_t n : {std::size_t{1}, std::size_t{4097}, std::size_t{100003}}) {
    CAPTURE(n);
    Random random(n);
    const auto x = random_vector<Real>(n, random);
    const auto y = random_vector<double>(n, random);
    Buffer<Real> dx(*device, x);
    Buffer<double> dy(*device, y), fresh(*device, not_a_number<double>(n)), unscaled(*device, y);
    const Buffer<double> scalars(*device, std::vector<double>{2.25, -1, 4});
    const double *squared = scalars.data(), *rho = squared + 1, *rho_before = squared + 2;

    const double dot = result_of(*device, [&](double* result) {
      vectors.dot_with_double(*device, 1, n, squared, dx.data(), dy.data(), result);
    });
    const double plain_dot = result_of(*device, [&](double* result) {
      vectors.dot_with_double(*device, 1, n, nullptr, dx.data(), dy.data(), result);
    });
    vectors.add_to_double(*device, 1, n, squared, dx.data(), rho, nullptr, fresh.data());
    vectors.add_to_double(*device, 1, n, squared, dx.data(), rho, rho_before, dy.data());
    vectors.add_to_double(*device, 1, n, nullptr, dx.data(), rho, rho_before, unscaled.data());

    double expected_dot = 0;
    std::vector<double> scaled(n), added(n), added_unscaled(n);
    for (std::size_t i = 0; i < n; ++i) {
      expected_dot += double(x[i]) * y[i];
      scaled[i] = 1.5 * double(x[i]);
      added[i] = scaled[i] - 0.25 * y[i];
      added_unscaled[i] = double(x[i]) - 0.25 * y[i];
    }
    CHECK(std::abs(plain_dot - expected_dot) <= 1e-14 * norm(x) * norm(y));
    CHECK(std::abs(dot - 1.5 * expected_dot) <= 2e-14 * norm(x) * norm(y));
    CHECK(difference(fresh.to_host(), scaled) <= k_tolerance<double>);
    CHECK(difference(dy.to_host(), added) <= k_tolerance<double>);
    CHECK(difference(unscaled.to_host(), added_unscaled) <= k_tolerance<double>);
  }
}
