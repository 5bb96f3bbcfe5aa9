// SPDX-License-Identifier: Apache-2.0
// The set-up by kernels (kernels/galerkin) against the set-up by the host: same blocks, same values.
//
// The host keeps its matrices in fp32, so values of an fp64 kernel may differ by that rounding, and once more where the
// host adds up to eight parts of a block in fp32: 1e-6 of what the block's rows weigh. The fp32 kernels read bases and
// inverse diagonals that are rounded as well: 3e-6.
#include <doctest/doctest.h>

#include <Eigen/Dense>

#include "aggregation.hpp"
#include "device_setup.hpp"
#include "device_transfer.hpp"
#include "fine_operator.hpp"
#include "galerkin.hpp"
#include "hierarchy_pattern.hpp"
#include "kernels/galerkin/galerkin_window_body.hpp"
#include "multigrid.hpp"
#include "unit/solve/hierarchy_models.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_omega = 0.6;
template <class Real>
constexpr double k_rounding = sizeof(Real) == 4 ? 3e-6 : 1e-6;

ElasticModel uneven_bone() {
  ElasticModel model = trabecular_model(24);
  std::mt19937 random(11);
  std::uniform_real_distribution<float> exponent(-2.5, 0);  // some neighbours are not joined, some not lumped
  for (float& modulus : model.material.modulus_mpa) modulus = 20000 * std::pow(10.0f, exponent(random));
  return model;
}

/// A bone, its aggregates, and what the host makes of them.
struct HostSetUp {
  ElasticModel model;
  ElasticProblem problem;
  HostGrid grid;
  std::vector<std::uint8_t> constrained;
  FineAggregation f;
  std::vector<std::uint16_t> inverse;
  BlockMatrix matrix;
  std::vector<double> diagonal;

  HostSetUp(ElasticModel m, int edge)
      : model(std::move(m)),
        problem(problem_of(model)),
        grid(model.mesh->view()),
        constrained(mixed_supports(model)),
        f(aggregate_nodes(grid, problem, constrained, edge, 0.1)),
        inverse(inverse_node_blocks(grid, problem, constrained)),
        matrix(level_one_matrix(grid, problem, constrained, f, inverse, k_omega)) {
    fill_dropped_modes(matrix, f.space.mode_count);
    diagonal = inverse_diagonal_blocks(matrix);
  }
  HostSetUp(const HostSetUp&) = delete;
  HostSetUp& operator=(const HostSetUp&) = delete;
};

bool same_graph(const Graph& a, const Graph& b) { return a.start == b.start && a.column == b.column; }

/// Largest difference of two blocks (i, j), over the root of the weights of row i and column j.
template <class Real>
double worst_block(const std::vector<Real>& values, const BlockMatrix& expected, const std::vector<double>& row_weight,
                   const std::vector<double>& column_weight) {
  double worst = 0;
  for (std::uint32_t i = 0; i < expected.rows(); ++i)
    for (std::int64_t k = expected.graph.begin(i); k < expected.graph.end(i); ++k) {
      double square = 0;
      for (std::int64_t v = 36 * k; v < 36 * k + 36; ++v) {
        const double d = double(values[v]) - double(expected.values[v]);
        square += d * d;
      }
      const double error = std::sqrt(square / (row_weight[i] * column_weight[expected.graph.column[k]]));
      if (std::isnan(error)) return error;
      worst = std::max(worst, error);
    }
  return worst;
}
/// Norms of the diagonal blocks.
std::vector<double> diagonal_weights(const BlockMatrix& m) {
  std::vector<double> out;
  for (std::uint32_t i = 0; i < m.rows(); ++i)
    out.push_back(Eigen::Map<const Eigen::Matrix<float, 6, 6>>(m.block(m.graph.begin(i))).cast<double>().norm());
  return out;
}

double norm_of(const BlockMatrix& m) {
  double square = 0;
  for (const float value : m.values) square += double(value) * double(value);
  return std::sqrt(2 * square);  // at most, from the upper half
}

std::vector<ElasticModel> models() {
  std::vector<ElasticModel> out{struts_model(), uneven_bone()};
  if (small_runs_only()) out.pop_back();
  return out;
}

}  // namespace

TEST_CASE("patterns made without values are those of the host's matrices") {
  for (const int edge : {3, 4})
    for (const ElasticModel& model : {struts_model(), uneven_bone()}) {
      const HostSetUp host(model, edge);
      const CoarseLevel next = coarsen(host.matrix, host.f.space, host.diagonal, k_omega);

      const Graph graph = first_matrix_pattern(host.grid, host.constrained, host.f);
      std::vector<std::uint32_t> aggregate_of_row;
      const CoarseSpace space = coarsen_space(host.f.space, aggregate_of_row);
      const std::vector<std::uint8_t> strong = strong_blocks(graph, host.f.space.strong);
      const Graph prolongator = prolongator_pattern(graph, strong, host.f.space.mode_count, aggregate_of_row);

      CHECK(same_graph(graph, host.matrix.graph));
      CHECK(same_graph(prolongator, next.prolongator.graph));
      CHECK(same_graph(product_pattern(graph, prolongator, space.count), next.matrix.graph));
      CHECK(space.modes == next.space.modes);
    }
}

TEST_CASE_TEMPLATE("kernels compute the first coarse matrix and the smoother as the host does", Real, float, double) {
  const auto device = make_test_device();
  for (const int edge : {3, 4})
    for (const ElasticModel& model : models()) {
      const HostSetUp host(model, edge);
      FineOperator fine(*device, host.problem);
      const DeviceTransfer<Real> aggregates(*device, host.f);
      DeviceSetUp<Real> set_up(fine, host.grid, host.problem, host.f, aggregates.view());
      set_up.add_level(host.f.space);
      DeviceBlocks<Real> matrix(*device, host.matrix.graph, host.matrix.rows(), true);
      Buffer<std::uint16_t> inverse(*device, host.inverse.size());
      inverse.set_zero();
      Buffer<Real> diagonal(*device, host.diagonal.size());
      diagonal.set_zero();

      set_up.inverse_nodes(inverse);
      set_up.first_matrix(inverse, k_omega, matrix);
      set_up.inverse_blocks(matrix, diagonal);

      const std::vector<std::uint16_t> nodes = inverse.to_host();
      std::size_t differing = 0;
      for (std::size_t i = 0; i < nodes.size(); ++i) differing += nodes[i] != host.inverse[i];
      CHECK(differing <= nodes.size() / 500);  // a fused multiply-add may tip a value that lies between two halves
      const std::vector<double> weight = diagonal_weights(host.matrix);
      CHECK(worst_block(matrix.values_to_host(), host.matrix, weight, weight) < k_rounding<Real>);
      const std::vector<Real> inverse_blocks = diagonal.to_host();
      for (std::uint32_t i = 0; i < host.matrix.rows(); ++i) {
        const Eigen::Map<const Eigen::Matrix<double, 6, 6>> expected(host.diagonal.data() + 36 * i);
        const Eigen::Matrix<double, 6, 6> computed =
            Eigen::Map<const Eigen::Matrix<Real, 6, 6>>(inverse_blocks.data() + 36 * i).template cast<double>();
        // The matrix differs by its rounding, which the condition of the block multiplies.
        const double condition = expected.norm() * weight[i];
        CHECK((computed - expected).norm() < k_rounding<Real> * condition * expected.norm());
      }
    }
}

TEST_CASE_TEMPLATE("kernels compute the next level as the host does", Real, float, double) {
  const auto device = make_test_device();
  for (const int edge : {3, 4})
    for (const ElasticModel& model : models()) {
      const HostSetUp host(model, edge);
      const CoarseLevel next = coarsen(host.matrix, host.f.space, host.diagonal, k_omega);
      FineOperator fine(*device, host.problem);
      const DeviceTransfer<Real> aggregates(*device, host.f);
      DeviceSetUp<Real> set_up(fine, host.grid, host.problem, host.f, aggregates.view());
      std::vector<std::uint32_t> aggregate_of_row;
      const CoarseSpace space = coarsen_space(host.f.space, aggregate_of_row);
      set_up.add_level(host.f.space);
      set_up.set_aggregates(aggregate_of_row, strong_blocks(host.matrix.graph, host.f.space.strong));
      set_up.add_level(space);
      DeviceBlocks<Real> matrix(*device, host.matrix, true);
      DeviceBlocks<Real> prolongator(*device, next.prolongator.graph, space.count, false);
      DeviceBlocks<Real> coarse(*device, next.matrix.graph, space.count, true);
      const Buffer<Real> diagonal = to_device<Real>(*device, host.diagonal);

      set_up.coarsen(0, matrix, diagonal, k_omega, prolongator, coarse);

      const std::vector<double> weight = diagonal_weights(next.matrix);
      CHECK(worst_block(coarse.values_to_host(), next.matrix, weight, weight) < k_rounding<Real>);
      const std::vector<double> ones(host.matrix.rows(), 1.0);
      CHECK(worst_block(prolongator.values_to_host(), next.prolongator, ones, ones) < k_rounding<Real>);
    }
}

TEST_CASE("a group of threads computes a row of the first matrix whatever thread runs first") {
  // The GPU's kernel played on the CPU: between two barriers each thread runs alone to the next one.
  const auto device = make_device("cpu", 0, silent_monitor());
  const HostSetUp host(struts_model(), 4);
  FineOperator fine(*device, host.problem);
  const DeviceTransfer<double> aggregates(*device, host.f);
  const std::vector<kernels::CellPlace> cells = cell_places(host.grid, host.problem, host.f);
  kernels::FirstMatrixView<double> view;
  view.stiffness = fine.view();
  view.transfer = aggregates.view();
  view.cells = cells.data();
  view.inverse_diagonal = host.inverse.data();
  view.omega = k_omega;
  view.pattern = {host.matrix.rows(), host.matrix.graph.start.data(), host.matrix.graph.column.data()};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  auto play = [&](int threads, bool last_first) {
    std::vector<double> values(host.matrix.values.size(), nan);
    for (std::uint32_t a = 0; a < host.f.space.count; ++a) {
      auto window = std::make_unique<kernels::GalerkinWindow<4>>();
      std::fill_n(&window->column[0][0], 3 * window->k_inner_nodes, nan);
      std::fill_n(&window->force[0][0], 3 * window->k_nodes, nan);
      compute_row(view, a, threads, *window, values.data(), [&](const auto& phase) {
        for (int i = 0; i < threads; ++i) phase(last_first ? threads - 1 - i : i);
      });
    }
    values.resize(values.size() - kernels::k_block_padding);
    return values;
  };

  const std::vector<double> first = play(kernels::k_window_threads, false);

  CHECK(first == play(kernels::k_window_threads, true));
  CHECK(first == play(1, false));
}

TEST_CASE_TEMPLATE("kernels invert the coarsest matrix, and pass one that is not definite to the host", Real, float,
                   double) {
  const auto device = make_test_device();
  const ElasticModel model = struts_model();
  const HostSetUp host(model, 4);
  FineOperator fine(*device, host.problem);
  const DeviceTransfer<Real> aggregates(*device, host.f);
  DeviceSetUp<Real> set_up(fine, host.grid, host.problem, host.f, aggregates.view());
  BlockMatrix loose = host.matrix;  // without couplings, and one mode has no stiffness
  std::fill(loose.values.begin(), loose.values.end(), 0.0f);
  for (std::uint32_t i = 0; i < loose.rows(); ++i)
    for (int m = 0; m < 6; ++m) loose.block(loose.graph.begin(i))[7 * m] = i == 1 && m == 2 ? 0.0f : 2.0f;
  for (const BlockMatrix& m : {host.matrix, loose}) {
    DeviceBlocks<Real> matrix(*device, m, true);
    const std::size_t n = 6 * std::size_t{m.rows()};
    Buffer<Real> inverse(*device, n * n);

    set_up.invert(matrix, inverse);

    const auto size = static_cast<Eigen::Index>(n);
    const std::vector<double> expected = dense_inverse(m);
    const std::vector<Real> computed = inverse.to_host();
    const Eigen::Map<const Eigen::MatrixXd> x(expected.data(), size, size);
    const Eigen::MatrixXd y =
        Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>>(computed.data(), size, size)
            .template cast<double>();
    // Two ways of inverting differ by the condition of the matrix times a few roundings.
    const double condition = x.norm() * norm_of(m);
    CHECK((y - x).norm() < ((sizeof(Real) == 4 ? 1e-7 : 0) + 1e-15 * condition) * x.norm());
  }
}

namespace {

/// The backend under test, or the one that plays the GPU's set-up where the backend under test has its own.
std::string kernel_backend() { return backend_name() == "cpu" ? "checked" : backend_name(); }

/// z = M^-1 r for a fixed r.
std::vector<double> run_cycle(Device& device, PreconditionerOperator& cycle, const ElasticModel& model,
                              const std::vector<std::uint8_t>& constrained) {
  std::vector<double> r = random_field(model, 1);
  for (std::size_t i = 0; i < r.size(); ++i)
    if (constrained[i / 3] >> (i % 3) & 1) r[i] = 0;
  Buffer<double> input(device, r), work(device, r.size()), output(device, r.size());
  Buffer<double> rr(device, std::vector<double>{as_vector(r).squaredNorm()}), rho(device, 1);
  cycle.apply(1, input.data(), rr.data(), work.data());
  cycle.dot(input.data(), rho.data());
  cycle.add_to_direction(rho.data(), nullptr, output.data());
  return output.to_host();
}

SolverSettings several_levels(CyclePrecision precision) {
  SolverSettings settings;
  settings.precision = precision;
  settings.coarsest_dof = 300;
  return settings;
}

}  // namespace

TEST_CASE("a hierarchy computed by kernels makes the cycle of one that the host computes") {
  const ElasticModel model = uneven_bone();
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  const ElasticProblem problem = problem_of(model);
  const HostGrid grid(model.mesh->view());
  for (const CyclePrecision precision : {CyclePrecision::fp64, CyclePrecision::fp32}) {
    auto cycle_of = [&](const std::string& backend, std::vector<std::int64_t>& level_dof) {
      const auto device = make_device(backend, 1, silent_monitor());
      FineOperator fine(*device, problem);
      const auto cycle = make_multigrid(fine, grid, problem, constrained, several_levels(precision), silent_monitor());
      level_dof = cycle->level_dof();
      return run_cycle(*device, *cycle, model, constrained);
    };
    std::vector<std::int64_t> by_host_dof, by_kernels_dof;

    const std::vector<double> by_host = cycle_of("cpu", by_host_dof);
    const std::vector<double> by_kernels = cycle_of(kernel_backend(), by_kernels_dof);

    REQUIRE(by_host_dof.size() >= 4);
    CHECK(by_kernels_dof == by_host_dof);
    // The host rounds its matrices to fp32 in both precisions, and a cycle solves with what is left of them.
    CHECK((as_vector(by_kernels) - as_vector(by_host)).norm() < 1e-4 * as_vector(by_host).norm());
  }
}

TEST_CASE("values computed again for other moduli are those of a new hierarchy, to the last bit") {
  const auto device = make_device(kernel_backend(), 1, silent_monitor());
  const ElasticModel model = uneven_bone();
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  const HostGrid grid(model.mesh->view());
  ElasticModel stiffer = model;  // twice as stiff, so the same couplings are strong; and some a little softer
  for (std::size_t e = 0; e < stiffer.material.modulus_mpa.size(); ++e)
    stiffer.material.modulus_mpa[e] *= e % 5 == 0 ? 1.999f : 2.0f;
  const ElasticProblem before = problem_of(model), after = problem_of(stiffer);
  REQUIRE(aggregate_nodes(grid, before, constrained, 4, 0.1).aggregate_of_node ==
          aggregate_nodes(grid, after, constrained, 4, 0.1).aggregate_of_node);
  const SolverSettings settings = several_levels(CyclePrecision::fp32);
  FineOperator fine(*device, before);
  const auto cycle = make_multigrid(fine, grid, before, constrained, settings, silent_monitor());
  const std::vector<double> old = run_cycle(*device, *cycle, model, constrained);

  fine.set_moduli(stiffer.material.modulus_mpa);
  REQUIRE(cycle->compute_again(silent_monitor()));

  const auto fresh = make_multigrid(fine, grid, after, constrained, settings, silent_monitor());
  const std::vector<double> again = run_cycle(*device, *cycle, model, constrained);
  CHECK(again == run_cycle(*device, *fresh, model, constrained));
  CHECK((2 * as_vector(again) - as_vector(old)).norm() < 0.01 * as_vector(old).norm());
  CHECK(again != old);
}
