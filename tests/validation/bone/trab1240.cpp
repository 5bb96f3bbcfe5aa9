// SPDX-License-Identifier: Apache-2.0
// Trabecular bone by HR-pQCT: every number that FAIM, ParOSol and an exact solve agree on.
// Source: wallematthias/parosol-py, tests/fixtures/trab1240; fracture-risk 8.2 C.
#include <doctest/doctest.h>

#include <cmath>

#include "osteon/image/prepare.hpp"
#include "osteon/image/read.hpp"
#include "osteon/risk/pistoia.hpp"
#include "support/solve_model.hpp"

using namespace osteon;
using namespace osteon::test;

TEST_CASE("trab1240 carries the published force and fails at the published load") {
  const std::filesystem::path data = validation_data();
  if (data.empty() || !std::filesystem::exists(data / "trab1240")) {
    MESSAGE("skipped: OSTEON_VALIDATION_DATA holds no trab1240");
    return;
  }
  constexpr double k_accepted = 5e-4, k_accepted_field = 2e-3;
  const auto device = make_test_device();
  const PreparedImage bone = prepare_image(read_image(data / "trab1240/trab1240_labels.mha", {}, silent_monitor()),
                                           nullptr, {}, silent_monitor());
  const ElasticModel model = model_of(bone.labels, {isotropic_material(10000)});
  CHECK(bone.removed_voxels == 0);
  CHECK(model.mesh->element_count() == 179421);
  CHECK(model.mesh->node_count() == 334817);

  const Solved solved = solve_case(*device, model, strained("axial", -0.01), {});

  MESSAGE(solved.solve.method << ": " << solved.solve.iterations << " iterations, set-up " << solved.solve.setup_s
                              << " s, solve " << solved.solve.solve_s << " s");
  CHECK(solved.load_case.loaded_nodes.size() == 1671);
  CHECK(solved.load_case.applied_displacement_mm == near(-0.07648012, 1e-6));
  CHECK(solved.reactions.reaction_force_n[2] == near(-71.5192, k_accepted));
  CHECK(solved.reactions.stiffness_n_per_mm == near(935.12, k_accepted));
  CHECK(solved.check.relative_residual < 1.1e-6);
  CHECK(solved.check.force_balance_error < 1e-4);
  CHECK(solved.check.energy_error < 1e-4);
  CHECK(solved.solve.iterations <= 40);  // 20 to 33 with the settings of the study

  const ElementFields fields = compute_fields(model, solved.displacement_mm, {});
  const PistoiaResult pistoia =
      pistoia_failure_load(model.material, fields.effective_strain, solved.reactions.reaction_force_n[2], {});
  CHECK(pistoia.ees_at_critical_volume == near(9.8294e-3, k_accepted));
  CHECK(pistoia.factor == near(0.71215, k_accepted));
  CHECK(pistoia.failure_load_n == near(50.932, k_accepted));
  const FieldStatistics energy = field_statistics(fields.energy_density, "MPa");
  CHECK(energy.mean == near(0.059094, k_accepted));
  CHECK(energy.p95 == near(0.25963, k_accepted));
  CHECK(energy.p98 == near(0.48307, k_accepted));

  const VoxelImage reference = read_image(data / "trab1240/reference_strain_energy_density.mha", {}, silent_monitor());
  double error = 0, norm = 0;
  for (std::uint32_t e = 0; e < model.mesh->element_count(); ++e) {
    const Index3 p = model.mesh->element_positions()[e];
    const double wanted = static_cast<double>(reference.at(p.x, p.y, p.z));
    error += (fields.energy_density[e] - wanted) * (fields.energy_density[e] - wanted);
    norm += wanted * wanted;
  }
  MESSAGE("force " << solved.reactions.reaction_force_n[2] << " N, failure load " << pistoia.failure_load_n
                   << " N, SED field relative L2 " << std::sqrt(error / norm));
  CHECK(std::sqrt(error / norm) < k_accepted_field);
}
