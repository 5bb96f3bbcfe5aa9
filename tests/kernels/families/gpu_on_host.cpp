// SPDX-License-Identifier: Apache-2.0
// The GPU kernels played on the CPU: the same functions, in loops over blocks and threads between barriers. What this
// cannot show is the launch itself and the warp shuffles, which are written out here as sums in their order.
#include <doctest/doctest.h>

#include "aggregates.hpp"
#include "block_rows.hpp"
#include "kernels/coarse/coarse_body.hpp"
#include "kernels/stiffness/stiffness_body.hpp"
#include "kernels/transfer/transfer_body.hpp"
#include "kernels/vector/vector_body.hpp"

using namespace osteon;
using namespace osteon::kernels;
using namespace osteon::test;

namespace {

constexpr int k_warp = 32;

/// apply_kernel of stiffness_cuda.cu. Between two barriers each thread runs alone to the next one, first thread first
/// or last thread first: a missing barrier makes the two orders differ.
template <class Real>
std::vector<Real> play_stiffness(const StiffnessView<Real>& view, const std::vector<Real>& x, bool last_first) {
  auto y = not_a_number<Real>(x.size());
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const auto each_thread = [&](auto run) {
    for (int i = 0; i < k_stiffness_threads; ++i) run(last_first ? k_stiffness_threads - 1 - i : i);
  };
  for (std::int32_t b = 0; b < view.grid.brick_count; ++b) {
    StiffnessTile<Real> tile;
    std::fill_n(&tile.displacement[0][0][0], 2 * 3 * k_tile_nodes, nan);
    std::fill_n(&tile.force[0][0][0], 2 * 12 * k_tile_nodes, nan);
    std::vector<StiffnessColumn<Real>> columns(k_stiffness_threads);
    each_thread([&](int thread) {
      start_column(view.grid, b, thread, columns[thread]);
      load_tile_plane(view.grid, thread, 0, x.data(), columns[thread], tile);
    });
    for (int step = 0; step < k_stiffness_steps; ++step)  // the barrier of this step has just passed
      each_thread([&](int thread) {
        store_node_force(view.grid, b, thread, step, tile, y.data());
        add_element_layer(view, thread, step, columns[thread], tile);
        if (step + 1 < k_stiffness_steps) load_tile_plane(view.grid, thread, step + 1, x.data(), columns[thread], tile);
      });
  }
  return y;
}

/// sum_kernel of vector_cuda.cu, both stages.
template <class Term>
double play_sum(std::size_t n, const Term& term) {
  const auto stage = [](std::size_t blocks, std::size_t count, const auto& terms) {
    std::vector<double> sums;
    for (std::size_t block = 0; block < blocks; ++block) {
      double values[k_sum_threads];
      for (int thread = 0; thread < k_sum_threads; ++thread)
        values[thread] =
            strided_sum(count, block * k_sum_threads + static_cast<std::size_t>(thread), blocks * k_sum_threads, terms);
      for (int half = k_sum_threads / 2; half > 0; half /= 2)
        for (int thread = 0; thread < k_sum_threads; ++thread) fold_sum(values, thread, half);
      sums.push_back(values[0]);
    }
    return sums;
  };
  const std::vector<double> partial = stage(sum_blocks(n), n, term);
  return stage(1, partial.size(), PartialTerm{partial.data()})[0];
}

/// warp_sum of cuda_launch.hpp; lanes beyond the end return their own value, as the shuffle does.
template <class Real>
Real play_warp_sum(std::vector<Real> lanes) {
  for (int half = k_warp / 2; half > 0; half /= 2) {
    const std::vector<Real> before = lanes;
    for (int lane = 0; lane < k_warp; ++lane) lanes[lane] += before[lane + half < k_warp ? lane + half : lane];
  }
  return lanes[0];
}

}  // namespace

TEST_CASE_TEMPLATE("the GPU's stiffness phases give assembled elements, whatever thread runs first", Real, float,
                   double) {
  std::uint64_t seed = 1;
  for (const StiffnessCase& c : stiffness_cases()) {
    CAPTURE(seed);
    const StiffnessProblem p = random_problem(c.size, c.spacing_mm, c.fill, c.laws, seed);
    Random random(200 + seed++);
    const auto x = random_vector<Real>(p.dofs(), random);
    const auto palette = palette_of<Real>(p);
    StiffnessView<Real> view;
    view.grid = p.mesh.view();
    view.palette = palette.data();
    view.palette_index = p.palette_index.data();
    view.modulus_mpa = p.modulus_mpa.data();

    const auto y = play_stiffness(view, x, false);

    CHECK(difference(y, naive_apply(p, x)) < k_tolerance<Real>);
    CHECK(same_bits(y, play_stiffness(view, x, true)));
  }
}

TEST_CASE("an element's modal force equals its Gauss-integrated stiffness") {
  Elasticity law;
  REQUIRE(orthotropic_elasticity({1, 0.7, 1.9, 0.25, 0.31, 0.4, 0.5, 0.33, 0.27}, law));
  const double h[3] = {0.06, 0.09, 0.11};
  double k[24][24], m[3][8] = {}, f[3][8] = {};
  hex8_stiffness(law, h, k);
  Random random(50);
  const auto u = random_vector<double>(24, random);
  for (int i = 0; i < 24; ++i)
    for (int mode = 0; mode < 8; ++mode) m[i % 3][mode] += hadamard_sign(mode, i / 3) * u[i];

  add_modal_force(hex8_blocks(law, h), 7.0, m, f);

  std::vector<double> force(24), expected(24);
  for (int i = 0; i < 24; ++i) {
    for (int mode = 0; mode < 8; ++mode) force[i] += hadamard_sign(mode, i / 3) * f[i % 3][mode];
    for (int j = 0; j < 24; ++j) expected[i] += 7.0 * k[i][j] * u[j];
  }
  CHECK(difference(force, expected) < 1e-14);
}

TEST_CASE_TEMPLATE("the GPU's two-stage sums are the plain sums", Real, float, double) {
  for (const std::size_t n : {1, 255, 257, 65537, 300001}) {
    CAPTURE(n);
    Random random(n);
    const auto x = random_vector<Real>(n, random), y = random_vector<Real>(n, random);
    auto solution = x, residual = y;
    double dot = 0, rr = 0;
    const Real a = Real(0.3125);
    for (std::size_t i = 0; i < n; ++i) {
      dot += double(x[i]) * double(y[i]);
      const double r = double(y[i]) - double(a) * double(x[i]);
      rr += r * r;
    }

    CHECK(std::abs(play_sum(n, DotTerm<Real>{x.data(), y.data()}) - dot) <= 1e-14 * norm(x) * norm(y));
    const double updated = play_sum(n, CgUpdateTerm<Real>{a, y.data(), x.data(), solution.data(), residual.data()});
    CHECK(std::abs(updated - rr) <= k_tolerance<Real> * rr);
  }
}

TEST_CASE_TEMPLATE("the GPU's warp per aggregate restricts like the transposed prolongator", Real, float, double) {
  const auto g = random_aggregates<Real>(3001, 37, 70);
  Random random(71);
  const auto fine = random_vector<Real>(3 * g.of_node.size(), random);
  const auto view = g.view_of(g);
  auto coarse = not_a_number<Real>(6 * g.count());
  for (std::uint32_t a = 0; a < view.aggregate_count; ++a) {
    std::vector<Real> lanes[6];
    for (auto& values : lanes) values.resize(k_warp);
    for (int lane = 0; lane < k_warp; ++lane) {
      Real load[6] = {};
      gather_lane(view, a, static_cast<std::uint32_t>(lane), k_warp, fine.data(), load);
      for (int i = 0; i < 6; ++i) lanes[i][lane] = load[i];
    }
    Real load[6];
    for (int i = 0; i < 6; ++i) load[i] = play_warp_sum(lanes[i]);
    finish_restriction(view, a, load, coarse.data());
  }

  CHECK(difference(coarse, naive_restrict(g, fine)) <= k_tolerance<Real>);
}

TEST_CASE_TEMPLATE("the GPU's warp per block row multiplies and smooths like the plain loops", Real, float, double) {
  const auto matrix = random_block_matrix<Real>(101, 80);
  Random random(81);
  const std::size_t n = 6 * std::size_t(matrix.rows);
  const auto d = random_vector<Real>(n, random), m = random_vector<Real>(6 * n, random);
  auto r = random_vector<Real>(n, random), x = random_vector<Real>(n, random), next = not_a_number<Real>(n);
  const auto view = matrix.view_of(matrix, true, true);
  std::vector<Real> ad(n);
  for (std::size_t row = 0; row < matrix.rows; ++row)
    for (int lane = 0; lane < k_block_lanes; ++lane)
      ad[6 * row + static_cast<std::size_t>(lane % k_block)] += block_row_lane(view, row, lane, d.data());
  CHECK(difference(ad, naive_multiply(matrix, d, true, true)) <= k_tolerance<Real>);

  std::vector<double> residual(n), direction(n), solution(n);
  for (std::size_t i = 0; i < n; ++i) residual[i] = double(r[i]) - double(ad[i]);
  for (std::size_t i = 0; i < n; ++i) {
    direction[i] = 0.25 * double(d[i]);
    for (std::size_t j = 0; j < 6; ++j)
      direction[i] += 1.5 * double(m[36 * (i / 6) + 6 * j + i % 6]) * residual[i / 6 * 6 + j];
    solution[i] = double(x[i]) + direction[i];
  }
  BlockStep<Real> step;
  step.d = d.data(), step.next = next.data(), step.r = r.data(), step.x = x.data();
  step.inverse_diagonal = m.data(), step.a = Real(0.25), step.b = Real(1.5);
  std::vector<Real> stored(n);
  for (std::size_t i = 0; i < n; ++i) stored[i] = step_residual(step, i, ad[i]);
  for (std::size_t i = 0; i < n; ++i) step_direction(step, i, stored.data() + i / 6 * 6);

  CHECK(difference(r, residual) <= k_tolerance<Real>);
  CHECK(difference(next, direction) <= k_tolerance<Real>);
  CHECK(difference(x, solution) <= k_tolerance<Real>);
}

TEST_CASE_TEMPLATE("the GPU's warp per dense row multiplies like the plain loop", Real, float, double) {
  const std::uint32_t n = 601;
  Random random(90);
  const auto row = random_vector<Real>(n, random), x = random_vector<Real>(n, random);
  double expected = 0;
  for (std::size_t j = 0; j < n; ++j) expected += double(row[j]) * double(x[j]);
  std::vector<Real> lanes(k_warp);
  for (int lane = 0; lane < k_warp; ++lane)
    lanes[lane] = dense_row_lane(n, row.data(), static_cast<std::uint32_t>(lane), k_warp, x.data());

  CHECK(std::abs(double(play_warp_sum(lanes)) - expected) <= k_tolerance<Real> * norm(row) * norm(x));
}
