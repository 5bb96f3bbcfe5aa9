// SPDX-License-Identifier: Apache-2.0
// A bone, or a part of it, that a load case leaves free to move is found and named.
#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <random>

#include "kernels/element/hex8.hpp"
#include "mesh_helpers.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

NodeSetSpec hold(const std::string& name, const std::array<double, 6>& box, const std::string& axes,
                 double displacement = 0) {
  NodeSetSpec set;
  set.name = name;
  set.box_mm = box;
  for (const char axis : axes) set.displacement_mm[axis - 'x'] = displacement;
  return set;
}

ResolvedLoadCase resolve_free(const VoxelMesh& mesh, const std::vector<NodeSetSpec>& sets) {
  LoadCaseSpec spec;
  spec.name = "test";
  spec.type = LoadType::free;
  spec.node_sets = sets;
  return resolve_load_case(mesh, spec);
}

std::string complaint(const VoxelMesh& mesh, const std::vector<NodeSetSpec>& sets) {
  const ResolvedLoadCase c = resolve_free(mesh, sets);
  return error_of<InputError>([&] { require_supported(mesh, c); });
}

constexpr double k_all = 100;
NodeSetSpec low_layer(const std::string& axes, double displacement = 0) {
  return hold("floor", {0, k_all, 0, k_all, 0, 0}, axes, displacement);
}

Eigen::MatrixXd assemble(const VoxelMesh& mesh) {
  const Eigen::Index size = 3 * static_cast<Eigen::Index>(mesh.node_count());
  Eigen::MatrixXd k = Eigen::MatrixXd::Zero(size, size);
  double element[24][24];
  hex8_stiffness(isotropic_elasticity(1, 0.3), mesh.spacing_mm().data(), element);
  for (std::uint32_t e = 0; e < mesh.element_count(); ++e) {
    std::uint32_t nodes[8];
    mesh.element_nodes(e, nodes);
    for (int i = 0; i < 24; ++i)
      for (int j = 0; j < 24; ++j) k(3 * nodes[i / 3] + i % 3, 3 * nodes[j / 3] + j % 3) += element[i][j];
  }
  return k;
}

/// Free motions of the assembled stiffness, counted by its eigenvalues: the oracle.
int count_zero_energy_motions(const VoxelMesh& mesh, const ResolvedLoadCase& c) {
  Eigen::MatrixXd k = assemble(mesh);
  for (std::uint32_t n = 0; n < mesh.node_count(); ++n)
    for (int d = 0; d < 3; ++d)
      if (is_held(c, n, d)) k(3 * n + d, 3 * n + d) += 1;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(k, Eigen::EigenvaluesOnly);
  return static_cast<int>((solver.eigenvalues().array() < 1e-10).count());
}

/// Nodal forces of the solution: reactions at prescribed degrees of freedom.
Eigen::VectorXd solve_for_reactions(const VoxelMesh& mesh, const ResolvedLoadCase& c) {
  const Eigen::MatrixXd k = assemble(mesh);
  const std::vector<double> prescribed = c.prescribed_mm.dense(mesh.node_count());
  Eigen::VectorXd u = Eigen::Map<const Eigen::VectorXd>(prescribed.data(), k.rows());
  std::vector<Eigen::Index> free;
  for (Eigen::Index dof = 0; dof < k.rows(); ++dof)
    if (!is_held(c, static_cast<std::uint32_t>(dof / 3), static_cast<int>(dof % 3))) free.push_back(dof);
  const Eigen::VectorXd load = k * u;
  const Eigen::MatrixXd k_free = k(free, free);
  const Eigen::VectorXd right = -load(free);
  const Eigen::VectorXd solution = k_free.ldlt().solve(right);
  u(free) = solution;
  return k * u;
}

}  // namespace

TEST_CASE("a block held along z only can slide and turn, and the message says so") {
  const std::string text = complaint(make_block_mesh({3, 4, 5}), {low_layer("z", -0.1)});
  CHECK(contains(text, "translate along x and y and rotate about z"));
}

TEST_CASE("a block on a hinge rotates about the hinge line") {
  const std::string text = complaint(make_block_mesh({3, 4, 5}), {hold("hinge", {0, 0, 0, k_all, 0, 0}, "xyz"),
                                                                  hold("pull", {0, 0, 0, 0, 5, 5}, "y", 0.1)});
  CHECK(contains(text, "rotate about y"));
  CHECK_FALSE(contains(text, "translate"));
}

TEST_CASE("a motion that lies along no axis is printed as a vector") {
  // Two opposite edges' nodes pinned: the line through (0,0,0) and (3,3,3) stays free to turn about.
  const std::string text = complaint(make_block_mesh({3, 3, 3}),
                                     {hold("a", {0, 0, 0, 0, 0, 0}, "xyz"), hold("b", {3, 3, 3, 3, 3, 3}, "xyz", 0.1)});
  CHECK(contains(text, "rotate about ("));
  CHECK(contains(text, "0.577, "));
}

TEST_CASE("a case with forces only and no support is not held at all") {
  NodeSetSpec push;
  push.name = "push";
  push.surface = "high";
  push.force_n = {0, 0, -1};
  CHECK(contains(complaint(make_block_mesh({2, 2, 2}), {push}), "not held at all"));
}

TEST_CASE("a case that applies nothing is refused") {
  const VoxelMesh mesh = make_block_mesh({2, 2, 2});
  const ResolvedLoadCase c = resolve_free(mesh, {low_layer("xyz")});
  CHECK(contains(error_of<UsageError>([&] { require_supported(mesh, c); }), "no displacement and no force"));
  LoadCaseSpec zero;
  zero.strain = 0;
  const ResolvedLoadCase none = resolve_load_case(mesh, zero);
  CHECK_FALSE(error_of<UsageError>([&] { require_supported(mesh, none); }).empty());
}

TEST_CASE("of two separate blocks the one without support is named") {
  const VoxelMesh mesh = make_mesh({7, 3, 3}, {1, 1, 1}, [](int x, int, int z) { return x < 3 || (x > 4 && z > 0); });
  const std::string text = complaint(mesh, {hold("left", {0, 3, 0, 3, 0, 0}, "xyz", 0.1)});
  CHECK(contains(text, "12 of 39 voxels, around voxel (5, 0, 1)"));
  CHECK(contains(text, "not held at all"));
  CHECK(contains(text, "touches no other part"));
}

TEST_CASE("a block that hangs on a held one by an edge turns about it; held at its other end it is accepted") {
  // Columns x in [0,2), z in [0,2) and x in [2,4), z in [2,4): they share the edge x = 2, z = 2.
  const VoxelMesh mesh = make_mesh({4, 3, 4}, {1, 1, 1}, [](int x, int, int z) { return (x < 2) == (z < 2); });

  const std::string text = complaint(mesh, {low_layer("xyz", 0.1)});

  CHECK(contains(text, "rotate about y"));
  CHECK(contains(text, "along an edge only"));
  LoadCaseSpec axial;
  axial.strain = -0.01;
  require_supported(mesh, resolve_load_case(mesh, axial));
}

TEST_CASE("a block that hangs by a corner turns about every axis") {
  const VoxelMesh mesh =
      make_mesh({4, 4, 4}, {1, 1, 1}, [](int x, int y, int z) { return (x < 2) == (z < 2) && (y < 2) == (z < 2); });
  const std::string text = complaint(mesh, {low_layer("xyz", 0.1)});
  CHECK(contains(text, "rotate about x, y and z"));
  CHECK(contains(text, "at a corner only"));
}

TEST_CASE("two parts that only together lack a support are judged together") {
  // Both blocks of the edge pair are held along z at one node line each, which neither would survive alone.
  const VoxelMesh mesh = make_mesh({4, 3, 4}, {1, 1, 1}, [](int x, int, int z) { return (x < 2) == (z < 2); });
  const std::string text =
      complaint(mesh, {hold("floor", {0, 2, 0, 3, 0, 0}, "z"), hold("top", {2, 4, 0, 3, 4, 4}, "z", 0.1)});
  CHECK(contains(text, "translate along x and y and rotate about z"));
}

TEST_CASE("the verdict on random sponges agrees with the eigenvalues of the assembled stiffness") {
  std::mt19937 random(11);
  int loose = 0, held = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const int fill = 15 + trial % 4 * 15;
    const VoxelMesh mesh = make_mesh({3, 2, 4}, {1, 1, 1}, [&](int x, int y, int z) {
      return (x == 0 && y == 0 && (z == 0 || z == 3)) || static_cast<int>(random() % 100) < fill;
    });
    LoadCaseSpec spec;
    spec.type = trial % 2 == 0 ? LoadType::axial : LoadType::uniaxial;
    spec.strain = -0.01;
    const ResolvedLoadCase c = resolve_load_case(mesh, spec);

    const bool is_accepted = error_of<InputError>([&] { require_supported(mesh, c); }).empty();

    CAPTURE(trial);
    CHECK(is_accepted == (count_zero_energy_motions(mesh, c) == 0));
    (is_accepted ? held : loose)++;
  }
  CHECK(loose > 5);
  CHECK(held > 5);
}

TEST_CASE("the supports that uniaxial adds carry no force") {
  const VoxelMesh mesh =
      make_mesh({3, 3, 4}, {0.5, 0.7, 1}, [](int x, int y, int z) { return z < 2 || x == 0 || (y == 1 && x == 1); });
  for (const Axis axis : {Axis::x, Axis::y, Axis::z}) {
    LoadCaseSpec spec;
    spec.type = LoadType::uniaxial;
    spec.axis = axis;
    spec.strain = -0.01;
    const ResolvedLoadCase c = resolve_load_case(mesh, spec);

    const Eigen::VectorXd reaction = solve_for_reactions(mesh, c);

    const double largest = reaction.cwiseAbs().maxCoeff();
    CHECK(largest > 1e-4);
    for (std::uint32_t n = 0; n < mesh.node_count(); ++n)
      for (int d = 0; d < 3; ++d)
        if (d != static_cast<int>(axis)) CHECK(std::abs(reaction(3 * n + d)) < 1e-11 * largest);
  }
}
