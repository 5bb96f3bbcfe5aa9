// SPDX-License-Identifier: Apache-2.0
// Plastic elements against plain B matrices, element by element. The law itself has its own tests (verification).
#include "kernels/plastic/plastic.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "support.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

/// B of Gauss point q from shape functions.
struct StrainMatrix {
  double b[6][24] = {};
  StrainMatrix(int q, const Vec3& h) {
    const double g = 1 / std::sqrt(3.0);
    for (int a = 0; a < 8; ++a) {
      double n[3], dn[3];
      for (int d = 0; d < 3; ++d) {
        const double sign = (a >> d & 1) ? 1 : -1;
        n[d] = (1 + sign * ((q >> d & 1) ? g : -g)) / 2;
        dn[d] = sign / h[d];
      }
      const double grad[3] = {dn[0] * n[1] * n[2], n[0] * dn[1] * n[2], n[0] * n[1] * dn[2]};
      for (int i = 0; i < 3; ++i) b[i][3 * a + i] = grad[i];
      b[k_yz][3 * a + 1] = grad[2], b[k_yz][3 * a + 2] = grad[1];
      b[k_zx][3 * a] = grad[2], b[k_zx][3 * a + 2] = grad[0];
      b[k_xy][3 * a] = grad[1], b[k_xy][3 * a + 1] = grad[0];
    }
  }
};

/// Isotropic voxels, a law for each palette entry, and every second element listed, last first.
struct PlasticProblem {
  StiffnessProblem p = random_problem({17, 9, 11}, {0.3, 0.5, 1.1}, 0.5, 1, 21);
  std::vector<PlasticLaw> laws = {plastic_law(0.3, 0.0041, 0.0083, 0.05, 0.49), plastic_law(0.3, 0.006, 0.006, 0, 0.5)};
  std::vector<std::uint8_t> law_index;
  std::vector<std::uint32_t> elements, corner_nodes;
  std::vector<double> state, u, x;

  PlasticProblem() {
    laws[1].damage_limit = 0.5, laws[1].damage_rate = 20;
    Random random(22);
    for (std::uint32_t e = 0; e < p.mesh.element_count(); ++e) law_index.push_back(random.uniform(0, 1) < 0.5);
    for (std::uint32_t e = p.mesh.element_count(); e-- > 0;)
      if (e % 2 == 0) elements.push_back(e);
    state.resize(elements.size() * 8 * kernels::k_state_values);
    for (double& value : state) value = 0.002 * random.uniform(0, 1);
    u = random_vector<double>(p.dofs(), random);
    for (double& value : u) value *= 0.004;
    x = random_vector<double>(p.dofs(), random);
  }

  double& state_of(std::size_t slot, int q, int value) {
    return state[static_cast<std::size_t>(q * kernels::k_state_values + value) * elements.size() + slot];
  }
  PlasticPoint point(std::size_t slot, int q) {
    PlasticPoint point;
    for (int v = 0; v < 6; ++v) point.plastic_strain[v] = state_of(slot, q, v);
    point.kappa = state_of(slot, q, 6);
    return point;
  }

  /// visit(slot, q, element's nodes, B, strain of u) for every Gauss point listed.
  template <class Visit>
  void for_each_point(const Visit& visit) {
    for (std::size_t slot = 0; slot < elements.size(); ++slot) {
      std::uint32_t nodes[8];
      p.mesh.element_nodes(elements[slot], nodes);
      for (int q = 0; q < 8; ++q) {
        const StrainMatrix m(q, p.mesh.spacing_mm());
        visit(slot, q, nodes, m, strain(m, nodes, u));
      }
    }
  }
  static std::array<double, 6> strain(const StrainMatrix& m, const std::uint32_t nodes[8],
                                      const std::vector<double>& field) {
    std::array<double, 6> e{};
    for (int v = 0; v < 6; ++v)
      for (int i = 0; i < 24; ++i) e[v] += m.b[v][i] * field[std::size_t{3} * nodes[i / 3] + i % 3];
    return e;
  }
  void add_force(const StrainMatrix& m, std::size_t slot, const std::uint32_t nodes[8], const double stress[6],
                 std::vector<double>& f) const {
    const Vec3 h = p.mesh.spacing_mm();
    const double weight = double(p.modulus_mpa[elements[slot]]) * h[0] * h[1] * h[2] / 8;
    for (int i = 0; i < 24; ++i)
      for (int v = 0; v < 6; ++v) f[std::size_t{3} * nodes[i / 3] + i % 3] += weight * m.b[v][i] * stress[v];
  }
};

/// The problem in the memory of a device.
struct OnDevice {
  Device& device;
  DeviceProblem<double> problem;
  Buffer<PlasticLaw> laws;
  Buffer<std::uint8_t> law_index;
  Buffer<std::uint32_t> element, nodes, near_node, first, entry;
  Buffer<double> state, tangent, force, energy, summary;
  kernels::PlasticListView list;
  kernels::PlasticNodesView near;

  OnDevice(Device& device_in, PlasticProblem& p)
      : device(device_in),
        problem(device, p.p),
        laws(device, p.laws),
        law_index(device, p.law_index),
        element(device, p.elements),
        state(device, p.state),
        tangent(device, not_a_number<double>(p.elements.size() * 80)),
        force(device, not_a_number<double>(p.elements.size() * 24)),
        energy(device, std::vector<double>(p.elements.size() * 2, 0.0)),
        summary(device, not_a_number<double>(p.elements.size() * kernels::k_summary_values)) {
    const std::size_t count = p.elements.size();
    std::vector<std::uint32_t> by_corner(8 * count), starts(1, 0), entries, owners;
    std::vector<std::vector<std::uint32_t>> at(p.p.mesh.node_count());
    for (std::size_t slot = 0; slot < count; ++slot) {
      std::uint32_t corner[8];
      p.p.mesh.element_nodes(p.elements[slot], corner);
      for (std::size_t a = 0; a < 8; ++a) {
        by_corner[a * count + slot] = corner[a];
        at[corner[a]].push_back(static_cast<std::uint32_t>(8 * slot + a));
      }
    }
    for (std::uint32_t n = 0; n < at.size(); ++n) {
      if (at[n].empty()) continue;
      owners.push_back(n);
      entries.insert(entries.end(), at[n].begin(), at[n].end());
      starts.push_back(static_cast<std::uint32_t>(entries.size()));
    }
    nodes = Buffer<std::uint32_t>(device, by_corner);
    near_node = Buffer<std::uint32_t>(device, owners);
    first = Buffer<std::uint32_t>(device, starts);
    entry = Buffer<std::uint32_t>(device, entries);
    const Vec3 h = p.p.mesh.spacing_mm();
    list.material = {laws.data(),
                     law_index.data(),
                     problem.view().modulus_mpa,
                     {1 / h[0], 1 / h[1], 1 / h[2]},
                     h[0] * h[1] * h[2] / 8};
    list.count = static_cast<std::uint32_t>(count);
    list.element = element.data();
    list.nodes = nodes.data();
    list.state = state.data();
    list.tangent = tangent.data();
    list.force = force.data();
    list.energy = energy.data();
    list.summary = summary.data();
    near = {static_cast<std::uint32_t>(owners.size()), near_node.data(), first.data(), entry.data()};
  }
};

}  // namespace

TEST_CASE("forces and tangent of plastic elements equal those of plain B matrices") {
  const auto device = make_test_device();
  PlasticProblem p;
  OnDevice d(*device, p);
  const auto& kernels = kernels::plastic_kernels(*device);
  std::vector<double> force(p.p.dofs(), 0), product(p.p.dofs(), 0);
  int yields = 0;
  p.for_each_point([&](std::size_t slot, int q, const std::uint32_t nodes[8], const StrainMatrix& m,
                       const std::array<double, 6>& strain) {
    PlasticPoint point = p.point(slot, q);
    const double before = point.kappa;
    const PlasticLaw& law = p.laws[p.law_index[p.elements[slot]]];
    TangentDrop drop;
    double stress[6], elastic[6], lost[6];
    strain_point(law, strain.data(), point, stress, &drop);
    yields += point.kappa > before;
    elastic_stress(law, strain.data(), elastic);
    for (int v = 0; v < 6; ++v) elastic[v] -= stress[v];
    p.add_force(m, slot, nodes, elastic, force);
    tangent_drop(drop, PlasticProblem::strain(m, nodes, p.x).data(), lost);
    p.add_force(m, slot, nodes, lost, product);
  });
  REQUIRE(yields > 1000);
  const Buffer<double> u(*device, p.u), x(*device, p.x);
  Buffer<double> y(*device, std::vector<double>(p.p.dofs(), 0.0));

  kernels.update(*device, d.list, u.data());
  kernels.subtract(*device, d.list, d.near, y.data());
  const std::vector<double> minus_force = y.to_host();
  kernels.product(*device, d.list, x.data());
  y.set_zero();
  kernels.subtract(*device, d.list, d.near, y.data());
  const std::vector<double> minus_product = y.to_host();

  for (double& value : force) value = -value;
  for (double& value : product) value = -value;
  CHECK(difference(minus_force, force) < 1e-12);
  CHECK(difference(minus_product, product) < 1e-12);
  CHECK(same_bits(d.state.to_host(), p.state));  // an update is no commitment
}

TEST_CASE("a commitment leaves the new state, its summary, and the energy of the step") {
  const auto device = make_test_device();
  PlasticProblem p;
  OnDevice d(*device, p);
  std::vector<double> next = p.u;
  for (double& value : next) value *= 1.5;
  std::vector<double> state(p.state.size()), strain_size(p.elements.size(), 0), dissipated(p.elements.size(), 0);
  const std::vector<double> before = p.u;
  p.u = next;
  p.for_each_point([&](std::size_t slot, int q, const std::uint32_t nodes[8], const StrainMatrix& m,
                       const std::array<double, 6>& strain) {
    const PlasticLaw& law = p.laws[p.law_index[p.elements[slot]]];
    PlasticPoint point = p.point(slot, q), there = point;
    const std::array<double, 6> old = PlasticProblem::strain(m, nodes, before);
    double old_stress[6], stress[6], work = 0, stored = 0, was_stored = 0, squares = 0;
    strain_point(law, old.data(), there, old_stress, nullptr);
    strain_point(law, strain.data(), point, stress, nullptr);
    for (int v = 0; v < 6; ++v) {
      const double e = point.plastic_strain[v];
      work += (old_stress[v] + stress[v]) / 2 * (strain[v] - old[v]);
      stored += stress[v] * (strain[v] - e) / 2;
      was_stored += old_stress[v] * (old[v] - there.plastic_strain[v]) / 2;
      squares += v < 3 ? e * e : e * e / 2;
      state[static_cast<std::size_t>(q * 7 + v) * p.elements.size() + slot] = e;
    }
    state[static_cast<std::size_t>(q * 7 + 6) * p.elements.size() + slot] = point.kappa;
    strain_size[slot] += std::sqrt(2 * squares / 3) / 8;
    const Vec3 h = p.p.mesh.spacing_mm();
    dissipated[slot] +=
        (work + was_stored - stored) * double(p.p.modulus_mpa[p.elements[slot]]) * h[0] * h[1] * h[2] / 8;
  });
  const Buffer<double> old_u(*device, before), new_u(*device, next);

  kernels::plastic_kernels(*device).commit(*device, d.list, old_u.data(), new_u.data());

  CHECK(difference(d.state.to_host(), state) < 1e-12);
  const std::vector<double> summary = d.summary.to_host(), energy = d.energy.to_host();
  const auto part = [&](const std::vector<double>& all, std::size_t which) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(which * p.elements.size());
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(p.elements.size()));
  };
  CHECK(difference(part(summary, kernels::k_plastic_strain), strain_size) < 1e-12);
  CHECK(difference(part(energy, 1), dissipated) < 1e-11);
  for (const double share : part(summary, kernels::k_yielded_share)) CHECK(share == 1);  // kappa was above 0 everywhere
}

TEST_CASE("the utilisation of every element is the largest of its points") {
  const auto device = make_test_device();
  PlasticProblem p;
  p.elements.clear();
  for (std::uint32_t e = 0; e < p.p.mesh.element_count(); ++e) p.elements.push_back(e);
  p.laws[1] = PlasticLaw{};  // elastic
  std::vector<double> expected(p.elements.size(), 0);
  p.for_each_point(
      [&](std::size_t slot, int, const std::uint32_t*, const StrainMatrix&, const std::array<double, 6>& strain) {
        if (p.law_index[slot] == 0)
          expected[slot] = std::max(expected[slot], utilisation(p.laws[0], strain.data(), PlasticPoint{{}, 0}));
      });
  p.state.assign(p.elements.size() * 56, 0);
  OnDevice d(*device, p);
  const Buffer<double> u(*device, p.u);
  Buffer<double> value(*device, not_a_number<double>(p.elements.size()));

  kernels::plastic_kernels(*device).utilisation(*device, d.problem.view().grid, d.list.material, u.data(),
                                                value.data());

  CHECK(difference(value.to_host(), expected) < 1e-12);
}
