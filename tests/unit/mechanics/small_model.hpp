// SPDX-License-Identifier: Apache-2.0
// Small models made by hand, affine displacement fields, and a sparse direct solve as oracle.
#pragma once

#include <Eigen/Sparse>
#include <functional>
#include <memory>
#include <random>

#include "kernels/element/hex8.hpp"
#include "osteon/model/elastic_model.hpp"
#include "osteon/model/load_case.hpp"

namespace osteon::test {

using Active = std::function<bool(int, int, int)>;

/// One material per palette entry; modulus 1000 MPa and entry 0 until a test sets them.
inline ElasticModel make_model(Index3 size, Vec3 spacing_mm, const Active& active, std::vector<Elasticity> palette) {
  std::vector<std::uint8_t> mask;
  for (int z = 0; z < size.z; ++z)
    for (int y = 0; y < size.y; ++y)
      for (int x = 0; x < size.x; ++x) mask.push_back(active(x, y, z) ? 1 : 0);
  ElasticModel model;
  model.mesh = std::make_shared<const VoxelMesh>(size, spacing_mm, mask);
  model.geometry.size = size;
  model.geometry.spacing_mm = spacing_mm;
  model.material.materials.resize(palette.size());
  model.material.palette = std::move(palette);
  const std::size_t elements = model.mesh->element_count();
  model.material.material_index.assign(elements, 0);
  model.material.palette_index.assign(elements, 0);
  model.material.modulus_mpa.assign(elements, 1000.0f);
  return model;
}

inline Elasticity test_orthotropic() {
  Elasticity law;  // unit E_x
  orthotropic_elasticity({1.0, 1.4, 2.1, 0.25, 0.15, 0.35, 0.6, 0.5, 0.45}, law);
  return law;
}

/// An L in x-z with a step in y: no symmetry; crosses brick borders; two laws and random moduli from 1 to 20 GPa.
inline ElasticModel l_shaped_model(Index3 size = {11, 5, 13}) {
  ElasticModel model = make_model(
      size, {0.5, 0.7, 1.1},
      [size](int x, int y, int z) { return (x < 4 || z < 3) && !(y == size.y - 1 && z > size.z / 2 && x == 0); },
      {isotropic_elasticity(1, 0.3), test_orthotropic()});
  std::mt19937 random(11);
  std::uniform_real_distribution<float> modulus(1000, 20000);
  for (std::size_t e = 0; e < model.mesh->element_count(); ++e) {
    model.material.modulus_mpa[e] = modulus(random);
    model.material.palette_index[e] = model.material.material_index[e] = static_cast<std::uint8_t>(random() % 2);
  }
  return model;
}

inline Vec3 node_place(const ElasticModel& model, std::size_t node) {
  const Index3 p = model.mesh->node_positions()[node];
  const Vec3 h = model.mesh->spacing_mm();
  return {p.x * h[0], p.y * h[1], p.z * h[2]};
}

/// u_i = g[i][j] x_j + shift_i at every node.
inline std::vector<double> affine_field(const ElasticModel& model, const double g[3][3], Vec3 shift = {0, 0, 0}) {
  std::vector<double> u;
  for (std::size_t node = 0; node < model.mesh->node_count(); ++node) {
    const Vec3 x = node_place(model, node);
    for (int i = 0; i < 3; ++i) u.push_back(g[i][0] * x[0] + g[i][1] * x[1] + g[i][2] * x[2] + shift[i]);
  }
  return u;
}

/// Symmetric displacement gradient of a strain in Voigt order with engineering shear.
struct Gradient {
  double g[3][3];
};
inline Gradient gradient_of(const std::array<double, 6>& e) {
  return {{{e[0], e[5] / 2, e[4] / 2}, {e[5] / 2, e[1], e[3] / 2}, {e[4] / 2, e[3] / 2, e[2]}}};
}

inline std::vector<double> random_field(const ElasticModel& model, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> value(-1, 1);
  std::vector<double> u(std::size_t{3} * model.mesh->node_count());
  for (double& v : u) v = value(random);
  return u;
}

/// K assembled element by element from the mesh's own connectivity.
inline Eigen::SparseMatrix<double> assembled_stiffness(const ElasticModel& model) {
  const Vec3 spacing = model.mesh->spacing_mm();
  const double h[3] = {spacing[0], spacing[1], spacing[2]};
  std::vector<Eigen::Triplet<double>> entries;
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    double k[24][24];
    hex8_stiffness(model.material.palette[model.material.palette_index[e]], h, k);
    std::uint32_t nodes[8];
    model.mesh->element_nodes(e, nodes);
    for (int i = 0; i < 24; ++i)
      for (int j = 0; j < 24; ++j)
        entries.emplace_back(static_cast<int>(3 * nodes[i / 3]) + i % 3, static_cast<int>(3 * nodes[j / 3]) + j % 3,
                             double(model.material.modulus_mpa[e]) * k[i][j]);
  }
  const int n = static_cast<int>(3 * model.mesh->node_count());
  Eigen::SparseMatrix<double> stiffness(n, n);
  stiffness.setFromTriplets(entries.begin(), entries.end());
  return stiffness;
}

inline ResolvedLoadCase empty_case(const ElasticModel& model) {
  ResolvedLoadCase load_case;
  load_case.constrained.assign(model.mesh->node_count(), 0);
  return load_case;
}

inline void prescribe(ResolvedLoadCase& load_case, std::uint32_t node, int component, double value_mm) {
  load_case.constrained[node] = static_cast<std::uint8_t>(load_case.constrained[node] | 1 << component);
  load_case.prescribed_mm.set(node, component, value_mm);
}

/// Both z ends clamped, the high one moved by d along `component`.
inline ResolvedLoadCase platen_case(const ElasticModel& model, double displacement_mm, int component = 2) {
  ResolvedLoadCase load_case = empty_case(model);
  const Index3 size = model.mesh->size();
  const Vec3 h = model.mesh->spacing_mm();
  load_case.spec.type = component == 2 ? LoadType::axial : LoadType::shear;
  load_case.spec.direction = load_case.displacement_axis = static_cast<Axis>(component);
  load_case.applied_displacement_mm = displacement_mm;
  load_case.length_mm = size.z * h[2];
  load_case.section_mm2 = size.x * h[0] * size.y * h[1];
  for (std::uint32_t node = 0; node < model.mesh->node_count(); ++node) {
    const int z = model.mesh->node_positions()[node].z;
    if (z != 0 && z != size.z) continue;
    (z == 0 ? load_case.support_nodes : load_case.loaded_nodes).push_back(node);
    for (int c = 0; c < 3; ++c) prescribe(load_case, node, c, z != 0 && c == component ? displacement_mm : 0);
  }
  return load_case;
}

/// Solves K u = f with the prescribed values, by a sparse factorisation.
inline std::vector<double> direct_solution(const ElasticModel& model, const ResolvedLoadCase& load_case) {
  const Eigen::SparseMatrix<double> stiffness = assembled_stiffness(model);
  const int n = static_cast<int>(stiffness.rows());
  std::vector<double> u = load_case.prescribed_mm.dense(model.mesh->node_count());
  std::vector<int> number(static_cast<std::size_t>(n), -1);
  int free = 0;
  for (int i = 0; i < n; ++i)
    if (!(load_case.constrained[i / 3] >> i % 3 & 1)) number[i] = free++;
  Eigen::VectorXd rhs = Eigen::VectorXd::Zero(free);
  std::vector<Eigen::Triplet<double>> entries;
  for (int column = 0; column < n; ++column)
    for (Eigen::SparseMatrix<double>::InnerIterator it(stiffness, column); it; ++it) {
      const int row = number[it.row()];
      if (row < 0) continue;
      if (number[column] >= 0)
        entries.emplace_back(row, number[column], it.value());
      else
        rhs[row] -= it.value() * u[column];
    }
  if (!load_case.force_n.empty())
    for (int i = 0; i < n; ++i)
      if (number[i] >= 0) rhs[number[i]] += load_case.force_n[i];
  Eigen::SparseMatrix<double> reduced(free, free);
  reduced.setFromTriplets(entries.begin(), entries.end());
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> factor(reduced);
  const Eigen::VectorXd x = factor.solve(rhs);
  for (int i = 0; i < n; ++i)
    if (number[i] >= 0) u[i] = x[number[i]];
  return u;
}

inline Eigen::Map<const Eigen::VectorXd> as_vector(const std::vector<double>& values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

}  // namespace osteon::test
