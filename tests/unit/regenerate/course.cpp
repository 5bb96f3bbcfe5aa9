// SPDX-License-Identifier: Apache-2.0
// The coupled simulation on a small gap: balances, mechanics, restart, faults.
#include <cmath>

#include "osteon/core/error.hpp"
#include "unit/regenerate/sites.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

Delivery injection(double cells, double day = 0) {
  Delivery d;
  d.cells = cells;
  d.day = day;
  d.points_mm = {{1, 1, 2.5}, {1, 1, 3.5}};
  d.spread_mm = 0.5;
  return d;
}

/// Runs `days` steps; the record of the last.
RegenerationStep run(Regeneration& simulation, int days, Monitor& monitor = silent_monitor()) {
  RegenerationStep step;
  for (int day = 0; day < days; ++day) {
    step = simulation.solve_bone(monitor);
    simulation.grow(step);
  }
  return simulation.solve_bone(monitor);
}

struct Listener : Monitor {
  std::vector<std::string> warnings;
  void warn(std::string_view text) override { warnings.emplace_back(text); }
};

}  // namespace

TEST_CASE("the fixator's play, the bone and the fixator share the force") {
  Fixator f{500, 4600, 0.1413, false, 1};
  CHECK(f.movement_mm(0) == near(0.25, 1e-3));
  const double u = f.movement_mm(100);
  CHECK(100 * u + 4600 * (u - 0.1413) == near(500, 1e-12));
  CHECK(f.movement_mm(64000) == near(500.0 / 64000, 1e-12));  // within the play the bone carries all
}

TEST_CASE("every delivered cell is accounted for, to rounding") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.deliveries = {injection(2000), injection(500, 2)};
  gap.settings.deliveries[1].name = "second";
  gap.settings.deliveries[1].donor = true;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  const RegenerationStep step = run(simulation, 12);

  REQUIRE(step.cohorts.size() == 2);
  for (const CohortBalance& b : step.cohorts) {
    CAPTURE(b.name);
    CHECK(b.now > 0);
    CHECK(b.divided > 0);
    CHECK(b.died > 0);
    CHECK(b.differentiated > 0);
    CHECK(b.engrafted > 0);
    CHECK(std::fabs(b.error()) < 1e-12 * (b.placed + b.divided));
    CHECK(std::fabs(b.delivered - b.not_retained - b.overflow - b.placed) < 1e-12 * b.delivered);
  }
  CHECK(step.cohorts[0].not_retained == near(0.7 * 2000, 1e-12));
  double crowd = 0;
  for (const auto& [name, number] : step.cells) crowd += number;
  CHECK(std::fabs(step.host_balance_error) < 1e-12 * crowd);
}

TEST_CASE("without division, loss and differentiation the cells stay what was placed") {
  const auto device = make_test_device();
  GapModel gap;
  Delivery d = injection(1000);
  d.proliferation = d.late_proliferation = 0;
  d.survival_weight = 0;
  d.survival_slow_days = 1e300;
  gap.settings.deliveries = {d};
  gap.settings.healing.differentiation = 0;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  const RegenerationStep step = run(simulation, 5);

  CHECK(step.cohorts[0].now == near(0.3 * 1000, 1e-12));
}

TEST_CASE("cells beyond saturation are counted as overflow and said") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.deliveries = {injection(1e6)};
  Listener listener;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  const CohortBalance b = simulation.solve_bone(listener).cohorts[0];

  CHECK(b.placed <= 4 * 4 * 4 * 0.125 * 1000 * (1 + 1e-12));  // the gap at c_max
  CHECK(b.overflow == near(0.3e6 - b.placed, 1e-9));
  REQUIRE(listener.warnings.size() == 1);
  CHECK(listener.warnings[0].find("no room") != std::string::npos);
}

TEST_CASE("the gap fills with bone and the movement falls") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.fixator.stiffness_n_per_mm = 2000;  // about 1 % strain in the gap: bone
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);
  const double before = simulation.solve_bone(silent_monitor()).movement_mm;

  const RegenerationStep after = run(simulation, 40);

  CHECK(after.movement_mm < 0.9 * before);
  CHECK(after.callus_bone_fraction > 0.02);
}

TEST_CASE("a step's mechanics is that of a cold static solve of the same material") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.solver.tolerance = 1e-8;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);
  const RegenerationStep step = run(simulation, 9);

  ElasticSolver cold(*device, problem_of(gap.model), gap.settings.solver);
  SolveReport report;
  std::vector<double> u = cold.solve(system_of(gap.load_case), report, silent_monitor());

  double difference = 0, size = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double expected = step.scale * u[i];
    difference = std::max(difference, std::fabs(simulation.displacement_mm()[i] - expected));
    size = std::max(size, std::fabs(expected));
  }
  CHECK(difference < 1e-5 * size);
}

TEST_CASE("the days' solves need at most half the iterations of cold ones, and find the same") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.solver.tolerance = 1e-6;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);
  int warm = 0, cold = 0;
  for (int day = 0; day < 40; ++day) {
    RegenerationStep step = simulation.solve_bone(silent_monitor());
    ElasticSolver fresh(*device, problem_of(gap.model), gap.settings.solver);
    SolveReport report;
    const std::vector<double> u = fresh.solve(system_of(gap.load_case), report, silent_monitor());
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
      difference = std::max(difference, std::fabs(simulation.displacement_mm()[i] - step.scale * u[i]));
      size = std::max(size, std::fabs(step.scale * u[i]));
    }
    CHECK(difference < 1e-5 * size);
    if (day > 0) {
      warm += step.solve.iterations;
      cold += report.iterations;
    }
    simulation.grow(step);
  }
  CAPTURE(cold);
  CAPTURE(warm);
  CHECK(2 * warm <= cold);
  CHECK(warm > 0);
}

TEST_CASE("a restored simulation goes on with the same bits") {
  const auto device = make_test_device();
  GapModel whole, first, second;
  for (GapModel* gap : {&whole, &first, &second}) gap->settings.deliveries = {injection(2000), injection(300, 6)};
  for (GapModel* gap : {&whole, &first, &second}) gap->settings.deliveries[1].name = "second";
  Regeneration straight(*device, whole.model, whole.load_case, whole.settings);
  const RegenerationStep expected = run(straight, 14);

  RegenerationState state;
  {
    Regeneration stopped(*device, first.model, first.load_case, first.settings);
    for (int day = 0; day < 5; ++day) {
      RegenerationStep step = stopped.solve_bone(silent_monitor());
      stopped.grow(step);
    }
    state = stopped.save();
  }
  Regeneration resumed(*device, second.model, second.load_case, second.settings);
  resumed.restore(state, silent_monitor());
  const RegenerationStep step = run(resumed, 9);

  CHECK(step.day == expected.day);
  CHECK(step.movement_mm == expected.movement_mm);
  CHECK(step.cohorts[0].now == expected.cohorts[0].now);
  CHECK(resumed.displacement_mm() == straight.displacement_mm());
  const auto fields = resumed.fields(), same = straight.fields();
  for (std::size_t f = 0; f < fields.size(); ++f) CHECK(fields[f].values == same[f].values);
}

TEST_CASE("a checkpoint of another model is refused") {
  const auto device = make_test_device();
  GapModel gap, other;
  other.settings.deliveries = {injection(100)};
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);
  Regeneration with_cells(*device, other.model, other.load_case, other.settings);
  with_cells.solve_bone(silent_monitor());

  CHECK_THROWS_AS(simulation.restore(with_cells.save(), silent_monitor()), InputError);
}

TEST_CASE("level A0 turns cells and stimulus into stiffness over its history") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.healing.level = HealingLevel::a0;
  gap.settings.healing.sharp_windows = true;
  gap.settings.healing.modulus_mpa = {2, 10, 1000, 6000};
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);
  const double before = simulation.solve_bone(silent_monitor()).bone_stiffness_n_per_mm;

  CHECK(run(simulation, 10).bone_stiffness_n_per_mm > 1.5 * before);
}

TEST_CASE("a scaffold carries from the first day and takes room from cells") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.regions[1] = scaffold_role();
  gap.settings.scaffold = {50, 0.4, 100};
  Delivery d;
  d.cells = 1e6;
  d.carrier = Carrier::implant;
  gap.settings.deliveries = {d};
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  const RegenerationStep step = simulation.solve_bone(silent_monitor());

  CHECK(step.cohorts[0].placed == near(0.6 * 4 * 4 * 4 * 0.125 * 1000, 1e-9));
  const std::uint32_t site = simulation.site_elements()[0];
  CHECK(gap.model.material.modulus_mpa[site] == near(50.2, 1e-6));
}

TEST_CASE("oxygen falls where cells are many, and starved cells die") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.healing.oxygen = true;
  gap.settings.healing.oxygen_use_mol_per_cell_s = 1e-15;
  gap.settings.deliveries = {injection(3000)};
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);
  run(simulation, 2);

  float lowest = 1, highest = 0;
  for (const RegenerationField& field : simulation.fields())
    if (field.name == "Oxygen")
      for (const std::uint32_t e : simulation.site_elements()) {
        lowest = std::min(lowest, field.values[e]);
        highest = std::max(highest, field.values[e]);
      }
  CHECK(lowest >= 0);
  CHECK(highest <= 0.1f);
  CHECK(lowest < 0.8f * highest);
}

TEST_CASE("fields that cannot be are found, named and not used") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.healing.production = {0.2, 0.2, -5};  // no case file can say this: tissue below nothing
  gap.settings.healing.initial_cells = 0.5;
  gap.settings.healing.differentiation_from_day = 0;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  std::string message;
  try {
    run(simulation, 30);
  } catch (const SimulationError& error) {
    message = error.what();
  }
  CHECK(message.find("Tissue_") != std::string::npos);
}

TEST_CASE("a solve that fails stops the simulation with its reason") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.solver.max_iterations = 1;
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  CHECK_THROWS_AS(simulation.solve_bone(silent_monitor()), SimulationError);
}

TEST_CASE("strain beyond 20 % is counted") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.fixator = {0, 0, 0, false, 1};
  LoadCaseSpec spec = strained("axial", -0.15);  // of the whole length, nearly all of it in the gap
  gap.load_case = resolve_load_case(*gap.model.mesh, spec);
  Regeneration simulation(*device, gap.model, gap.load_case, gap.settings);

  CHECK(simulation.solve_bone(silent_monitor()).overstrained_sites > 0);
}

TEST_CASE("a delivery that reaches no site is refused before the first day, whenever it is due") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.deliveries = {injection(100, 8)};
  gap.settings.deliveries[0].points_mm = {{500, 0, 0}};

  CHECK_THROWS_WITH_AS(Regeneration(*device, gap.model, gap.load_case, gap.settings), doctest::Contains("reaches no"),
                       UsageError);
}

TEST_CASE("a model without regenerating voxels is refused with words") {
  const auto device = make_test_device();
  GapModel gap;
  gap.settings.regions = {RegionRole{}, RegionRole{}};

  CHECK_THROWS_WITH_AS(Regeneration(*device, gap.model, gap.load_case, gap.settings), doctest::Contains("role"),
                       UsageError);
}
