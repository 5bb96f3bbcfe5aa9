// SPDX-License-Identifier: Apache-2.0
// Reactions and the independent check against closed forms, an assembled matrix, and a direct solve.
#include <doctest/doctest.h>
#include <omp.h>

#include <cmath>

#include "osteon/mechanics/fields.hpp"
#include "small_model.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

double square_sum(const std::vector<double>& values) { return as_vector(values).squaredNorm(); }

/// Adds noise to the free components only.
std::vector<double> disturbed(const ElasticModel& model, const ResolvedLoadCase& load_case, std::vector<double> u,
                              double size) {
  const std::vector<double> noise = random_field(model, 9);
  for (std::size_t i = 0; i < u.size(); ++i)
    if (!(load_case.constrained[i / 3] >> i % 3 & 1)) u[i] += size * noise[i];
  return u;
}

/// Both z ends clamped and turned by `angle` (bending: half each) about `axis`, through the middle of the grid's
/// section.
ResolvedLoadCase turned_case(const ElasticModel& model, double angle, LoadType type, int axis) {
  ResolvedLoadCase load_case = platen_case(model, 0);
  load_case.spec.type = type;
  load_case.spec.direction = static_cast<Axis>(axis);
  load_case.spec.angle_rad = angle;
  const Vec3 h = model.mesh->spacing_mm();
  const Index3 size = model.mesh->size();
  const Vec3 centre = {h[0] * size.x / 2, h[1] * size.y / 2, h[2] * size.z};
  load_case.rotation_centre_mm = centre;
  auto turn = [&](std::uint32_t node, double amount) {
    Vec3 arm = node_place(model, node);
    for (int d = 0; d < 3; ++d) arm[d] -= d == 2 ? arm[2] : centre[d];  // in the plane of its own end
    const int j = (axis + 1) % 3, k = (axis + 2) % 3;
    prescribe(load_case, node, j, -amount * arm[k]);
    prescribe(load_case, node, k, amount * arm[j]);
  };
  for (const std::uint32_t node : load_case.loaded_nodes) turn(node, type == LoadType::bending ? angle / 2 : angle);
  if (type == LoadType::bending)
    for (const std::uint32_t node : load_case.support_nodes) turn(node, -angle / 2);
  return load_case;
}

/// Moment about the middle of the grid's section at height z, from nodal forces.
double moment_about(const ElasticModel& model, const std::vector<std::uint32_t>& nodes,
                    const std::vector<double>& force, int axis) {
  const int j = (axis + 1) % 3, k = (axis + 2) % 3;
  double moment = 0;
  for (const std::uint32_t node : nodes) {
    Vec3 arm = node_place(model, node);
    for (int d = 0; d < 3; ++d) arm[d] -= d == 2 ? arm[2] : model.mesh->spacing_mm()[d] * model.mesh->size()[d] / 2;
    moment += arm[j] * force[3 * node + k] - arm[k] * force[3 * node + j];
  }
  return moment;
}

}  // namespace

TEST_CASE("a bar of two materials in series has the closed-form force, stiffness and apparent modulus") {
  ElasticModel model =
      make_model({3, 2, 10}, {0.5, 0.7, 0.3}, [](int, int, int) { return true; }, {isotropic_elasticity(1, 0.0)});
  const double e_low = 2000, e_high = 500, length_low = 4 * 0.3, length_high = 6 * 0.3;
  for (std::size_t e = 0; e < model.mesh->element_count(); ++e)
    model.material.modulus_mpa[e] = model.mesh->element_positions()[e].z < 4 ? 2000.0f : 500.0f;
  const double d = -0.03, area = 1.5 * 1.4;
  const double force = d * area / (length_low / e_low + length_high / e_high);
  const ResolvedLoadCase load_case = platen_case(model, d);
  std::vector<double> u;
  for (std::size_t node = 0; node < model.mesh->node_count(); ++node) {
    const double z = node_place(model, node)[2];
    const double stress = force / area;
    u.insert(u.end(),
             {0, 0, z < length_low ? stress * z / e_low : stress * (length_low / e_low + (z - length_low) / e_high)});
  }

  IndependentCheck check;
  const ReactionReport report = evaluate_reactions(model, load_case, u, check, nullptr);

  CHECK(report.from_energy);
  CHECK(report.reaction_force_n[2] == doctest::Approx(force).epsilon(1e-12));
  CHECK(report.reaction_force_n[2] < 0);
  CHECK(std::fabs(report.reaction_force_n[0]) < 1e-12 * std::fabs(force));
  CHECK(report.stiffness_n_per_mm == doctest::Approx(force / d).epsilon(1e-12));
  CHECK(report.apparent_modulus_mpa ==
        doctest::Approx(3.0 / (length_low / e_low + length_high / e_high)).epsilon(1e-12));
  CHECK(report.strain_energy_mj == doctest::Approx(force * d / 2).epsilon(1e-12));
  CHECK(check.relative_residual < 1e-13);
  CHECK(check.force_balance_error < 1e-13);
  CHECK(check.energy_error < 1e-13);
  CHECK(check.constraint_error_mm < 1e-16);
}

TEST_CASE("nodal forces equal the assembled matrix times the displacement") {
  const ElasticModel model = l_shaped_model();
  const std::vector<double> u = random_field(model, 1);
  const Eigen::VectorXd expected = assembled_stiffness(model) * as_vector(u);

  IndependentCheck check;
  std::vector<double> force;
  const ReactionReport report = evaluate_reactions(model, platen_case(model, 0.1), u, check, &force);

  CHECK((as_vector(force) - expected).norm() < 1e-14 * expected.norm());
  CHECK(report.strain_energy_mj == doctest::Approx(as_vector(u).dot(expected) / 2).epsilon(1e-13));
}

TEST_CASE("under constant strain the energy is 1/2 stress strain volume and all forces balance") {
  const ElasticModel model = l_shaped_model();
  const Vec3 h = model.mesh->spacing_mm();
  for (int state = 0; state < 6; ++state) {
    std::array<double, 6> strain{};
    strain[state] = 0.01;
    double stiffness = 0;  // summed over the elements
    for (std::size_t e = 0; e < model.mesh->element_count(); ++e) {
      const Elasticity& law = model.material.palette[model.material.palette_index[e]];
      stiffness += model.material.modulus_mpa[e] * (state < 3 ? law.normal[state][state] : law.shear[state - 3]);
    }
    ResolvedLoadCase load_case = empty_case(model);
    load_case.constrained.assign(model.mesh->node_count(), 7);
    const std::vector<double> u = affine_field(model, gradient_of(strain).g);
    load_case.prescribed_mm = NodeValues(u, load_case.constrained);

    IndependentCheck check;
    const ReactionReport report = evaluate_reactions(model, load_case, u, check, nullptr);

    CHECK(report.strain_energy_mj == doctest::Approx(0.5e-4 * stiffness * h[0] * h[1] * h[2]).epsilon(1e-12));
    CHECK(check.force_balance_error < 1e-13);
    CHECK(check.energy_error < 1e-13);
    CHECK(check.relative_residual == 0);
  }
}

TEST_CASE("on an asymmetric bone energy and nodal forces give the same reaction, and the residual is nothing") {
  const ElasticModel model = l_shaped_model();
  for (const int component : {2, 0, 1}) {
    const double d = -0.2;
    const ResolvedLoadCase load_case = platen_case(model, d, component);
    const std::vector<double> u = direct_solution(model, load_case);

    IndependentCheck check;
    std::vector<double> force;
    const ReactionReport report = evaluate_reactions(model, load_case, u, check, &force);

    Vec3 sum = {0, 0, 0};
    for (const std::uint32_t node : load_case.loaded_nodes)
      for (int c = 0; c < 3; ++c) sum[c] += force[3 * node + c];
    CHECK(report.from_energy);
    for (int c = 0; c < 3; ++c) CHECK(report.reaction_force_n[c] == doctest::Approx(sum[c]).epsilon(1e-10));
    CHECK(report.reaction_force_n[component] < 0);
    CHECK(report.stiffness_n_per_mm == doctest::Approx(sum[component] / d).epsilon(1e-10));
    CHECK(check.relative_residual < 1e-10);
    CHECK(check.force_balance_error < 1e-10);
    CHECK(check.energy_error < 1e-10);
  }
}

TEST_CASE("the energy form forgives an error of the displacement twice as fast as a sum of forces") {
  const ElasticModel model = l_shaped_model();
  const ResolvedLoadCase load_case = platen_case(model, -0.2);
  const std::vector<double> u = direct_solution(model, load_case);
  auto errors = [&](double noise) {
    IndependentCheck check;
    std::vector<double> force;
    const ReactionReport exact = evaluate_reactions(model, load_case, u, check, nullptr);
    const ReactionReport report =
        evaluate_reactions(model, load_case, disturbed(model, load_case, u, noise), check, &force);
    double sum = 0;
    for (const std::uint32_t node : load_case.loaded_nodes) sum += force[3 * node + 2];
    return std::array<double, 2>{std::fabs(report.reaction_force_n[2] / exact.reaction_force_n[2] - 1),
                                 std::fabs(sum / exact.reaction_force_n[2] - 1)};
  };

  const auto coarse = errors(1e-4), fine = errors(1e-5);

  CHECK(coarse[0] / fine[0] == doctest::Approx(100).epsilon(1e-2));
  CHECK(coarse[1] / fine[1] == doctest::Approx(10).epsilon(1e-2));
}

TEST_CASE("residual, balance and constraint error are what their definitions say") {
  const ElasticModel model = l_shaped_model();
  ResolvedLoadCase load_case = platen_case(model, -0.2);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (std::size_t i = 0; i < load_case.force_n.size(); i += 7) load_case.force_n[i] = 3;
  std::vector<double> u = disturbed(model, load_case, direct_solution(model, load_case), 1e-3);
  u[3 * load_case.loaded_nodes[4] + 1] += 2e-5;
  const Eigen::SparseMatrix<double> stiffness = assembled_stiffness(model);
  const Eigen::VectorXd internal = stiffness * as_vector(u);
  const Eigen::VectorXd from_prescribed =
      stiffness * as_vector(load_case.prescribed_mm.dense(model.mesh->node_count()));
  std::vector<double> r, b;
  Eigen::Vector3d unbalance(0, 0, 0);
  double magnitude = 0, work = 0;
  for (std::size_t node = 0; node < model.mesh->node_count(); ++node) {
    Eigen::Vector3d outside;
    for (int c = 0; c < 3; ++c) {
      const Eigen::Index i = static_cast<Eigen::Index>(3 * node) + c;
      const bool held = load_case.constrained[node] >> c & 1;
      outside[c] = held ? internal[i] : load_case.force_n[i];
      work += outside[c] * u[i];
      if (held) continue;
      r.push_back(load_case.force_n[i] - internal[i]);
      b.push_back(load_case.force_n[i] - from_prescribed[i]);
    }
    unbalance += outside;
    magnitude += outside.norm();
  }

  IndependentCheck check;
  const ReactionReport report = evaluate_reactions(model, load_case, u, check, nullptr);

  CHECK(check.relative_residual == doctest::Approx(std::sqrt(square_sum(r) / square_sum(b))).epsilon(1e-12));
  CHECK(check.relative_residual > 1e-4);
  CHECK(check.force_balance_error == doctest::Approx(unbalance.norm() / magnitude).epsilon(1e-9));
  CHECK(check.energy_error == doctest::Approx(std::fabs(work - internal.dot(as_vector(u))) / work).epsilon(1e-9));
  CHECK(check.constraint_error_mm == doctest::Approx(2e-5).epsilon(1e-9));
  CHECK_FALSE(report.from_energy);
}

TEST_CASE("a displacement with its axes swapped does not pass the check") {
  const ElasticModel model = l_shaped_model();
  const ResolvedLoadCase load_case = platen_case(model, -0.2);
  std::vector<double> u = direct_solution(model, load_case);
  for (std::size_t node = 0; node < model.mesh->node_count(); ++node)
    if (load_case.constrained[node] == 0) std::swap(u[3 * node], u[3 * node + 1]);

  IndependentCheck check;
  evaluate_reactions(model, load_case, u, check, nullptr);

  CHECK(check.relative_residual > 0.01);
}

TEST_CASE("torsion: energy over angle is the moment of the nodal forces on the turned end") {
  const ElasticModel model = l_shaped_model();
  const ResolvedLoadCase load_case = turned_case(model, -0.02, LoadType::torsion, 2);
  const std::vector<double> u = direct_solution(model, load_case);

  IndependentCheck check;
  std::vector<double> force;
  const ReactionReport report = evaluate_reactions(model, load_case, u, check, &force);

  const double moment = moment_about(model, load_case.loaded_nodes, force, 2);
  CHECK(report.from_energy);
  CHECK(report.reaction_moment_nmm[2] < 0);
  CHECK(report.reaction_moment_nmm[2] == doctest::Approx(moment).epsilon(1e-10));
  CHECK(report.rotational_stiffness_nmm_per_rad == doctest::Approx(moment / -0.02).epsilon(1e-10));
  CHECK(report.stiffness_n_per_mm == 0);
  CHECK(report.apparent_modulus_mpa == 0);
}

TEST_CASE("bending: energy over angle is the mean moment of the two ends") {
  const ElasticModel model = l_shaped_model();
  const ResolvedLoadCase load_case = turned_case(model, 0.02, LoadType::bending, 1);
  const std::vector<double> u = direct_solution(model, load_case);

  IndependentCheck check;
  std::vector<double> force;
  const ReactionReport report = evaluate_reactions(model, load_case, u, check, &force);

  const double high = moment_about(model, load_case.loaded_nodes, force, 1);
  const double low = moment_about(model, load_case.support_nodes, force, 1);
  CHECK(report.from_energy);
  CHECK(report.reaction_moment_nmm[1] == doctest::Approx((high - low) / 2).epsilon(1e-10));
  CHECK(report.rotational_stiffness_nmm_per_rad > 0);
}

TEST_CASE("where forces act, the reaction is what the outside puts on the loaded end, and the report says so") {
  const ElasticModel model = l_shaped_model();
  ResolvedLoadCase load_case = platen_case(model, 0);
  load_case.force_n.assign(std::size_t{3} * model.mesh->node_count(), 0);
  for (const std::uint32_t node : load_case.loaded_nodes) {
    load_case.constrained[node] = 0;
    load_case.force_n[3 * node] = 2;
    load_case.force_n[3 * node + 2] = -5;
  }
  const double count = static_cast<double>(load_case.loaded_nodes.size());
  const std::vector<double> u = direct_solution(model, load_case);

  IndependentCheck check;
  const ReactionReport report = evaluate_reactions(model, load_case, u, check, nullptr);

  CHECK_FALSE(report.from_energy);
  CHECK(report.method.find("sum of nodal forces") != std::string::npos);
  CHECK(report.reaction_force_n[0] == doctest::Approx(2 * count));
  CHECK(report.reaction_force_n[2] == doctest::Approx(-5 * count));
  CHECK(report.stiffness_n_per_mm == 0);
  CHECK(check.relative_residual < 1e-10);
  CHECK(check.force_balance_error < 1e-10);
  CHECK(check.energy_error < 1e-10);
}

TEST_CASE("a second prescribed displacement takes the energy form away") {
  const ElasticModel model = l_shaped_model();
  ResolvedLoadCase load_case = platen_case(model, -0.2);
  const std::uint32_t node = model.mesh->node_at({0, 0, 2});
  REQUIRE(node != k_no_node);
  prescribe(load_case, node, 0, 0.05);
  const std::vector<double> u = direct_solution(model, load_case);

  IndependentCheck check;
  std::vector<double> force;
  const ReactionReport report = evaluate_reactions(model, load_case, u, check, &force);

  double sum = 0;
  for (const std::uint32_t loaded : load_case.loaded_nodes) sum += force[3 * loaded + 2];
  CHECK_FALSE(report.from_energy);
  CHECK(report.reaction_force_n[2] == doctest::Approx(sum).epsilon(1e-12));
}

TEST_CASE("reports have the same digits for any number of threads") {
  const ElasticModel model = l_shaped_model();
  const ResolvedLoadCase load_case = platen_case(model, -0.2);
  const std::vector<double> u = random_field(model, 2);
  const int threads = omp_get_max_threads();
  IndependentCheck one_check, many_check;
  omp_set_num_threads(1);
  const ReactionReport one = evaluate_reactions(model, load_case, u, one_check, nullptr);
  omp_set_num_threads(5);
  const ReactionReport many = evaluate_reactions(model, load_case, u, many_check, nullptr);
  omp_set_num_threads(threads);

  CHECK(one.reaction_force_n == many.reaction_force_n);
  CHECK(one.strain_energy_mj == many.strain_energy_mj);
  CHECK(one_check.relative_residual == many_check.relative_residual);
}
