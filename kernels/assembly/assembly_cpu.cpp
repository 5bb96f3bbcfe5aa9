// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include "kernels/assembly/assembly_body.hpp"
#include "kernels/cpu_loop.hpp"
#include "kernels/node_matrix/node_matrix.hpp"

namespace osteon::kernels::cpu {

namespace {

/// Adds element e to the rows [begin, end).
template <class Shape>
void add_element(const AssemblyView& v, const ElementsView& s, std::size_t e, std::uint32_t begin, std::uint32_t end,
                 double* values) {
  constexpr int n = Shape::k_nodes;
  double h[Shape::k_points][n][3];
  for (int q = 0; q < Shape::k_points; ++q) {
    const double* slopes = s.reference + q * (1 + 3 * n) + 1;
    const double root = std::sqrt(point_modulus(s, e, q));
    double m[3][3];
    point_geometry<Shape>(v, s, e, q, m);
    for (double(&row)[3] : m)
      for (double& entry : row) entry *= root;
    for (int a = 0; a < n; ++a) scaled_gradient(m, slopes + 3 * a, h[q][a]);
  }
  const std::uint32_t* nodes = s.nodes + e * n;
  const std::uint16_t* place = s.place + e * n * n;
  double* row[n];  // null where another chunk has it
  for (int a = 0; a < n; ++a)
    row[a] = nodes[a] >= begin && nodes[a] < end ? values + k_node_block * v.start[nodes[a]] : nullptr;
  for (int a = 0; a < n; ++a)
    for (int b = a; b < n; ++b) {
      if (row[a] == nullptr && row[b] == nullptr) continue;
      double g[3][3] = {}, block[3][3];
      for (int q = 0; q < Shape::k_points; ++q)
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) g[i][j] += h[q][a][i] * h[q][b][j];
      finish_block(v, s, e, g, block);
      if (row[a] != nullptr) {
        double* to = row[a] + k_node_block * place[a * n + b];
        for (int i = 0; i < 9; ++i) to[i] += block[i / 3][i % 3];
      }
      if (a != b && row[b] != nullptr) {
        double* to = row[b] + k_node_block * place[b * n + a];
        for (int i = 0; i < 9; ++i) to[i] += block[i % 3][i / 3];
      }
    }
}

class AssemblyCpu final : public AssemblyKernels {
 public:
  void find_geometry(Device& device, const AssemblyView& view, int type, double* geometry) const override {
    const ElementsView& s = view.elements[type];
    with_shape(s.type, [&](auto shape) {
      using Shape = decltype(shape);
      for_each(device, s.count * std::size_t{Shape::k_points}, FindGeometry<Shape>{view, s, geometry});
    });
  }
  void assemble(Device& device, const AssemblyView& view, double* values) const override {
    if (view.by_entries)
      by_entries(device, view, values);
    else
      by_chunks(device, view, values);
  }

 private:
  static void by_entries(Device& device, const AssemblyView& view, double* values) {
    for (int t = 0; t < view.types; ++t)
      with_shape(view.elements[t].type, [&](auto shape) {
        for_each(device, static_cast<std::size_t>(view.blocks),
                 AssembleEntry<decltype(shape)>{view, view.elements[t], t == 0, values});
      });
  }
  static void by_chunks(Device& device, const AssemblyView& view, double* values) {
    KernelScope scope(device);
#pragma omp parallel for schedule(dynamic)
    for (std::uint32_t chunk = 0; chunk < view.chunk_count; ++chunk) {
      const std::uint32_t begin = chunk * view.chunk_rows, end = std::min(view.rows, begin + view.chunk_rows);
      std::fill(values + k_node_block * view.start[begin], values + k_node_block * view.start[end], 0.0);
      for (int t = 0; t < view.types; ++t)
        with_shape(view.elements[t].type, [&](auto shape) {
          const ElementsView& s = view.elements[t];
          for (std::uint32_t i = s.chunk_start[chunk]; i < s.chunk_start[chunk + 1]; ++i)
            add_element<decltype(shape)>(view, s, s.chunk_elements[i], begin, end, values);
        });
    }
  }
};

}  // namespace

const AssemblyKernels& assembly() {
  static const AssemblyCpu kernels;
  return kernels;
}

}  // namespace osteon::kernels::cpu
