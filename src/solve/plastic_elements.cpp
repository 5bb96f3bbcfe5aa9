// SPDX-License-Identifier: Apache-2.0
#include "plastic_elements.hpp"

#include <algorithm>

#include "kernels/grid/brick_elements.hpp"

namespace osteon {

namespace {

constexpr std::size_t k_corners = 8;
constexpr std::size_t k_state_arrays = k_gauss_points * kernels::k_state_values;
constexpr std::size_t k_tangent_arrays = k_gauss_points * kernels::k_tangent_values;

}  // namespace

PlasticElements::PlasticElements(const FineOperator& fine, const ElasticProblem& problem,
                                 const PlasticMaterial& material)
    : device_(fine.device()),
      kernels_(kernels::plastic_kernels(device_)),
      host_grid_(problem.grid),
      grid_(fine.view().grid),
      laws_(device_, *material.laws),
      law_index_(device_, *material.law_index),
      utilisation_(device_, problem.grid.element_count),
      is_listed_(problem.grid.element_count, 0) {
  OSTEON_ASSERT(material.law_index->size() == problem.grid.element_count);
  material_.laws = laws_.data();
  material_.law_index = law_index_.data();
  material_.modulus_mpa = fine.view().modulus_mpa;
  material_.point_volume = 1.0 / k_gauss_points;
  for (int d = 0; d < 3; ++d) {
    material_.inverse_h[d] = 1 / problem.spacing_mm[d];
    material_.point_volume *= problem.spacing_mm[d];
  }
}

kernels::PlasticListView PlasticElements::view() {
  kernels::PlasticListView view;
  view.material = material_;
  view.count = static_cast<std::uint32_t>(elements_.size());
  view.element = element_.data();
  view.nodes = nodes_.data();
  view.state = state_.data();
  view.tangent = tangent_.data();
  view.force = force_.data();
  view.energy = energy_.data();
  view.summary = summary_.data();
  return view;
}

kernels::PlasticNodesView PlasticElements::nodes_view() const {
  return {static_cast<std::uint32_t>(near_node_.size()), near_node_.data(), first_.data(), entry_.data()};
}

std::vector<double> PlasticElements::utilisation(const double* u) {
  kernels_.utilisation(device_, grid_, material_, u, utilisation_.data());
  return utilisation_.to_host();
}

void PlasticElements::list(const std::vector<double>& utilisation) {
  const std::size_t before = elements_.size();
  for (std::int32_t b = 0; b < host_grid_.brick_count; ++b)
    for_each_element(host_grid_, b, [&](std::uint32_t element, int x, int y, int z) {
      if (is_listed_[element] != 0 || !(utilisation[element] > 1)) return;
      is_listed_[element] = 1;
      elements_.push_back(element);
      for (int a = 0; a < 8; ++a)
        corner_nodes_.push_back(host_grid_.node_near(b, x + (a & 1), y + (a >> 1 & 1), z + (a >> 2)));
    });
  const std::size_t count = elements_.size();
  if (count == before) return;
  grow(state_, k_state_arrays, before);
  grow(energy_, 2, before);
  grow(summary_, kernels::k_summary_values, before);
  tangent_ = Buffer<double>(device_, k_tangent_arrays * count);
  tangent_.set_zero();
  force_ = Buffer<double>(device_, 3 * k_corners * count);
  element_ = Buffer<std::uint32_t>(device_, elements_);
  std::vector<std::uint32_t> by_corner(k_corners * count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t a = 0; a < k_corners; ++a) by_corner[a * count + i] = corner_nodes_[k_corners * i + a];
  nodes_ = Buffer<std::uint32_t>(device_, by_corner);
  make_node_lists(corner_nodes_);
}

/// Arrays of `old_count` values become arrays of the present count, zero behind.
void PlasticElements::grow(Buffer<double>& values, std::size_t arrays, std::size_t old_count) {
  Buffer<double> larger(device_, arrays * elements_.size());
  larger.set_zero();
  if (old_count > 0)
    for (std::size_t k = 0; k < arrays; ++k)
      device_.copy_on_device(larger.data() + k * elements_.size(), values.data() + k * old_count,
                             old_count * sizeof(double));
  values = std::move(larger);
}

/// Which corners of which listed elements lie at a node, node by node in ascending order.
void PlasticElements::make_node_lists(const std::vector<std::uint32_t>& nodes) {
  std::vector<std::uint32_t> start(std::size_t{host_grid_.node_count} + 1, 0);
  for (const std::uint32_t node : nodes) ++start[node + 1];
  std::vector<std::uint32_t> near, first(1, 0);
  for (std::uint32_t node = 0; node < host_grid_.node_count; ++node) {
    if (start[node + 1] > 0) {
      near.push_back(node);
      first.push_back(first.back() + start[node + 1]);
    }
    start[node + 1] += start[node];
  }
  std::vector<std::uint32_t> entry(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) entry[start[nodes[i]]++] = static_cast<std::uint32_t>(i);
  near_node_ = Buffer<std::uint32_t>(device_, near);
  first_ = Buffer<std::uint32_t>(device_, first);
  entry_ = Buffer<std::uint32_t>(device_, entry);
}

void PlasticElements::update(const double* u) {
  list(utilisation(u));
  if (!elements_.empty()) kernels_.update(device_, view(), u);
}

void PlasticElements::commit(const double* before, const double* next) {
  if (!elements_.empty()) kernels_.commit(device_, view(), before, next);
}

void PlasticElements::subtract_forces(double* y) {
  if (!elements_.empty()) kernels_.subtract(device_, view(), nodes_view(), y);
}

void PlasticElements::subtract_product(const double* x, double* y) {
  if (elements_.empty()) return;
  kernels_.product(device_, view(), x);
  kernels_.subtract(device_, view(), nodes_view(), y);
}

PlasticState PlasticElements::to_host() const {
  const std::size_t count = elements_.size();
  PlasticState state;
  state.elements = elements_;
  if (count == 0) return state;
  const std::vector<double> summary = summary_.to_host(), energy = energy_.to_host();
  const auto part = [&](int which) {
    const auto begin = summary.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(which) * count);
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(count));
  };
  state.plastic_strain = part(kernels::k_plastic_strain);
  state.damage = part(kernels::k_damage);
  state.yielded_share = part(kernels::k_yielded_share);
  for (std::size_t i = 0; i < count; ++i) {
    state.stored_beyond_mj += energy[i];
    state.dissipated_mj += energy[count + i];
  }
  return state;
}

void TangentOperator::apply_dot(int columns, const double* x, double* y, double* result) {
  fine_.apply_dot(columns, x, y, result);
  const std::size_t n = dof_count();
  for (int column = 0; column < columns; ++column)
    plastic_.subtract_product(x + static_cast<std::size_t>(column) * n, y + static_cast<std::size_t>(column) * n);
  vectors_.dot(device(), columns, n, x, y, result);
}

}  // namespace osteon
