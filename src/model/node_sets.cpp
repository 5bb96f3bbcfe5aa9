// SPDX-License-Identifier: Apache-2.0
// Finding nodes on a voxel mesh: ends, sides and boxes.
#include "node_sets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "osteon/core/error.hpp"

namespace osteon {

namespace {

template <class Keep>
NodeList select_nodes(const VoxelMesh& mesh, Keep keep) {
  NodeList nodes;
  const auto& positions = mesh.node_positions();
  for (std::uint32_t n = 0; n < positions.size(); ++n)
    if (keep(positions[n])) nodes.push_back(n);
  return nodes;
}

NodeList end_layer_nodes(const VoxelMesh& mesh, const LoadCaseSpec& spec, Axis axis, End end) {
  const int a = static_cast<int>(axis);
  const int plane = end == End::low ? 0 : mesh.size()[a];
  NodeList nodes = select_nodes(mesh, [&](const Index3& p) { return p[a] == plane; });
  if (nodes.empty())
    throw InputError(
        fmt::format("load case '{}': the {} layer of the image along {} holds no bone, so there is nothing to "
                    "load or hold. Crop the image to the bone, or set surface = \"visible\"",
                    spec.name, end == End::low ? "first" : "last", axis_name(axis)));
  return nodes;
}

/// Height of the first bone met from one end in every column along the axis; -1 in empty columns.
std::vector<int> first_bone(const VoxelMesh& mesh, int a, End end) {
  const int b = (a + 1) % 3, c = (a + 2) % 3;
  std::vector<int> first(static_cast<std::size_t>(mesh.size()[b]) * mesh.size()[c], -1);
  for (const Index3& p : mesh.element_positions()) {
    int& height = first[static_cast<std::size_t>(p[c]) * mesh.size()[b] + p[b]];
    if (height < 0 || (end == End::low ? p[a] < height : p[a] > height)) height = p[a];
  }
  return first;
}

NodeList visible_nodes(const VoxelMesh& mesh, const LoadCaseSpec& spec, Axis axis, End end) {
  if (mesh.element_count() == 0) throw InputError(fmt::format("load case '{}': the mesh holds no bone", spec.name));
  const int a = static_cast<int>(axis), b = (a + 1) % 3, c = (a + 2) % 3;
  const std::vector<int> first = first_bone(mesh, a, end);
  int outermost = -1;
  for (const int height : first)
    if (height >= 0 && (outermost < 0 || (end == End::low ? height < outermost : height > outermost)))
      outermost = height;

  const double spacing = mesh.spacing_mm()[a];
  const double deepest = spec.surface_depth_mm > 0 ? spec.surface_depth_mm + 1e-6 * spacing : 1e300;
  NodeList nodes;
  for (int v = 0; v < mesh.size()[c]; ++v)
    for (int u = 0; u < mesh.size()[b]; ++u) {
      const int height = first[static_cast<std::size_t>(v) * mesh.size()[b] + u];
      if (height < 0 || std::abs(height - outermost) * spacing > deepest) continue;
      for (int corner = 0; corner < 4; ++corner) {
        Index3 p;
        p[a] = end == End::low ? height : height + 1;
        p[b] = u + (corner & 1);
        p[c] = v + (corner >> 1);
        nodes.push_back(mesh.node_at(p));
      }
    }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

}  // namespace

NodeList end_nodes(const VoxelMesh& mesh, const LoadCaseSpec& spec, Axis axis, End end) {
  return spec.surface == SurfaceRule::end_layer ? end_layer_nodes(mesh, spec, axis, end)
                                                : visible_nodes(mesh, spec, axis, end);
}

NodeList outer_nodes(const VoxelMesh& mesh) {
  const Index3 size = mesh.size();
  return select_nodes(mesh, [&](const Index3& p) {
    return p.x == 0 || p.y == 0 || p.z == 0 || p.x == size.x || p.y == size.y || p.z == size.z;
  });
}

NodeList nodes_in_box(const VoxelMesh& mesh, const std::array<double, 6>& box_mm) {
  const Vec3 spacing = mesh.spacing_mm();
  return select_nodes(mesh, [&](const Index3& p) {
    for (int d = 0; d < 3; ++d) {
      const double x = p[d] * spacing[d], slack = 1e-6 * spacing[d];  // faces count in spite of rounding
      if (x < box_mm[2 * d] - slack || x > box_mm[2 * d + 1] + slack) return false;
    }
    return true;
  });
}

NodeList nodes_of_label(const VoxelMesh& mesh, const VoxelImage& labels, int label) {
  std::vector<std::uint8_t> touched(mesh.node_count(), 0);
  for (const Index3& p : mesh.element_positions()) {
    if (labels.at(p.x, p.y, p.z) != static_cast<float>(label)) continue;
    for (int corner = 0; corner < 8; ++corner)
      touched[mesh.node_at({p.x + (corner & 1), p.y + (corner >> 1 & 1), p.z + (corner >> 2)})] = 1;
  }
  NodeList nodes;
  for (std::uint32_t n = 0; n < touched.size(); ++n)
    if (touched[n] != 0) nodes.push_back(n);
  return nodes;
}

NodeList outermost(const VoxelMesh& mesh, NodeList nodes, Axis axis, End end) {
  const int a = static_cast<int>(axis);
  const auto& positions = mesh.node_positions();
  int plane = -1;
  for (const std::uint32_t n : nodes) {
    const int height = positions[n][a];
    if (plane < 0 || (end == End::low ? height < plane : height > plane)) plane = height;
  }
  nodes.erase(std::remove_if(nodes.begin(), nodes.end(), [&](std::uint32_t n) { return positions[n][a] != plane; }),
              nodes.end());
  return nodes;
}

Vec3 node_position_mm(const VoxelMesh& mesh, std::uint32_t node) {
  const Index3& p = mesh.node_positions()[node];
  const Vec3 h = mesh.spacing_mm();
  return {p.x * h[0], p.y * h[1], p.z * h[2]};
}

}  // namespace osteon
