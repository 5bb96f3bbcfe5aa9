// SPDX-License-Identifier: Apache-2.0
// The GPU kernels played on the CPU: the same functions, in loops over blocks and threads between barriers. What this
// cannot show is the launch itself and the warp shuffles, which are written out here as sums in their order.
#include <doctest/doctest.h>

#include "aggregates.hpp"
#include "block_rows.hpp"
#include "kernels/coarse/coarse_body.hpp"
#include "kernels/stiffness/stiffness_body.hpp"
#include "kernels/stiffness/stiffness_list_body.hpp"
#include "kernels/transfer/transfer_body.hpp"
#include "kernels/vector/vector_body.hpp"

using namespace osteon;
using namespace osteon::kernels;
using namespace osteon::test;

namespace {

constexpr int k_warp = 32;

/// Between two barriers each thread runs alone to the next one, first thread first or last thread first: a missing
/// barrier makes the two orders differ.
template <class Run>
void each_thread(int threads, bool last_first, Run run) {
  for (int i = 0; i < threads; ++i) run(last_first ? threads - 1 - i : i);
}

/// `march` of stiffness_cuda.cu on brick b; finish_of(thread) is what that thread does with the forces of its nodes.
template <class Real, class FinishOf>
void play_march(const StiffnessView<Real>& view, std::int32_t b, const Real* x, bool last_first, FinishOf finish_of) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  StiffnessTile<Real> tile;
  std::fill_n(&tile.displacement[0][0][0], 2 * 3 * k_tile_nodes, nan);
  std::fill_n(&tile.force[0][0][0], 2 * 12 * k_tile_nodes, nan);
  std::vector<StiffnessColumn<Real>> columns(k_stiffness_threads);
  each_thread(k_stiffness_threads, last_first, [&](int thread) {
    start_column(view.grid, b, thread, columns[thread]);
    load_tile_plane(view.grid, thread, 0, x, columns[thread], tile);
  });
  for (int step = 0; step < k_stiffness_steps; ++step)  // the barrier of this step has just passed
    each_thread(k_stiffness_threads, last_first, [&](int thread) {
      finish_node(view.grid, b, thread, step, tile, finish_of(thread));
      add_element_layer(view, thread, step, columns[thread], tile);
      if (step + 1 < k_stiffness_steps) load_tile_plane(view.grid, thread, step + 1, x, columns[thread], tile);
    });
}

template <class Real>
std::vector<Real> play_apply(const StiffnessView<Real>& view, const std::vector<Real>& x, bool last_first) {
  auto y = not_a_number<Real>(x.size());
  for (std::int32_t b = 0; b < view.grid.brick_count; ++b)
    play_march(view, b, x.data(), last_first, [&](int) { return WriteForce<Real>{y.data()}; });
  return y;
}

/// The tree of sum_kernel and apply_dot_kernel over the threads of a group.
double play_tree(std::vector<double> values, bool last_first) {
  const int threads = static_cast<int>(values.size());
  for (int half = threads / 2; half > 0; half /= 2)
    each_thread(threads, last_first, [&](int thread) { fold_sum(values.data(), thread, half); });
  return values[0];
}

/// sum_kernel of cuda_sum.hpp: one sum per group.
template <class Term>
std::vector<double> play_sum_stage(std::size_t groups, std::size_t n, const Term& term, bool last_first) {
  std::vector<double> sums;
  for (std::size_t group = 0; group < groups; ++group) {
    std::vector<double> values(k_sum_threads);
    for (std::size_t thread = 0; thread < values.size(); ++thread)
      values[thread] = strided_sum(n, group * k_sum_threads + thread, groups * k_sum_threads, term.started(0));
    sums.push_back(play_tree(values, last_first));
  }
  return sums;
}

template <class Term>
double play_sum(std::size_t n, const Term& term, const double* squared_factor = nullptr, bool last_first = false) {
  const std::vector<double> partial = play_sum_stage(sum_blocks(n), n, term, last_first);
  return play_sum_stage(1, partial.size(), PartialSums{partial.size(), partial.data(), squared_factor}, last_first)[0];
}

/// started_kernel of vector_cuda.cu; every entry belongs to one thread, so their order is not played.
template <class Body>
void play_loop(std::size_t n, const Body& body) {
  const auto entry = body.started(0);
  for (std::size_t i = 0; i < n; ++i) entry(i);
}

template <class Real>
double play_apply_dot(const StiffnessView<Real>& view, const std::vector<Real>& x, std::vector<Real>& y,
                      bool last_first) {
  std::vector<double> brick_sums;
  for (std::int32_t b = 0; b < view.grid.brick_count; ++b) {
    std::vector<double> sums(k_stiffness_threads);
    play_march(view, b, x.data(), last_first, [&](int thread) {
      return WriteForceAndDot<Real>{x.data(), y.data(), sums.data() + thread};
    });
    brick_sums.push_back(play_tree(sums, last_first));
  }
  return play_sum(brick_sums.size(), PartialSums{brick_sums.size(), brick_sums.data(), nullptr}, nullptr, last_first);
}

/// apply_list_kernel of stiffness_list_cuda.cu.
template <class Real>
std::vector<Real> play_apply_list(const StiffnessView<Real>& view, const std::vector<Real>& x, bool last_first) {
  constexpr int k_threads = k_list_threads<Real>;
  auto y = not_a_number<Real>(x.size());
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (std::int32_t b = 0; b < view.grid.brick_count; ++b) {
    StiffnessList<Real> list;
    std::memset(static_cast<void*>(&list), 0xff, sizeof list);  // floats: NaN, counts and places: far out of range
    each_thread(k_threads, last_first, [&](int thread) { load_list_tile(view.grid, b, thread, x.data(), list); });
    each_thread(k_threads, last_first, [&](int thread) { count_list_row(thread, list); });
    each_thread(k_threads, last_first, [&](int thread) { write_list_row(thread, list); });
    for (int first = 0; first < list.count(); first += k_threads) {
      std::fill_n(&list.force[0][0], 24 * k_threads, nan);
      each_thread(k_threads, last_first, [&](int thread) { add_list_element(view, b, thread, first, list); });
      each_thread(k_threads, last_first,
                  [&](int thread) { store_list_nodes(view.grid, b, thread, first, list, y.data()); });
    }
  }
  return y;
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

template <class Real>
struct PlayedCase {
  StiffnessProblem p;
  std::vector<Hex8Blocks<Real>> palette;
  StiffnessView<Real> view;

  PlayedCase(const StiffnessCase& c, std::uint64_t seed)
      : p(random_problem(c.size, c.spacing_mm, c.fill, c.laws, seed)), palette(palette_of<Real>(p)) {
    view.grid = p.mesh.view();
    view.palette = palette.data();
    view.palette_index = p.palette_index.data();
    view.modulus_mpa = p.modulus_mpa.data();
  }
};
/// And a brick in the middle of solid material: all 729 elements of its tile, so six rounds of a list.
std::vector<StiffnessCase> played_cases() {
  std::vector<StiffnessCase> cases = stiffness_cases();
  cases.push_back({{25, 25, 25}, {0.06, 0.06, 0.06}, 1, 2});
  return cases;
}

}  // namespace

TEST_CASE_TEMPLATE("the GPU's stiffness phases give assembled elements, whatever thread runs first", Real, float,
                   double) {
  std::uint64_t seed = 1;
  for (const StiffnessCase& c : played_cases()) {
    CAPTURE(seed);
    const PlayedCase<Real> played(c, seed);
    Random random(200 + seed++);
    const auto x = random_vector<Real>(played.p.dofs(), random);
    const std::vector<double> expected = naive_apply(played.p, x);

    const auto y = play_apply(played.view, x, false);
    const auto by_list = play_apply_list(played.view, x, false);

    CHECK(difference(y, expected) < k_tolerance<Real>);
    CHECK(same_bits(y, play_apply(played.view, x, true)));
    CHECK(difference(by_list, expected) < k_tolerance<Real>);
    CHECK(same_bits(by_list, play_apply_list(played.view, x, true)));
  }
}

TEST_CASE_TEMPLATE("the GPU's product fused with a dot product gives both, whatever thread runs first", Real, float,
                   double) {
  std::uint64_t seed = 1;
  for (const StiffnessCase& c : played_cases()) {
    CAPTURE(seed);
    const PlayedCase<Real> played(c, seed);
    Random random(300 + seed++);
    const auto x = random_vector<Real>(played.p.dofs(), random);
    auto y = not_a_number<Real>(x.size()), y_last = y;

    const double dot = play_apply_dot(played.view, x, y, false);

    double expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) expected += double(x[i]) * double(y[i]);
    CHECK(same_bits(y, play_apply(played.view, x, false)));
    CHECK(std::abs(dot - expected) <= 1e-14 * norm(x) * norm(y));
    CHECK(dot == play_apply_dot(played.view, x, y_last, true));
    CHECK(same_bits(y, y_last));
  }
}

TEST_CASE_TEMPLATE("the GPU's fused smoother step is its formula, whatever thread runs first", Real, float, double) {
  std::uint64_t seed = 1;
  for (const StiffnessCase& c : played_cases())
    for (const bool with_diagonal : {true, false}) {
      CAPTURE(seed);
      CAPTURE(with_diagonal);
      const PlayedCase<Real> played(c, seed);
      Random random(400 + seed++);
      const std::size_t nodes = played.p.mesh.node_count();
      const auto d = random_vector<Real>(3 * nodes, random), x = random_vector<Real>(3 * nodes, random);
      const auto m = random_diagonal(nodes, random);
      auto r = random_vector<Real>(3 * nodes, random);
      for (Real& value : r) value *= Real(5000);  // of the size of K d
      struct Played {
        std::vector<Real> next, r, x;
      };
      const auto play = [&](bool last_first) {
        Played out{not_a_number<Real>(3 * nodes), r, x};
        FusedStep<Real> step;
        step.d = d.data(), step.next = out.next.data(), step.r = out.r.data(), step.x = out.x.data();
        step.inverse_diagonal = with_diagonal ? m.data() : nullptr;
        step.a = Real(0.375), step.b = Real(1.0 / 4096);
        for (std::int32_t b = 0; b < played.view.grid.brick_count; ++b)
          play_march(played.view, b, step.d, last_first, [&](int) { return SmoothNode<Real>{step}; });
        return out;
      };

      const Played out = play(false), last = play(true);

      const std::vector<double> kd = naive_apply(played.p, d);
      std::vector<double> residual(kd.size()), direction(kd.size()), solution(kd.size());
      for (std::size_t i = 0; i < kd.size(); ++i) residual[i] = double(r[i]) - kd[i];
      for (std::size_t n = 0; n < nodes; ++n) {
        double z[3];
        multiply_node_diagonal(m.data(), n, residual.data() + 3 * n, z);
        for (std::size_t k = 3 * n; k < 3 * n + 3; ++k) {
          direction[k] = 0.375 * double(d[k]) + z[k - 3 * n] / 4096;
          solution[k] = double(x[k]) + direction[k];
        }
      }
      CHECK(difference(out.r, residual) < k_tolerance<Real>);
      CHECK(same_bits(out.r, last.r));
      if (with_diagonal) {
        CHECK(difference(out.next, direction) < k_tolerance<Real>);
        CHECK(difference(out.x, solution) < k_tolerance<Real>);
        CHECK(same_bits(out.next, last.next));
      } else {
        CHECK(same_bits(out.x, x));
      }
      CHECK(same_bits(out.x, last.x));
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
    const double rho = 1.25, curvature = 4, a = rho / curvature, nine = 9;
    for (std::size_t i = 0; i < n; ++i) {
      dot += double(x[i]) * double(y[i]);
      const double r = double(y[i]) - a * double(x[i]);
      rr += r * r;
    }

    const DotTerm<Real> product{n, x.data(), y.data()};
    CHECK(std::abs(play_sum(n, product) - dot) <= 1e-14 * norm(x) * norm(y));
    CHECK(std::abs(play_sum(n, product, &nine) - 3 * dot) <= 3e-14 * norm(x) * norm(y));
    const double updated =
        play_sum(n, CgUpdate<Real>{n, &rho, &curvature, y.data(), x.data(), solution.data(), residual.data()});
    CHECK(std::abs(updated - rr) <= k_tolerance<Real> * rr);
  }
  CHECK(play_sum(0, DotTerm<Real>{0, nullptr, nullptr}) == 0);
}

TEST_CASE_TEMPLATE("the GPU's bodies take their factors from memory", Real, float, double) {
  const std::size_t n = 1000;
  Random random(6);
  const auto x = random_vector<Real>(n, random);
  const auto y = random_vector<double>(n, random);
  const double squared = 2.25, rho = -1, rho_before = 4;
  auto first = not_a_number<double>(n), later = y, narrowed = y;

  play_loop(n, AddToDouble<Real>{n, &squared, x.data(), &rho, nullptr, first.data()});
  play_loop(n, AddToDouble<Real>{n, &squared, x.data(), &rho, &rho_before, later.data()});
  play_loop(n, Scale<Real, double>{n, &squared, x.data(), narrowed.data()});

  for (std::size_t i = 0; i < n; ++i) {
    CHECK(first[i] == 1.5 * double(x[i]));
    CHECK(later[i] == doctest::Approx(1.5 * double(x[i]) - 0.25 * y[i]));
    CHECK(narrowed[i] == doctest::Approx(double(x[i]) / 1.5));
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
    for (int lane = 0; lane < k_block_lanes; ++lane) {
      Real share;
      block_row_lane<1>(view, row, lane, 1, d.data(), &share);
      ad[6 * row + static_cast<std::size_t>(lane % k_block)] += share;
    }
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
    dense_row_lane<1>(n, row.data(), static_cast<std::uint32_t>(lane), k_warp, 1, x.data(), &lanes[lane]);

  CHECK(std::abs(double(play_warp_sum(lanes)) - expected) <= k_tolerance<Real> * norm(row) * norm(x));
}
