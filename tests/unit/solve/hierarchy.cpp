// SPDX-License-Identifier: Apache-2.0
// The parts of the multigrid hierarchy against dense algebra and against graph searches of our own.
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <map>
#include <queue>
#include <set>

#include "aggregation.hpp"
#include "fine_operator.hpp"
#include "galerkin.hpp"
#include "host_grid.hpp"
#include "multigrid.hpp"
#include "unit/solve/hierarchy_models.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// Columns from the definition: u_i = M_i [I | -skew(x_i - x_a)] T_a c, x_a the mean of the aggregate's nodes.
Eigen::MatrixXd tentative_prolongator(const ElasticModel& model, const FineAggregation& f,
                                      const std::vector<std::uint8_t>& constrained) {
  const std::uint32_t nodes = model.mesh->node_count();
  std::vector<Eigen::Vector3d> mean(f.space.count, Eigen::Vector3d::Zero());
  std::vector<int> members(f.space.count, 0);
  auto place = [&](std::uint32_t n) {
    const Vec3 x = node_place(model, n);
    return Eigen::Vector3d(x[0], x[1], x[2]);
  };
  for (std::uint32_t n = 0; n < nodes; ++n) mean[f.aggregate_of_node[n]] += place(n), ++members[f.aggregate_of_node[n]];
  Eigen::MatrixXd p = Eigen::MatrixXd::Zero(3 * nodes, 6 * f.space.count);
  for (std::uint32_t n = 0; n < nodes; ++n) {
    const std::uint32_t a = f.aggregate_of_node[n];
    const Eigen::Vector3d r = (place(n) - mean[a] / members[a]) / f.space.length_mm;
    Eigen::Matrix<double, 3, 6> rigid;
    rigid << 1, 0, 0, 0, r.z(), -r.y(), 0, 1, 0, -r.z(), 0, r.x(), 0, 0, 1, r.y(), -r.x(), 0;
    const Eigen::Map<const Eigen::Matrix<double, 6, 6>> basis(f.basis.data() + 36 * a);
    p.block<3, 6>(3 * n, 6 * a) = rigid * basis;
    for (int c = 0; c < 3; ++c)
      if (constrained[n] >> c & 1) p.row(3 * n + c).setZero();
  }
  return p;
}

Eigen::MatrixXd dense(const BlockMatrix& m) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(6 * m.rows(), 6 * m.column_count);
  for (std::uint32_t row = 0; row < m.rows(); ++row)
    for (std::int64_t k = m.graph.start[row]; k < m.graph.start[row + std::size_t{1}]; ++k)
      out.block<6, 6>(6 * row, 6 * m.graph.column[k]) =
          Eigen::Map<const Eigen::Matrix<float, 6, 6>>(m.block(k)).cast<double>();
  return out;
}
/// A symmetric matrix from its upper half.
Eigen::MatrixXd dense_symmetric(const BlockMatrix& m) {
  const Eigen::MatrixXd upper = dense(m);
  return Eigen::MatrixXd(upper.selfadjointView<Eigen::Upper>());
}

/// True when the nodes hang together through elements whose modulus is above the threshold, seen from inside only.
bool hangs_together(const ElasticModel& model, const std::set<std::uint32_t>& nodes) {
  std::set<std::uint32_t> reached{*nodes.begin()};
  std::queue<std::uint32_t> open;
  open.push(*nodes.begin());
  while (!open.empty()) {
    const Index3 p = model.mesh->node_positions()[open.front()];
    open.pop();
    for (int o = 0; o < 8; ++o) {
      const std::uint32_t e = model.mesh->element_at({p.x - (o & 1), p.y - (o >> 1 & 1), p.z - (o >> 2)});
      if (e == k_no_node) continue;
      std::uint32_t corners[8];
      model.mesh->element_nodes(e, corners);
      for (const std::uint32_t n : corners)
        if (nodes.count(n) != 0 && reached.insert(n).second) open.push(n);
    }
  }
  return reached.size() == nodes.size();
}

std::map<std::uint32_t, std::set<std::uint32_t>> members_of(const FineAggregation& f) {
  std::map<std::uint32_t, std::set<std::uint32_t>> members;
  for (std::uint32_t n = 0; n < f.aggregate_of_node.size(); ++n) members[f.aggregate_of_node[n]].insert(n);
  return members;
}

}  // namespace

TEST_CASE("no aggregate joins struts that do not touch inside it") {
  for (const int edge : {3, 4}) {
    for (const ElasticModel& model : {struts_model(), trabecular_model(24)}) {
      const HostGrid grid(model.mesh->view());
      const ElasticProblem problem = problem_of(model);
      const std::vector<std::uint8_t> none(model.mesh->node_count(), 0);

      const FineAggregation f = aggregate_nodes(grid, problem, none, edge, 0.0);

      std::uint32_t seen = 0;
      for (const auto& [aggregate, nodes] : members_of(f)) {
        ++seen;
        CHECK(hangs_together(model, nodes));
        const Index3 first = model.mesh->node_positions()[*nodes.begin()];
        for (const std::uint32_t n : nodes)
          for (int d = 0; d < 3; ++d) CHECK(model.mesh->node_positions()[n][d] / edge == first[d] / edge);
      }
      CHECK(seen == f.space.count);
    }
  }
}

TEST_CASE("no aggregate reaches across a strong modulus contrast") {
  // Nodes that touch a stiff voxel move with it; nodes that touch only soft voxels must not be tied to them.
  ElasticModel model =
      make_model({9, 9, 9}, {1, 1, 1}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.3)});
  for (std::size_t e = 0; e < model.mesh->element_count(); ++e)
    model.material.modulus_mpa[e] = model.mesh->element_positions()[e].x < 5 ? 17000.0f : 0.2f;
  const std::vector<std::uint8_t> none(model.mesh->node_count(), 0);

  const FineAggregation f = aggregate_nodes(HostGrid(model.mesh->view()), problem_of(model), none, 4, 0.1);

  for (const auto& [aggregate, nodes] : members_of(f)) {
    const bool stiff = model.mesh->node_positions()[*nodes.begin()].x <= 5;
    for (const std::uint32_t n : nodes) CHECK((model.mesh->node_positions()[n].x <= 5) == stiff);
  }
}

TEST_CASE("prolongation follows its definition and restriction is its transpose") {
  const auto device = make_test_device();
  const ElasticModel model = struts_model();
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  for (const int edge : {3, 4}) {
    const FineAggregation f = aggregate_nodes(HostGrid(model.mesh->view()), problem_of(model), constrained, edge, 0.1);
    const Eigen::MatrixXd p = tentative_prolongator(model, f, constrained);
    const std::size_t fine = std::size_t{3} * model.mesh->node_count(), coarse = std::size_t{6} * f.space.count;
    Buffer<std::uint32_t> of_node(*device, f.aggregate_of_node), start(*device, f.aggregate_start),
        nodes(*device, f.aggregate_nodes);
    Buffer<kernels::PackedNode> packed(*device, f.packed);
    Buffer<double> centre(*device, f.centre), basis(*device, f.basis);
    kernels::TransferView<double> view{model.mesh->node_count(),
                                       f.space.count,
                                       of_node.data(),
                                       packed.data(),
                                       start.data(),
                                       nodes.data(),
                                       centre.data(),
                                       basis.data(),
                                       {f.scale[0], f.scale[1], f.scale[2]}};
    const auto& transfer = kernels::transfer_kernels<double>(*device);
    std::mt19937 random(3);
    std::uniform_real_distribution<double> value(-1, 1);
    std::vector<double> x(fine), y(coarse);
    for (double& v : x) v = value(random);
    for (double& v : y) v = value(random);

    Buffer<double> x_device(*device, x), y_device(*device, y), up(*device, fine), down(*device, coarse);
    transfer.prolong_from_aggregates(*device, view, 1, y_device.data(), up.data(), nullptr);
    transfer.restrict_to_aggregates(*device, view, 1, x_device.data(), down.data());

    CHECK((as_vector(up.to_host()) - p * as_vector(y)).norm() < 1e-13 * as_vector(y).norm());
    CHECK((as_vector(down.to_host()) - p.transpose() * as_vector(x)).norm() < 1e-13 * as_vector(x).norm());
  }
}

TEST_CASE("the columns of an aggregate are orthonormal, and modes removed by supports are zero") {
  const ElasticModel model = struts_model();
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  const FineAggregation f = aggregate_nodes(HostGrid(model.mesh->view()), problem_of(model), constrained, 4, 0.1);

  const Eigen::MatrixXd p = tentative_prolongator(model, f, constrained);

  const Eigen::MatrixXd gram = p.transpose() * p;
  int kept = 0;
  for (std::uint32_t a = 0; a < f.space.count; ++a) {
    kept += f.space.mode_count[a];
    for (int i = 0; i < 6; ++i)
      CHECK(std::abs(gram(6 * a + i, 6 * a + i) - (i < f.space.mode_count[a] ? 1 : 0)) < 1e-10);
  }
  CHECK((gram - Eigen::MatrixXd(gram.diagonal().asDiagonal())).norm() < 1e-10);
  CHECK(kept < static_cast<int>(6 * f.space.count));
}

TEST_CASE("the inverse diagonal of a node is that of its free components, to the rounding of its storage") {
  const ElasticModel model = struts_model();
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  const Eigen::MatrixXd k = assembled_stiffness(model);

  const std::vector<std::uint16_t> inverse =
      inverse_node_blocks(HostGrid(model.mesh->view()), problem_of(model), constrained);

  for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n) {
    std::vector<int> free;
    for (int c = 0; c < 3; ++c)
      if (!(constrained[n] >> c & 1)) free.push_back(static_cast<int>(3 * n) + c);
    Eigen::Matrix3d expected = Eigen::Matrix3d::Zero(), stored;
    if (!free.empty()) {
      const Eigen::MatrixXd block = k(free, free).inverse();
      for (std::size_t i = 0; i < free.size(); ++i)
        for (std::size_t j = 0; j < free.size(); ++j)
          expected(free[i] % 3, free[j] % 3) = block(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    }
    for (int c = 0; c < 3; ++c) {
      const double unit[3] = {c == 0 ? 1.0 : 0.0, c == 1 ? 1.0 : 0.0, c == 2 ? 1.0 : 0.0};
      multiply_node_diagonal(inverse.data(), n, unit, stored.data() + 3 * c);
    }
    CHECK((stored - expected).norm() <= 0.004 * expected.norm());
  }
}

TEST_CASE("the first coarse matrix is P^T K P of the smoothed prolongator") {
  constexpr double k_omega = 0.6;
  const ElasticModel model = struts_model();
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  const HostGrid grid(model.mesh->view());
  const ElasticProblem problem = problem_of(model);
  const Eigen::MatrixXd k = assembled_stiffness(model);
  for (const int edge : {3, 4}) {
    const FineAggregation f = aggregate_nodes(grid, problem, constrained, edge, 0.1);
    const std::vector<std::uint16_t> inverse = inverse_node_blocks(grid, problem, constrained);

    const BlockMatrix coarse = level_one_matrix(grid, problem, constrained, f, inverse, k_omega);

    Eigen::MatrixXd d_inverse = Eigen::MatrixXd::Zero(k.rows(), k.cols());
    for (std::uint32_t n = 0; n < model.mesh->node_count(); ++n)
      for (int c = 0; c < 3; ++c) {
        const double unit[3] = {c == 0 ? 1.0 : 0.0, c == 1 ? 1.0 : 0.0, c == 2 ? 1.0 : 0.0};
        double column[3];
        multiply_node_diagonal(inverse.data(), n, unit, column);
        for (int i = 0; i < 3; ++i) d_inverse(3 * n + i, 3 * n + c) = column[i];
      }
    const Eigen::MatrixXd tentative = tentative_prolongator(model, f, constrained);
    const Eigen::MatrixXd p = tentative - k_omega * d_inverse * (k * tentative);
    const Eigen::MatrixXd expected = p.transpose() * k * p;
    CHECK((dense_symmetric(coarse) - expected).norm() < 2e-7 * expected.norm());  // kept in fp32
  }
}

TEST_CASE("coarser matrices stay Galerkin products and the transfer keeps rigid motions") {
  const ElasticModel model = trabecular_model(24);
  const HostGrid grid(model.mesh->view());
  const ElasticProblem problem = problem_of(model);
  const std::vector<std::uint8_t> none(model.mesh->node_count(), 0);
  const FineAggregation f = aggregate_nodes(grid, problem, none, 3, 0.1);
  BlockMatrix a = level_one_matrix(grid, problem, none, f, inverse_node_blocks(grid, problem, none), 0.5);
  fill_dropped_modes(a, f.space.mode_count);

  const CoarseLevel next = coarsen(a, f.space, inverse_diagonal_blocks(a), 0.5);

  const Eigen::MatrixXd p = dense(next.prolongator), matrix = dense_symmetric(a);
  const Eigen::MatrixXd expected = p.transpose() * matrix * p;
  CHECK(next.space.count < f.space.count / 2);
  // The diagonal of dropped modes is filled afterwards: compare where the product says something.
  const Eigen::MatrixXd difference = dense_symmetric(next.matrix) - expected;
  CHECK((difference - Eigen::MatrixXd(difference.diagonal().asDiagonal())).norm() < 2e-7 * expected.norm());
  for (Eigen::Index i = 0; i < expected.rows(); ++i)
    if (expected(i, i) > 0) CHECK(std::abs(difference(i, i)) < 2e-7 * expected.norm());
  Eigen::MatrixXd rigid(6 * f.space.count, 6);
  for (std::uint32_t n = 0; n < f.space.count; ++n) {
    const Eigen::Vector3d r(f.space.centre[n][0], f.space.centre[n][1], f.space.centre[n][2]);
    Eigen::Matrix<double, 6, 6> global = Eigen::Matrix<double, 6, 6>::Identity();
    const Eigen::Vector3d s = r / f.space.length_mm;
    global.block<3, 3>(0, 3) << 0, s.z(), -s.y(), -s.z(), 0, s.x(), s.y(), -s.x(), 0;
    rigid.middleRows<6>(6 * n) = Eigen::Map<const Eigen::Matrix<double, 6, 6>>(f.space.modes[n].data()) * global;
  }
  CHECK((matrix * rigid).norm() < 3e-7 * matrix.norm() * rigid.norm());
}

TEST_CASE("the multigrid cycle is symmetric and positive, so that conjugate gradients may use it") {
  const auto device = make_test_device();
  const ElasticModel model = trabecular_model(20);
  const std::vector<std::uint8_t> constrained = mixed_supports(model);
  const ElasticProblem problem = problem_of(model);
  const HostGrid grid(model.mesh->view());
  FineOperator fine(*device, problem);
  for (const CyclePrecision precision : {CyclePrecision::fp64, CyclePrecision::fp32}) {
    SolverSettings settings;
    settings.precision = precision;
    settings.coarsest_dof = 300;  // three levels and more on a small bone
    const auto cycle = make_multigrid(fine, grid, problem, constrained, settings, silent_monitor());
    REQUIRE(cycle->level_dof().size() >= 3);
    auto apply = [&](std::vector<double> r) {
      for (std::size_t i = 0; i < r.size(); ++i)
        if (constrained[i / 3] >> (i % 3) & 1) r[i] = 0;
      Buffer<double> input(*device, r), work(*device, r.size()), output(*device, r.size());
      Buffer<double> rr(*device, std::vector<double>{as_vector(r).squaredNorm()}), rho(*device, 1);
      cycle->apply(1, input.data(), rr.data(), work.data());
      cycle->dot(input.data(), rho.data());
      cycle->add_to_direction(rho.data(), nullptr, output.data());
      CHECK(rho.to_host()[0] == doctest::Approx(as_vector(r).dot(as_vector(output.to_host()))).epsilon(1e-12));
      return output.to_host();
    };
    const std::vector<double> x = random_field(model, 1), y = random_field(model, 2);

    const std::vector<double> mx = apply(x), my = apply(y);

    CHECK(apply(x) == mx);  // a recorded cycle may be repeated: nothing is left over from one to the next
    const double xmx = as_vector(x).dot(as_vector(mx)), ymy = as_vector(y).dot(as_vector(my));
    const double xmy = as_vector(x).dot(as_vector(my)), ymx = as_vector(y).dot(as_vector(mx));
    CHECK(xmx > 0);
    CHECK(ymy > 0);
    const double rounding = precision == CyclePrecision::fp64 ? 1e-12 : 1e-5;
    CHECK(std::abs(xmy - ymx) < rounding * std::sqrt(xmx * ymy));
    for (std::size_t i = 0; i < mx.size(); ++i)
      if (constrained[i / 3] >> (i % 3) & 1) CHECK(mx[i] == 0);
  }
}
