// SPDX-License-Identifier: Apache-2.0
#include "osteon/model/mesh_loads.hpp"

#include <cmath>

#include "kernels/element/faces.hpp"
#include "kernels/element/solid.hpp"
#include "mesh_elements.hpp"

namespace osteon {

namespace {

/// visit(point, nodes of the face in the mesh, how many) at every point of every face
template <class Visit>
void for_face_points(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, Visit visit) {
  for (const ElementFace& face : faces) {
    const MeshElement element = element_at(mesh, face.element);
    OSTEON_ASSERT(face.face < face_count(element.type));
    const FaceNodes& of = face_nodes(element.type, face.face);
    std::uint32_t nodes[k_most_face_nodes];
    double x[k_most_face_nodes][3];
    for (int a = 0; a < of.count; ++a) {
      nodes[a] = element.nodes[of.node[a]];
      node_position(mesh, nodes[a], x[a]);
    }
    FacePoint points[k_most_face_points];
    const int count = face_points(of.count, x, points);
    for (int q = 0; q < count; ++q) visit(points[q], nodes, of.count);
  }
}

double length(const double v[3]) { return std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]); }

template <class Shape>
void add_element_gravity(const UnstructuredMesh& mesh, const std::uint32_t* nodes, const Vec3& force_per_volume,
                         std::vector<double>& force_n) {
  double x[Shape::k_nodes][3];
  for (int a = 0; a < Shape::k_nodes; ++a) node_position(mesh, nodes[a], x[a]);
  for (int q = 0; q < Shape::k_points; ++q) {
    double xi[3], weight, j[3][3], value, slope[3];
    Shape::point(q, xi, weight);
    jacobian<Shape>(x, xi, j);
    weight *= determinant(j);
    for (int a = 0; a < Shape::k_nodes; ++a) {
      Shape::node(a, xi, value, slope);
      for (std::size_t i = 0; i < 3; ++i)
        force_n[std::size_t{3} * nodes[a] + i] += weight * value * force_per_volume[i];
    }
  }
}

}  // namespace

void add_pressure(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, double pressure_mpa,
                  std::vector<double>& force_n) {
  for_face_points(mesh, faces, [&](const FacePoint& point, const std::uint32_t* nodes, int count) {
    for (int a = 0; a < count; ++a)
      for (std::size_t i = 0; i < 3; ++i)
        force_n[std::size_t{3} * nodes[a] + i] -= pressure_mpa * point.value[a] * point.area_mm2[i];
  });
}

void add_traction(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, const Vec3& traction_mpa,
                  std::vector<double>& force_n) {
  for_face_points(mesh, faces, [&](const FacePoint& point, const std::uint32_t* nodes, int count) {
    const double area = length(point.area_mm2);
    for (int a = 0; a < count; ++a)
      for (std::size_t i = 0; i < 3; ++i)
        force_n[std::size_t{3} * nodes[a] + i] += traction_mpa[i] * point.value[a] * area;
  });
}

void add_gravity(const UnstructuredMesh& mesh, const std::vector<double>& density_g_cm3, const Vec3& acceleration_m_s2,
                 std::vector<double>& force_n) {
  constexpr double k_n_per_mm3 = 1e-6;  // 1 g/cm3 times 1 m/s2
  OSTEON_ASSERT(density_g_cm3.size() == mesh.element_count());
  std::size_t first = 0;
  for (const ElementBlock& block : mesh.blocks) {
    with_shape(block.type, [&](auto shape) {
      using Shape = decltype(shape);
      for (std::size_t e = 0; e < block.count(); ++e) {
        Vec3 force_per_volume;
        for (std::size_t i = 0; i < 3; ++i)
          force_per_volume[i] = k_n_per_mm3 * density_g_cm3[first + e] * acceleration_m_s2[i];
        add_element_gravity<Shape>(mesh, &block.nodes[e * Shape::k_nodes], force_per_volume, force_n);
      }
    });
    first += block.count();
  }
}

Vec3 surface_vector(const UnstructuredMesh& mesh, const std::vector<ElementFace>& faces, double* area_mm2) {
  Vec3 sum{};
  double area = 0;
  for_face_points(mesh, faces, [&](const FacePoint& point, const std::uint32_t*, int) {
    for (std::size_t i = 0; i < 3; ++i) sum[i] += point.area_mm2[i];
    area += length(point.area_mm2);
  });
  if (area_mm2 != nullptr) *area_mm2 = area;
  return sum;
}

}  // namespace osteon
