// SPDX-License-Identifier: Apache-2.0
// Rates on unstructured meshes: a displacement made up of plane waves and the body force it needs, L2 error of order 2
// with linear elements and 3 with quadratic ones. Roache 2002 (J. Fluids Eng. 124:4, doi 10.1115/1.1436090).
#include <doctest/doctest.h>

#include <Eigen/SparseCholesky>
#include <cmath>
#include <string>

#include "assembled_operator.hpp"
#include "kernels/element/solid.hpp"
#include "support/backend.hpp"
#include "unit/solve/assembled_models.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_modulus_mpa = 1000, k_nu = 0.3;

/// u_i = a_i sin(k_i . x + phase_i)
struct PlaneWaves {
  double amplitude[3] = {0.01, -0.007, 0.012};
  double k[3][3] = {{2.0, -1.5, 1.0}, {1.2, 2.2, -0.8}, {-1.0, 1.4, 2.4}};
  double phase[3] = {0.3, 1.1, -0.4};

  double displacement(int i, const double* x) const {
    return amplitude[i] * std::sin(k[i][0] * x[0] + k[i][1] * x[1] + k[i][2] * x[2] + phase[i]);
  }
  /// f = -div sigma = -(mu laplace u + (lambda + mu) grad div u), N/mm3
  double body_force(int i, const double* x) const {
    const double lambda = k_modulus_mpa * k_nu / ((1 + k_nu) * (1 - 2 * k_nu)), mu = k_modulus_mpa / (2 * (1 + k_nu));
    double f = mu * (k[i][0] * k[i][0] + k[i][1] * k[i][1] + k[i][2] * k[i][2]) * displacement(i, x);
    for (int j = 0; j < 3; ++j) f += (lambda + mu) * k[j][j] * k[j][i] * displacement(j, x);
    return f;
  }
};

/// Fine points on the reference element: 3x3x3 Gauss points of a cube, folded onto the tetrahedron or wedge, so that
/// neither the load nor the error is seen at the element's own points only.
void fine_point(ElementType type, int q, double xi[3], double& weight) {
  Hex20::point(q, xi, weight);
  if (type == ElementType::hex8 || type == ElementType::hex20) return;
  const double r = (1 + xi[0]) / 2, s = (1 + xi[1]) / 2, t = (1 + xi[2]) / 2;
  if (type == ElementType::wedge6) {
    weight *= (1 - r) / 4;
    xi[0] = r, xi[1] = s * (1 - r);
    return;
  }
  weight *= (1 - r) * (1 - r) * (1 - s) / 8;
  xi[0] = r, xi[1] = s * (1 - r), xi[2] = t * (1 - r) * (1 - s);
}

/// visit(element's nodes, values of the functions there, position, volume)
template <class Shape, class Visit>
void integrate(const UnstructuredMesh& mesh, Visit visit) {
  for (std::size_t e = 0; e < mesh.blocks[0].count(); ++e) {
    const std::uint32_t* nodes = &mesh.blocks[0].nodes[e * Shape::k_nodes];
    double x[Shape::k_nodes][3];
    for (int a = 0; a < Shape::k_nodes; ++a)
      for (std::size_t d = 0; d < 3; ++d) x[a][d] = mesh.position_mm[std::size_t{3} * nodes[a] + d];
    for (int q = 0; q < 27; ++q) {
      double xi[3], weight, j[3][3], value[Shape::k_nodes], at[3] = {};
      fine_point(Shape::k_type, q, xi, weight);
      jacobian<Shape>(x, xi, j);
      for (int a = 0; a < Shape::k_nodes; ++a) {
        double slope[3];
        Shape::node(a, xi, value[a], slope);
        for (int d = 0; d < 3; ++d) at[d] += value[a] * x[a][d];
      }
      visit(nodes, value, at, weight * determinant(j));
    }
  }
}

/// Solves with the surface held at the exact displacement: Cholesky on the assembled rows.
Eigen::VectorXd solve(const UnstructuredMesh& mesh, const AssembledOperator& op, const Eigen::VectorXd& force,
                      const Eigen::VectorXd& exact) {
  std::vector<long> place(static_cast<std::size_t>(force.size()), -1);
  long count = 0;
  for (std::uint32_t node = 0; node < mesh.node_count(); ++node)
    for (std::size_t d = 0; d < 3; ++d)
      if (!on_box(mesh, node, 1.0)) place[std::size_t{3} * node + d] = count++;
  Eigen::VectorXd rhs = Eigen::VectorXd::Zero(count), u = exact;
  std::vector<Eigen::Triplet<double>> entries;
  const std::vector<double> values = op.values_to_host();
  for (std::uint32_t row = 0; row < op.node_count(); ++row)
    for (std::int64_t b = op.graph().begin(row); b < op.graph().end(row); ++b)
      for (std::size_t e = 0; e < 9; ++e) {
        const std::size_t i = std::size_t{3} * row + e / 3;
        const std::size_t j = std::size_t{3} * op.graph().column[static_cast<std::size_t>(b)] + e % 3;
        const double value = values[static_cast<std::size_t>(9 * b) + e];
        if (place[i] < 0) continue;
        if (place[j] < 0)
          rhs[place[i]] -= value * exact[static_cast<long>(j)];
        else
          entries.emplace_back(place[i], place[j], value);
      }
  for (std::size_t i = 0; i < place.size(); ++i)
    if (place[i] >= 0) rhs[place[i]] += force[static_cast<long>(i)];
  Eigen::SparseMatrix<double> k(count, count);
  k.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> factor(k);
  REQUIRE(factor.info() == Eigen::Success);
  const Eigen::VectorXd inner = factor.solve(rhs);
  for (std::size_t i = 0; i < place.size(); ++i)
    if (place[i] >= 0) u[static_cast<long>(i)] = inner[place[i]];
  return u;
}

/// L2 error relative to the L2 norm of the solution, n cells along each edge, distorted.
template <class Shape>
double relative_error(Device& device, int n) {
  const PlaneWaves wave;
  const MeshModel model = uniform_model(block_mesh(Shape::k_type, n, 1.0, 0.1), k_modulus_mpa, k_nu);
  const UnstructuredMesh& mesh = model.mesh;
  const AssembledOperator op(device, model.problem());
  Eigen::VectorXd force = Eigen::VectorXd::Zero(static_cast<long>(mesh.position_mm.size())), exact = force;
  for (std::size_t i = 0; i < mesh.position_mm.size(); ++i)
    exact[static_cast<long>(i)] = wave.displacement(static_cast<int>(i % 3), &mesh.position_mm[i / 3 * 3]);
  integrate<Shape>(mesh, [&](const std::uint32_t* nodes, const double* value, const double* at, double volume) {
    for (int a = 0; a < Shape::k_nodes; ++a)
      for (int i = 0; i < 3; ++i) force[3 * long{nodes[a]} + i] += volume * value[a] * wave.body_force(i, at);
  });
  const Eigen::VectorXd u = solve(mesh, op, force, exact);
  double error = 0, norm = 0;
  integrate<Shape>(mesh, [&](const std::uint32_t* nodes, const double* value, const double* at, double volume) {
    for (int i = 0; i < 3; ++i) {
      double found = 0;
      for (int a = 0; a < Shape::k_nodes; ++a) found += value[a] * u[3 * long{nodes[a]} + i];
      const double is = wave.displacement(i, at);
      error += volume * (found - is) * (found - is);
      norm += volume * is * is;
    }
  });
  return std::sqrt(error / norm);
}

}  // namespace

TEST_CASE_TEMPLATE("the error of a made-up displacement falls with order 2, or 3 where elements are quadratic", Shape,
                   Tet4, Tet10, Hex8, Hex20, Wedge6) {
  const auto device = make_test_device();
  const bool quadratic = Shape::k_nodes == 10 || Shape::k_nodes == 20;
  const int n = quadratic ? 3 : 5;
  const double coarse = relative_error<Shape>(*device, n), fine = relative_error<Shape>(*device, 2 * n);
  const double rate = std::log2(coarse / fine);
  MESSAGE(std::string(element_name(Shape::k_type)), ": ", coarse, " to ", fine, ", rate ", rate);
  CHECK(rate > (quadratic ? 2.8 : 1.85));
  CHECK(rate < (quadratic ? 3.4 : 2.3));
  CHECK(fine < (quadratic ? 1e-3 : 2e-2));
}
