// SPDX-License-Identifier: Apache-2.0
// Solid elements: shape functions, patch tests, rigid motions, exactness, orientation.
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <vector>

#include "kernels/element/hex8.hpp"
#include "kernels/element/solid.hpp"
#include "support/block_meshes.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

template <class Shape>
using Nodes = std::array<std::array<double, 3>, Shape::k_nodes>;
template <class Shape>
using Matrix = Eigen::Matrix<double, 3 * Shape::k_nodes, 3 * Shape::k_nodes>;

template <class Shape>
const double (*raw(const Nodes<Shape>& x))[3] {
  return reinterpret_cast<const double(*)[3]>(x.data());
}

/// The reference element stretched, sheared and every node moved a little; `affine` leaves the last out.
template <class Shape>
Nodes<Shape> sample(bool affine = false) {
  const double map[3][3] = {{1.1, 0.3, -0.2}, {0.1, 0.9, 0.25}, {-0.15, 0.2, 1.3}};
  Nodes<Shape> x;
  for (int a = 0; a < Shape::k_nodes; ++a) {
    double xi[3];
    node_place<Shape>(a, xi);
    for (int i = 0; i < 3; ++i)
      x[static_cast<std::size_t>(a)][static_cast<std::size_t>(i)] =
          map[i][0] * xi[0] + map[i][1] * xi[1] + map[i][2] * xi[2] +
          (affine ? 0 : 0.06 * std::sin(7.0 * a + 3.0 * i + 0.5));
  }
  return x;
}

UnitLaw wood() {
  Elasticity c;
  REQUIRE(orthotropic_elasticity({1, 0.7, 1.9, 0.25, 0.31, 0.4, 0.5, 0.33, 0.27}, c));
  return unit_law(c);
}
UnitLaw bone() { return unit_law(isotropic_elasticity(1, 0.3)); }

template <class Shape>
Matrix<Shape> stiffness(const Nodes<Shape>& x, const UnitLaw& law) {
  double modulus[Shape::k_points];
  for (int q = 0; q < Shape::k_points; ++q) modulus[q] = 5000 + 700 * q;
  std::vector<double> k(static_cast<std::size_t>(9 * Shape::k_nodes * Shape::k_nodes));
  solid_stiffness<Shape>(raw<Shape>(x), law, modulus, k.data());
  return Eigen::Map<const Eigen::Matrix<double, 3 * Shape::k_nodes, 3 * Shape::k_nodes, Eigen::RowMajor>>(k.data());
}

Eigen::Matrix3d some_axes() {
  return (Eigen::AngleAxisd(0.7, Eigen::Vector3d::UnitX()) * Eigen::AngleAxisd(-1.2, Eigen::Vector3d::UnitZ()) *
          Eigen::AngleAxisd(0.4, Eigen::Vector3d::UnitY()))
      .toRotationMatrix();
}

}  // namespace

#define ALL_SHAPES Tet4, Tet10, Hex8, Hex20, Wedge6

TEST_CASE_TEMPLATE("shape functions are 1 at their node, 0 at others, sum to 1, and have the gradients they say", Shape,
                   ALL_SHAPES) {
  double at[3], value, slope[3];
  for (int b = 0; b < Shape::k_nodes; ++b) {
    node_place<Shape>(b, at);
    for (int a = 0; a < Shape::k_nodes; ++a) {
      Shape::node(a, at, value, slope);
      CHECK(std::abs(value - (a == b)) < 1e-15);
    }
  }
  for (int q = 0; q < Shape::k_points; ++q) {
    double weight, sum = 0, slopes[3] = {};
    Shape::point(q, at, weight);
    for (int a = 0; a < Shape::k_nodes; ++a) {
      Shape::node(a, at, value, slope);
      sum += value;
      for (int d = 0; d < 3; ++d) {
        slopes[d] += slope[d];
        constexpr double h = 1e-5;
        double ahead[3] = {at[0], at[1], at[2]}, behind[3] = {at[0], at[1], at[2]}, up, down, ignored[3];
        ahead[d] += h, behind[d] -= h;
        Shape::node(a, ahead, up, ignored);
        Shape::node(a, behind, down, ignored);
        CHECK(std::abs((up - down) / (2 * h) - slope[d]) < 1e-9);
      }
    }
    CHECK(std::abs(sum - 1) < 1e-15);
    for (const double s : slopes) CHECK(std::abs(s) < 1e-14);
  }
}

TEST_CASE_TEMPLATE("the volume of an affine element is that of its map", Shape, ALL_SHAPES) {
  const auto x = sample<Shape>(true);
  const double map = 1.1 * (0.9 * 1.3 - 0.25 * 0.2) - 0.3 * (0.1 * 1.3 + 0.25 * 0.15) - 0.2 * (0.1 * 0.2 + 0.9 * 0.15);
  const bool cube = Shape::k_nodes == 8 || Shape::k_nodes == 20, wedge = Shape::k_nodes == 6;
  double position[Shape::k_points][3], volume[Shape::k_points], sum = 0, centre[3] = {}, mean[3] = {};
  gauss_points<Shape>(raw<Shape>(x), position, volume);
  for (int q = 0; q < Shape::k_points; ++q) {
    sum += volume[q];
    for (int d = 0; d < 3; ++d) centre[d] += volume[q] * position[q][d];
  }
  CHECK(sum == doctest::Approx(map * (cube ? 8 : wedge ? 1 : 1.0 / 6)).epsilon(1e-14));
  const int corners = cube ? 8 : wedge ? 6 : 4;
  for (int a = 0; a < corners; ++a)
    for (std::size_t d = 0; d < 3; ++d) mean[d] += x[static_cast<std::size_t>(a)][d] / corners;
  for (int d = 0; d < 3; ++d) CHECK(std::abs(centre[d] / sum - mean[d]) < 1e-14);
}

TEST_CASE_TEMPLATE("rigid motions have no force, the stiffness is symmetric, all else has energy", Shape, ALL_SHAPES) {
  const auto x = sample<Shape>();
  for (const UnitLaw& law : {bone(), wood()}) {
    const Matrix<Shape> k = stiffness<Shape>(x, law);
    CHECK((k - k.transpose()).norm() < 1e-14 * k.norm());
    for (int motion = 0; motion < 6; ++motion) {
      Eigen::Matrix<double, 3 * Shape::k_nodes, 1> u;
      for (int a = 0; a < Shape::k_nodes; ++a)
        u.template segment<3>(3 * a) =
            motion < 3
                ? Eigen::Vector3d::Unit(motion)
                : Eigen::Vector3d::Unit(motion - 3).cross(Eigen::Vector3d(x[static_cast<std::size_t>(a)].data()));
      CHECK((k * u).norm() < 1e-12 * k.norm() * u.norm());
    }
    const auto values = Eigen::SelfAdjointEigenSolver<Matrix<Shape>>(k).eigenvalues();
    CHECK(std::abs(values[5]) < 1e-12 * values[values.size() - 1]);
    CHECK(values[6] > 1e-5 * values[values.size() - 1]);
  }
}

TEST_CASE_TEMPLATE("displacements of the element's degree have their exact strain at every Gauss point", Shape,
                   ALL_SHAPES) {
  // u_i = sum m_ij x_j + sum q_ijk x_j x_k, the second for quadratic elements (affine: a curved one has no x_j x_k).
  const bool quadratic = Shape::k_nodes == 10 || Shape::k_nodes == 20;
  const auto x = sample<Shape>(quadratic);
  const auto m = [](int i, int j) { return 1e-3 * std::sin(5.0 * i + 2.0 * j + 1); };
  const auto q = [&](int i, int j, int k) { return quadratic ? 1e-3 * std::cos(3.0 * i + (j + k) + j * k) : 0.0; };
  Nodes<Shape> u{};
  for (std::size_t a = 0; a < Shape::k_nodes; ++a)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        const std::size_t si = static_cast<std::size_t>(i), sj = static_cast<std::size_t>(j);
        u[a][si] += m(i, j) * x[a][sj];
        for (int k = 0; k < 3; ++k) u[a][si] += q(i, j, k) * x[a][sj] * x[a][static_cast<std::size_t>(k)];
      }
  double position[Shape::k_points][3], volume[Shape::k_points];
  gauss_points<Shape>(raw<Shape>(x), position, volume);
  for (int p = 0; p < Shape::k_points; ++p) {
    double g[3][3];
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        g[i][j] = m(i, j);
        for (int k = 0; k < 3; ++k) g[i][j] += (q(i, j, k) + q(i, k, j)) * position[p][k];
      }
    const double expected[6] = {g[0][0], g[1][1], g[2][2], g[1][2] + g[2][1], g[2][0] + g[0][2], g[0][1] + g[1][0]};
    double xi[3], weight, strain[6];
    Shape::point(p, xi, weight);
    strain_at<Shape>(raw<Shape>(x), raw<Shape>(u), xi, strain);
    for (int v = 0; v < 6; ++v) CHECK(std::abs(strain[v] - expected[v]) < 1e-16);
  }
}

TEST_CASE_TEMPLATE("patch test: a free inner part of distorted elements takes up any constant strain", Shape,
                   ALL_SHAPES) {
  // Straight edges for tet10: with curved ones four points do not integrate the gradients.
  const UnstructuredMesh mesh = block_mesh(Shape::k_type, 2, 1.0, 0.3, Shape::k_nodes == 20);
  const std::vector<std::uint32_t>& nodes = mesh.blocks[0].nodes;
  for (const UnitLaw& law : {bone(), turned(wood(), reinterpret_cast<const double(*)[3]>(some_axes().data()))}) {
    const long size = static_cast<long>(mesh.position_mm.size());
    Eigen::MatrixXd k = Eigen::MatrixXd::Zero(size, size);
    for (std::size_t e = 0; e < mesh.blocks[0].count(); ++e) {
      double x[Shape::k_nodes][3], modulus[Shape::k_points];
      std::vector<double> element(static_cast<std::size_t>(9 * Shape::k_nodes * Shape::k_nodes));
      const std::uint32_t* of = &nodes[e * Shape::k_nodes];
      for (int a = 0; a < Shape::k_nodes; ++a)
        for (int d = 0; d < 3; ++d) x[a][d] = mesh.position_mm[3 * of[a] + static_cast<std::size_t>(d)];
      REQUIRE(smallest_jacobian<Shape>(x).at_points > 0);
      std::fill(modulus, modulus + Shape::k_points, 1000.0);
      solid_stiffness<Shape>(x, law, modulus, element.data());
      for (int i = 0; i < 3 * Shape::k_nodes; ++i)
        for (int j = 0; j < 3 * Shape::k_nodes; ++j)
          k(3 * of[i / 3] + i % 3, 3 * of[j / 3] + j % 3) +=
              element[static_cast<std::size_t>(3 * Shape::k_nodes * i + j)];
    }
    std::vector<long> free, held;
    for (std::uint32_t node = 0; node < mesh.node_count(); ++node)
      for (long d = 0; d < 3; ++d) (on_box(mesh, node, 1.0) ? held : free).push_back(3 * long{node} + d);
    REQUIRE(free.size() >= 3);
    for (int state = 0; state < 6; ++state) {
      Eigen::Matrix3d gradient = Eigen::Matrix3d::Zero();
      if (state < 3)
        gradient(state, state) = 1e-3;
      else
        gradient((state + 1) % 3, (state + 2) % 3) = 1e-3;  // shear and a rotation
      Eigen::VectorXd exact(size);
      for (long node = 0; node < size / 3; ++node)
        exact.segment<3>(3 * node) = gradient * Eigen::Vector3d(&mesh.position_mm[static_cast<std::size_t>(3 * node)]);
      const Eigen::MatrixXd inner = k(free, free), coupling = k(free, held);
      const Eigen::VectorXd prescribed = exact(held), expected = exact(free);
      const Eigen::VectorXd u = inner.llt().solve(-(coupling * prescribed));
      CHECK((u - expected).norm() < 1e-10 * expected.norm());
    }
  }
}

TEST_CASE_TEMPLATE("an element turned in space has the turned stiffness; a law turned with it too", Shape, ALL_SHAPES) {
  const auto x = sample<Shape>();
  const Eigen::Matrix3d r = some_axes();  // x_new = r x
  Nodes<Shape> moved;
  for (std::size_t a = 0; a < Shape::k_nodes; ++a)
    Eigen::Map<Eigen::Vector3d>(moved[a].data()) = r * Eigen::Map<const Eigen::Vector3d>(x[a].data());
  Matrix<Shape> turn = Matrix<Shape>::Zero();
  for (int a = 0; a < Shape::k_nodes; ++a) turn.template block<3, 3>(3 * a, 3 * a) = r;
  const Matrix<Shape> isotropic = turn * stiffness<Shape>(x, bone()) * turn.transpose();
  CHECK((stiffness<Shape>(moved, bone()) - isotropic).norm() < 1e-13 * isotropic.norm());
  double axes[3][3];  // the material's axes after the turn: row i = r e_i
  for (int i = 0; i < 3; ++i)
    for (int d = 0; d < 3; ++d) axes[i][d] = r(d, i);
  const Matrix<Shape> law_too = turn * stiffness<Shape>(x, wood()) * turn.transpose();
  CHECK((stiffness<Shape>(moved, turned(wood(), axes)) - law_too).norm() < 1e-13 * law_too.norm());
  CHECK((stiffness<Shape>(moved, wood()) - law_too).norm() > 0.01 * law_too.norm());
}

TEST_CASE_TEMPLATE("blocks from products of gradients are the blocks of B^T C B, isotropic, orthotropic, turned", Shape,
                   Tet10, Hex8) {
  const auto x = sample<Shape>();
  const Eigen::Matrix3d r = some_axes();
  double axes[3][3], g[Shape::k_nodes][3], xi[3], weight;
  for (int i = 0; i < 3; ++i)
    for (int d = 0; d < 3; ++d) axes[i][d] = r(d, i);
  for (const UnitLaw& law : {bone(), wood()}) {
    const Matrix<Shape> expected = stiffness<Shape>(x, turned(law, axes));
    for (int a = 0; a < Shape::k_nodes; ++a)
      for (int b = 0; b < Shape::k_nodes; ++b) {
        Eigen::Matrix3d product = Eigen::Matrix3d::Zero();
        for (int q = 0; q < Shape::k_points; ++q) {
          Shape::point(q, xi, weight);
          weight *= (5000 + 700 * q) * gradients<Shape>(raw<Shape>(x), xi, g);
          product += weight * (r.transpose() * Eigen::Map<Eigen::Vector3d>(g[a])) *
                     (r.transpose() * Eigen::Map<Eigen::Vector3d>(g[b])).transpose();
        }
        double in[3][3], block[3][3];
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) in[i][j] = product(i, j);
        stiffness_block(law, in, block);
        turn_block(axes, block);
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j)
            CHECK(std::abs(block[i][j] - expected(3 * a + i, 3 * b + j)) < 1e-14 * expected.norm());
      }
  }
}

TEST_CASE("a cube of hex8 is the voxel's element") {
  constexpr int k_to_voxel[8] = {0, 1, 3, 2, 4, 5, 7, 6};
  const double h[3] = {0.06, 0.09, 0.11}, ones[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  Elasticity law;
  REQUIRE(orthotropic_elasticity({1, 0.7, 1.9, 0.25, 0.31, 0.4, 0.5, 0.33, 0.27}, law));
  for (const Elasticity& c : {isotropic_elasticity(1, 0.3), law}) {
    double voxel[24][24], solid[24 * 24], x[8][3], largest = 0;
    hex8_stiffness(c, h, voxel);
    for (int a = 0; a < 8; ++a)
      for (int d = 0; d < 3; ++d) x[a][d] = h[d] * (k_to_voxel[a] >> d & 1);
    solid_stiffness<Hex8>(x, unit_law(c), ones, solid);
    for (int i = 0; i < 24; ++i)
      for (int j = 0; j < 24; ++j)
        largest = std::max(
            largest, std::abs(solid[24 * i + j] - voxel[3 * k_to_voxel[i / 3] + i % 3][3 * k_to_voxel[j / 3] + j % 3]));
    CHECK(largest < 1e-12 * voxel[0][0]);
  }
}

TEST_CASE("elements that are turned inside out or folded have a Jacobian below zero") {
  auto tet = sample<Tet4>();
  CHECK(smallest_jacobian<Tet4>(raw<Tet4>(tet)).at_points > 0);
  std::swap(tet[0], tet[1]);
  CHECK(smallest_jacobian<Tet4>(raw<Tet4>(tet)).at_points < 0);
  auto hex = sample<Hex8>();
  std::swap(hex[6], hex[7]);  // a twisted top
  CHECK(smallest_jacobian<Hex8>(raw<Hex8>(hex)).at_points < 0);
  auto quadratic = sample<Tet10>(true);
  for (std::size_t d = 0; d < 3; ++d)  // a middle node past the quarter of its edge: bad at the corner only
    quadratic[4][d] = 0.8 * quadratic[0][d] + 0.2 * quadratic[1][d];
  const SmallestJacobian j = smallest_jacobian<Tet10>(raw<Tet10>(quadratic));
  CHECK(j.at_points > 0);
  CHECK(j.at_nodes < 0);
}
