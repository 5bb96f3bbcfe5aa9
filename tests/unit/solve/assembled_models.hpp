// SPDX-License-Identifier: Apache-2.0
// Small unstructured problems and their dense stiffness, summed naively.
#pragma once

#include <Eigen/Dense>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "kernels/element/solid.hpp"
#include "osteon/solve/mesh_problem.hpp"
#include "support/block_meshes.hpp"

namespace osteon::test {

/// The blocks of all, nodes at the same place made one.
inline UnstructuredMesh merged(const std::vector<UnstructuredMesh>& parts) {
  UnstructuredMesh all;
  std::map<std::array<long, 3>, std::uint32_t> node_at;
  for (const UnstructuredMesh& part : parts)
    for (ElementBlock block : part.blocks) {
      for (std::uint32_t& node : block.nodes) {
        const double* p = &part.position_mm[std::size_t{3} * node];
        const auto found = node_at.emplace(
            std::array<long, 3>{std::lround(p[0] * 1e9), std::lround(p[1] * 1e9), std::lround(p[2] * 1e9)},
            static_cast<std::uint32_t>(all.node_count()));
        if (found.second) all.position_mm.insert(all.position_mm.end(), p, p + 3);
        node = found.first->second;
      }
      all.blocks.push_back(block);
    }
  all.label.assign(all.element_count(), 1);
  return all;
}

/// A mesh with moduli, laws and axes of its own; problem() views it.
struct MeshModel {
  UnstructuredMesh mesh;
  std::vector<std::vector<float>> modulus_mpa;
  std::vector<std::vector<std::uint8_t>> law;
  std::vector<std::vector<double>> axes;  ///< empty: global
  std::vector<UnitLaw> palette;

  MeshProblem problem() const {
    MeshProblem p;
    p.position_mm = &mesh.position_mm;
    p.palette = &palette;
    for (std::size_t t = 0; t < mesh.blocks.size(); ++t)
      p.elements.push_back({mesh.blocks[t].type, &mesh.blocks[t].nodes, &modulus_mpa[t],
                            law[t].empty() ? nullptr : &law[t], axes[t].empty() ? nullptr : &axes[t]});
    return p;
  }
};

inline MeshModel uniform_model(UnstructuredMesh mesh, double modulus_mpa, double poisson_ratio) {
  MeshModel m{std::move(mesh), {}, {}, {}, {unit_law(isotropic_elasticity(1, poisson_ratio))}};
  for (const ElementBlock& block : m.mesh.blocks) {
    m.modulus_mpa.emplace_back(block.count(), static_cast<float>(modulus_mpa));
    m.law.emplace_back();
    m.axes.emplace_back();
  }
  return m;
}

/// All five types side by side: moduli per point in every second type, three laws, axes of their own in the last two.
inline MeshModel mixed_model() {
  std::vector<UnstructuredMesh> parts;
  for (int t = 0; t < k_element_types; ++t)
    parts.push_back(block_mesh(static_cast<ElementType>(t), k_element_types, 5.0, 0.15, false, {t, 1, 1}, {1, 2, 3}));
  MeshModel m{merged(parts), {}, {}, {}, {}};
  Elasticity wood;
  orthotropic_elasticity({1, 0.7, 1.9, 0.25, 0.31, 0.4, 0.5, 0.33, 0.27}, wood);
  const double turn[3][3] = {{0.6, 0.8, 0}, {-0.8, 0.6, 0}, {0, 0, 1}};
  m.palette = {unit_law(isotropic_elasticity(1, 0.3)), unit_law(wood), turned(unit_law(wood), turn)};
  for (std::size_t t = 0; t < m.mesh.blocks.size(); ++t) {
    const std::size_t count = m.mesh.blocks[t].count();
    const std::size_t moduli = t % 2 == 0 ? 1 : static_cast<std::size_t>(point_count(m.mesh.blocks[t].type));
    m.modulus_mpa.emplace_back();
    for (std::size_t i = 0; i < count * moduli; ++i)
      m.modulus_mpa.back().push_back(static_cast<float>(3000 + 2000 * std::sin(1.7 * static_cast<double>(i + t))));
    m.law.emplace_back();
    if (t > 0)
      for (std::size_t e = 0; e < count; ++e) m.law.back().push_back(static_cast<std::uint8_t>((e + t) % 3));
    m.axes.emplace_back();
    if (t > 2)
      for (std::size_t e = 0; e < count; ++e) {
        const Eigen::Matrix3d r =
            Eigen::AngleAxisd(0.3 * static_cast<double>(e) + 0.2, Eigen::Vector3d(1, 2, -1).normalized())
                .toRotationMatrix();
        for (int i = 0; i < 9; ++i) m.axes.back().push_back(r(i / 3, i % 3));
      }
  }
  return m;
}

template <class Shape>
void add_dense(const MeshModel& m, std::size_t t, Eigen::MatrixXd& k) {
  constexpr int n = Shape::k_nodes;
  std::vector<double> element(static_cast<std::size_t>(9 * n * n));
  const std::size_t count = m.mesh.blocks[t].count();
  for (std::size_t e = 0; e < count; ++e) {
    const std::uint32_t* nodes = &m.mesh.blocks[t].nodes[e * n];
    double x[n][3], modulus[Shape::k_points];
    for (int a = 0; a < n; ++a)
      for (std::size_t d = 0; d < 3; ++d) x[a][d] = m.mesh.position_mm[std::size_t{3} * nodes[a] + d];
    for (std::size_t q = 0; q < Shape::k_points; ++q)
      modulus[q] = double(m.modulus_mpa[t][m.modulus_mpa[t].size() == count ? e : e * Shape::k_points + q]);
    UnitLaw law = m.palette[m.law[t].empty() ? 0 : m.law[t][e]];
    if (!m.axes[t].empty()) law = turned(law, reinterpret_cast<const double(*)[3]>(&m.axes[t][9 * e]));
    solid_stiffness<Shape>(x, law, modulus, element.data());
    for (int i = 0; i < 3 * n; ++i)
      for (int j = 0; j < 3 * n; ++j)
        k(3 * long{nodes[i / 3]} + i % 3, 3 * long{nodes[j / 3]} + j % 3) +=
            element[static_cast<std::size_t>(3 * n * i + j)];
  }
}

inline Eigen::MatrixXd dense_stiffness(const MeshModel& m) {
  const long size = static_cast<long>(m.mesh.position_mm.size());
  Eigen::MatrixXd k = Eigen::MatrixXd::Zero(size, size);
  for (std::size_t t = 0; t < m.mesh.blocks.size(); ++t)
    with_shape(m.mesh.blocks[t].type, [&](auto shape) { add_dense<decltype(shape)>(m, t, k); });
  return k;
}

}  // namespace osteon::test
