// SPDX-License-Identifier: Apache-2.0
#include "assembled_operator.hpp"

#include "kernels/element/shapes.hpp"
#include "kernels/vector/vector.hpp"
#include "mesh_pattern.hpp"

namespace osteon {

namespace {
/// Rows of one chunk on the CPU: their values, 1 MB for tet10, stay in the second-level cache. 128 to 2048 take the
/// same time within the noise: larger ones compute fewer elements twice, and leave that cache (kernels/README.md).
constexpr std::uint32_t k_chunk_rows = 512;
}  // namespace

std::vector<double> reference_table(ElementType type) {
  return with_shape(type, [](auto shape) {
    using Shape = decltype(shape);
    std::vector<double> table;
    for (int q = 0; q < Shape::k_points; ++q) {
      double xi[3], weight, value, slope[3];
      Shape::point(q, xi, weight);
      table.push_back(weight);
      for (int a = 0; a < Shape::k_nodes; ++a) {
        Shape::node(a, xi, value, slope);
        table.insert(table.end(), slope, slope + 3);
      }
    }
    return table;
  });
}

AssembledOperator::AssembledOperator(Device& device, const MeshProblem& problem, AssemblyLayout layout)
    : device_(&device),
      by_entries_(layout == AssemblyLayout::entries ||
                  (layout == AssemblyLayout::by_device && device.kind() == DeviceKind::cuda)),
      graph_(mesh_graph(problem)),
      start_(device, graph_.start),
      column_(device, graph_.column),
      position_(device, *problem.position_mm),
      values_(device, kernels::k_node_block * graph_.column.size()),
      palette_(device, *problem.palette) {
  OSTEON_ASSERT(problem.elements.size() <= k_element_types);
  for (const MeshElements& elements : problem.elements) elements_.push_back(upload(elements));
  if (by_entries_)
    for (std::size_t t = 0; t < elements_.size(); ++t) {
      const std::size_t points = elements_[t].nodes.size() /
                                 static_cast<std::size_t>(osteon::node_count(elements_[t].type)) *
                                 static_cast<std::size_t>(point_count(elements_[t].type));
      Buffer<double> geometry(device, 9 * points);
      kernels::assembly_kernels(device).find_geometry(device, view(), static_cast<int>(t), geometry.data());
      elements_[t].geometry = std::move(geometry);
    }
  assemble();
}

AssembledOperator::Elements AssembledOperator::upload(const MeshElements& host) const {
  Device& device = *device_;
  const std::size_t count = host.nodes->size() / static_cast<std::size_t>(osteon::node_count(host.type));
  const std::size_t points = static_cast<std::size_t>(point_count(host.type));
  OSTEON_ASSERT(host.modulus_mpa->size() == count || host.modulus_mpa->size() == count * points);
  const std::vector<std::uint16_t> place = block_places(host, graph_);
  const NumberLists lists =
      by_entries_ ? entry_lists(host, graph_, place) : chunk_lists(host, graph_.rows(), k_chunk_rows);
  Elements out;
  out.type = host.type;
  out.moduli = host.modulus_mpa->size() == count ? 1 : static_cast<int>(points);
  out.nodes = Buffer<std::uint32_t>(device, *host.nodes);
  out.list_start = Buffer<std::uint32_t>(device, lists.start);
  out.list = Buffer<std::uint32_t>(device, lists.number);
  if (!by_entries_) out.place = Buffer<std::uint16_t>(device, place);
  out.reference = Buffer<double>(device, reference_table(host.type));
  if (host.axes != nullptr) out.axes = Buffer<double>(device, *host.axes);
  out.modulus = Buffer<float>(device, *host.modulus_mpa);
  if (host.palette_index != nullptr) out.law = Buffer<std::uint8_t>(device, *host.palette_index);
  return out;
}

kernels::AssemblyView AssembledOperator::view() const {
  kernels::AssemblyView view;
  view.rows = graph_.rows();
  view.blocks = static_cast<std::int64_t>(graph_.column.size());
  view.start = start_.data();
  view.position_mm = position_.data();
  view.palette = palette_.data();
  view.chunk_rows = k_chunk_rows;
  view.chunk_count = (view.rows + k_chunk_rows - 1) / k_chunk_rows;
  view.by_entries = by_entries_;
  for (const Elements& e : elements_) {
    kernels::ElementsView& s = view.elements[view.types++];
    s.type = e.type;
    s.count = static_cast<std::uint32_t>(e.nodes.size() / static_cast<std::size_t>(osteon::node_count(e.type)));
    s.nodes = e.nodes.data();
    s.reference = e.reference.data();
    s.modulus_mpa = e.modulus.data();
    s.moduli = e.moduli;
    s.law = e.law.data();
    s.axes = e.axes.data();
    s.place = e.place.data();
    (by_entries_ ? s.entry_start : s.chunk_start) = e.list_start.data();
    (by_entries_ ? s.contribution : s.chunk_elements) = e.list.data();
    s.geometry = e.geometry.data();
  }
  return view;
}

void AssembledOperator::set_moduli(std::size_t type, const std::vector<float>& modulus_mpa) {
  elements_[type].modulus.copy_from(modulus_mpa);
}

void AssembledOperator::assemble() {
  kernels::assembly_kernels(*device_).assemble(*device_, view(), values_.data());
  if (!values_f32_.empty())
    kernels::vector_kernels<double>(*device_).scale_to_float(*device_, 1, values_.size(), nullptr, values_.data(),
                                                             values_f32_.data());
}

kernels::NodeMatrixView<double> AssembledOperator::matrix() const {
  return {graph_.rows(), start_.data(), column_.data(), values_.data()};
}

kernels::NodeMatrixView<float> AssembledOperator::matrix_f32() {
  if (values_f32_.empty()) {
    values_f32_ = Buffer<float>(*device_, values_.size());
    kernels::vector_kernels<double>(*device_).scale_to_float(*device_, 1, values_.size(), nullptr, values_.data(),
                                                             values_f32_.data());
  }
  return {graph_.rows(), start_.data(), column_.data(), values_f32_.data()};
}

void AssembledOperator::apply(const float* x, float* y) {
  kernels::node_matrix_kernels<float>(*device_).multiply(*device_, matrix_f32(), 1, x, y);
  ++applications_;
}

void AssembledOperator::apply(const double* x, double* y) {
  kernels::node_matrix_kernels<double>(*device_).multiply(*device_, matrix(), 1, x, y);
  ++applications_;
}

void AssembledOperator::apply_dot(int columns, const double* x, double* y, double* result) {
  kernels::node_matrix_kernels<double>(*device_).multiply_dot(*device_, matrix(), columns, x, y, result);
  ++applications_;
}

void AssembledOperator::smooth(int columns, const kernels::NodeStep<float>& step) {
  kernels::node_matrix_kernels<float>(*device_).smooth(*device_, matrix_f32(), columns, step);
}

void AssembledOperator::smooth(int columns, const kernels::NodeStep<double>& step) {
  kernels::node_matrix_kernels<double>(*device_).smooth(*device_, matrix(), columns, step);
}

}  // namespace osteon
