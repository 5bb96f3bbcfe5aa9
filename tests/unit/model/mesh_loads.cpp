// SPDX-License-Identifier: Apache-2.0
// Pressure, traction and weight on unstructured meshes, and the elements that cannot be used.
#include "osteon/model/mesh_loads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "kernels/element/faces.hpp"
#include "osteon/core/error.hpp"
#include "osteon/model/mesh_quality.hpp"
#include "support/block_meshes.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr ElementType k_all[] = {ElementType::tet4, ElementType::tet10, ElementType::hex8, ElementType::hex20,
                                 ElementType::wedge6};

/// Faces that belong to one element only.
std::vector<ElementFace> skin(const UnstructuredMesh& mesh) {
  std::map<std::vector<std::uint32_t>, std::vector<ElementFace>> faces;
  const ElementBlock& block = mesh.blocks[0];
  for (std::uint32_t e = 0; e < block.count(); ++e)
    for (int f = 0; f < face_count(block.type); ++f) {
      const FaceNodes& of = face_nodes(block.type, f);
      std::vector<std::uint32_t> nodes;
      for (int a = 0; a < of.count; ++a)
        nodes.push_back(
            block.nodes[e * static_cast<std::size_t>(node_count(block.type)) + static_cast<std::size_t>(of.node[a])]);
      std::sort(nodes.begin(), nodes.end());
      faces[nodes].push_back({e, static_cast<std::uint8_t>(f)});
    }
  std::vector<ElementFace> out;
  for (const auto& [nodes, of] : faces)
    if (of.size() == 1) out.push_back(of[0]);
  return out;
}

/// Those whose outward normal is along +z.
std::vector<ElementFace> top(const UnstructuredMesh& mesh) {
  std::vector<ElementFace> out;
  for (const ElementFace& face : skin(mesh)) {
    double area = 0;
    if (surface_vector(mesh, {face}, &area)[2] > 0.999 * area) out.push_back(face);
  }
  return out;
}

struct Resultant {
  Vec3 force{}, moment{};
};
Resultant resultant(const UnstructuredMesh& mesh, const std::vector<double>& force) {
  Resultant r;
  for (std::size_t n = 0; n < mesh.node_count(); ++n)
    for (std::size_t i = 0; i < 3; ++i) {
      const std::size_t j = (i + 1) % 3, k = (i + 2) % 3;
      r.force[i] += force[3 * n + i];
      r.moment[i] += mesh.position_mm[3 * n + j] * force[3 * n + k] - mesh.position_mm[3 * n + k] * force[3 * n + j];
    }
  return r;
}

/// Every node pushed a little, surfaces become curved.
void crumple(UnstructuredMesh& mesh) {
  for (std::size_t i = 0; i < mesh.position_mm.size(); ++i)
    mesh.position_mm[i] += 0.03 * std::sin(7.0 * static_cast<double>(i));
}

}  // namespace

TEST_CASE("pressure on a closed surface, curved too, has neither resultant nor moment") {
  for (const ElementType type : k_all) {
    CAPTURE(std::string(element_name(type)));
    UnstructuredMesh mesh = block_mesh(type, 2, 2.0);
    crumple(mesh);
    std::vector<double> force(mesh.position_mm.size());
    add_pressure(mesh, skin(mesh), 3.0, force);
    double size = 0;
    for (const double f : force) size += std::abs(f);
    const Resultant r = resultant(mesh, force);
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(r.force[i]) < 1e-14 * size);
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(r.moment[i]) < 1e-14 * size);
  }
}

TEST_CASE("pressure and traction on one side have the force and moment of the load") {
  for (const ElementType type : k_all) {
    CAPTURE(std::string(element_name(type)));
    const UnstructuredMesh mesh = block_mesh(type, 2, 2.0);
    const std::vector<ElementFace> faces = top(mesh);
    std::vector<double> pushed(mesh.position_mm.size()), pulled(mesh.position_mm.size());
    add_pressure(mesh, faces, 3.0, pushed);
    add_traction(mesh, faces, {1, -2, 5}, pulled);
    const Resultant p = resultant(mesh, pushed), t = resultant(mesh, pulled);
    const Vec3 push = {0, 0, -12}, pull = {4, -8, 20};  // 4 mm2
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(std::abs(p.force[i] - push[i]) < 1e-13);
      CHECK(std::abs(t.force[i] - pull[i]) < 1e-13);
    }
    CHECK(std::abs(p.moment[0] + 12) < 1e-13);  // acts at (1, 1, 2)
    CHECK(std::abs(p.moment[1] - 12) < 1e-13);
    CHECK(std::abs(p.moment[2]) < 1e-13);
    for (std::size_t n = 0; n < mesh.node_count(); ++n)
      if (mesh.position_mm[3 * n + 2] < 1.99) CHECK(pushed[3 * n + 2] == 0);
  }
}

TEST_CASE("nodal forces of a uniform pressure are the text book's: nothing at a tet10's corners") {
  const UnstructuredMesh tet10 = block_mesh(ElementType::tet10, 1, 1.0), hex20 = block_mesh(ElementType::hex20, 1, 1.0);
  const std::vector<ElementFace> face = {top(tet10).at(0)};
  std::vector<double> force(tet10.position_mm.size());
  add_pressure(tet10, face, -6.0, force);  // pulls: 3 N on the triangle, 1 N at each middle
  const FaceNodes& of = face_nodes(ElementType::tet10, face[0].face);
  for (int a = 0; a < 6; ++a) {
    const std::size_t node =
        tet10.blocks[0].nodes[face[0].element * std::size_t{10} + static_cast<std::size_t>(of.node[a])];
    CHECK(std::abs(force[3 * node + 2] - (a < 3 ? 0.0 : 1.0)) < 1e-14);
  }
  std::vector<double> on_cube(hex20.position_mm.size());
  add_pressure(hex20, {{0, 5}}, -12.0, on_cube);  // -1/12 at corners, 1/3 at middles
  for (const std::size_t corner : {4, 5, 6, 7})
    CHECK(std::abs(on_cube[3 * hex20.blocks[0].nodes[corner] + 2] + 1) < 1e-14);
  for (const std::size_t middle : {12, 13, 14, 15})
    CHECK(std::abs(on_cube[3 * hex20.blocks[0].nodes[middle] + 2] - 4) < 1e-14);
}

TEST_CASE("weight is density times volume times acceleration") {
  for (const ElementType type : k_all) {
    CAPTURE(std::string(element_name(type)));
    const UnstructuredMesh mesh = block_mesh(type, 2, 2.0, 0.2);
    std::vector<double> force(mesh.position_mm.size());
    add_gravity(mesh, std::vector<double>(mesh.element_count(), 1.9), {0, 0, -9.80665}, force);
    const Resultant r = resultant(mesh, force);
    CHECK(r.force[0] == 0);
    CHECK(r.force[2] == doctest::Approx(-1.9e-6 * 8 * 9.80665).epsilon(1e-13));
  }
}

TEST_CASE("elements that are turned inside out are named as the file numbers them, the worst first") {
  UnstructuredMesh mesh = block_mesh(ElementType::hex8, 2, 2.0);
  mesh.source = "bone.inp";
  for (std::int64_t e = 0; e < 8; ++e) mesh.file_element_id.push_back(100 + e);
  CHECK_NOTHROW(require_positive_jacobians(mesh));
  for (const double j : {smallest_jacobians(mesh)[3].at_points, smallest_jacobians(mesh)[3].at_nodes})
    CHECK(j == doctest::Approx(0.125).epsilon(1e-13));  // 1 mm3 of a reference cube of 8
  std::uint32_t* nodes = mesh.blocks[0].nodes.data();
  for (int a = 0; a < 4; ++a) std::swap(nodes[8 * 6 + a], nodes[8 * 6 + 4 + a]);  // bottom and top
  std::swap(nodes[8 * 2 + 6], nodes[8 * 2 + 7]);
  try {
    require_positive_jacobians(mesh);
    FAIL("must throw");
  } catch (const InputError& error) {
    const std::string text = error.what();
    CHECK(text.find("bone.inp: 2 of 8 elements") == 0);
    CHECK(text.find("102 (hex8") != std::string::npos);
    CHECK(text.find("106 (hex8, -0.125 mm3)") != std::string::npos);
    CHECK(text.find("106 (") < text.find("102 ("));
  }
}
