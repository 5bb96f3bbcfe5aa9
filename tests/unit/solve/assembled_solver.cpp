// SPDX-License-Identifier: Apache-2.0
// Conjugate gradients with the aggregation multigrid on unstructured meshes, against dense solves.
#include "osteon/solve/assembled_solver.hpp"

#include <doctest/doctest.h>
#include <omp.h>

#include <cstring>

#include "assembled_models.hpp"
#include "node_tree.hpp"
#include "osteon/core/monitor.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Held where z is lowest, moved or pulled where it is highest.
struct Loaded {
  std::vector<std::uint8_t> mask;
  NodeValues prescribed;
  std::vector<double> force;

  Loaded(const UnstructuredMesh& mesh, double low, double high) {
    mask.assign(mesh.node_count(), 0);
    force.assign(3 * mesh.node_count(), 0.0);
    for (std::uint32_t i = 0; i < mesh.node_count(); ++i) {
      const double z = mesh.position_mm[3 * std::size_t{i} + 2];
      if (z < low + 1e-9) mask[i] = 7;
      if (z > high - 1e-9) {
        mask[i] = 4;
        prescribed.set(i, 2, -0.01);
        force[3 * std::size_t{i}] = 0.7;
      }
    }
  }
  LinearSystem system() const { return {&mask, &prescribed, &force, nullptr}; }
};

/// u with K u = f on the free degrees of freedom.
Eigen::VectorXd dense_solution(const Eigen::MatrixXd& k, const Loaded& loaded) {
  const std::vector<double> dense = loaded.prescribed.dense(loaded.mask.size());
  const Eigen::VectorXd held = Eigen::Map<const Eigen::VectorXd>(dense.data(), k.rows());
  const Eigen::VectorXd right = Eigen::Map<const Eigen::VectorXd>(loaded.force.data(), k.rows()) - k * held;
  std::vector<Eigen::Index> free;
  for (Eigen::Index i = 0; i < k.rows(); ++i)
    if ((loaded.mask[static_cast<std::size_t>(i / 3)] >> (i % 3) & 1) == 0) free.push_back(i);
  const Eigen::VectorXd x = k(free, free).llt().solve(right(free));
  Eigen::VectorXd u = held;
  u(free) = x;
  return u;
}

SolverSettings tight() {
  SolverSettings settings;
  settings.tolerance = 1e-11;
  settings.coarsest_dof = 60;  // several levels even on small meshes
  return settings;
}

}  // namespace

TEST_CASE("boxes hold every node once, about equally many, and brothers share the cell of their parent") {
  const UnstructuredMesh mesh = block_mesh(ElementType::tet10, 6, 2.0, 0.2);
  const NodeTree tree = split_nodes(mesh.position_mm, 64);
  std::vector<int> seen(mesh.node_count(), 0);
  for (const std::uint32_t node : tree.order) ++seen[node];
  for (const int times : seen) REQUIRE(times == 1);
  for (std::size_t box = 0; box + 1 < tree.start.size(); ++box) {
    const std::uint32_t size = tree.start[box + 1] - tree.start[box];
    CHECK(size <= 64);
    CHECK(size > 32 - 1);
    const Index3 own = box_cell(static_cast<std::uint32_t>(box)),
                 parent = box_cell(static_cast<std::uint32_t>(box / 8));
    for (int d = 0; d < 3; ++d) CHECK(own[d] / 2 == parent[d]);
  }
}

TEST_CASE("solutions on meshes of every type, law and axes are the dense ones, in both precisions of the cycle") {
  const auto device = make_test_device();
  MeshModel model = mixed_model();
  const Loaded loaded(model.mesh, 1, 2);
  const Eigen::VectorXd expected = dense_solution(dense_stiffness(model), loaded);
  for (const CyclePrecision precision : {CyclePrecision::fp32, CyclePrecision::fp64}) {
    SolverSettings settings = tight();
    settings.precision = precision;
    AssembledSolver solver(*device, model.problem(), settings);
    SolveReport report;
    const std::vector<double> u = solver.solve(loaded.system(), report, silent_monitor());
    CHECK(report.converged);
    CHECK(report.level_dof.size() > 1);
    CHECK((Eigen::Map<const Eigen::VectorXd>(u.data(), expected.size()) - expected).norm() < 1e-9 * expected.norm());
  }
}

TEST_CASE("moduli that change give the solution of a new solver, and come back to the same bits") {
  const auto device = make_test_device();
  MeshModel model = uniform_model(block_mesh(ElementType::tet10, 4, 1.0, 0.2), 1000, 0.3);
  const Loaded loaded(model.mesh, 0, 1);
  AssembledSolver solver(*device, model.problem(), tight());
  SolveReport report;
  const std::vector<double> before = solver.solve(loaded.system(), report, silent_monitor());
  std::vector<float> softer = model.modulus_mpa[0];
  for (std::size_t i = 0; i < softer.size(); i += 3) softer[i] = 20;
  solver.set_moduli(0, softer);
  const std::vector<double> changed = solver.solve(loaded.system(), report, silent_monitor());
  CHECK(report.setup == SetUp::built);
  MeshModel other = model;
  other.modulus_mpa[0] = softer;
  const Eigen::VectorXd expected = dense_solution(dense_stiffness(other), loaded);
  CHECK((Eigen::Map<const Eigen::VectorXd>(changed.data(), expected.size()) - expected).norm() <
        1e-9 * expected.norm());
  solver.set_moduli(0, model.modulus_mpa[0]);
  const std::vector<double> again = solver.solve(loaded.system(), report, silent_monitor());
  CHECK(std::memcmp(before.data(), again.data(), before.size() * sizeof(double)) == 0);
}

TEST_CASE("the same bits for any number of threads, and an iteration count that hardly grows with the mesh") {
  const auto device = make_test_device();
  const int threads = omp_get_max_threads();
  int iterations[2] = {};
  for (const int n : {5, 10}) {
    const MeshModel model = uniform_model(block_mesh(ElementType::tet10, n, 1.0, 0.15), 1000, 0.3);
    const Loaded loaded(model.mesh, 0, 1);
    std::vector<double> first;
    for (const int used : {1, 3}) {
      omp_set_num_threads(used);
      AssembledSolver solver(*device, model.problem(), SolverSettings{});
      SolveReport report;
      const std::vector<double> u = solver.solve(loaded.system(), report, silent_monitor());
      CHECK(report.converged);
      iterations[n == 10] = report.iterations;
      if (first.empty()) first = u;
      CHECK(std::memcmp(first.data(), u.data(), u.size() * sizeof(double)) == 0);
    }
    omp_set_num_threads(threads);
  }
  CHECK(iterations[1] <= iterations[0] + 6);
  CHECK(iterations[1] < 30);
}
