// SPDX-License-Identifier: Apache-2.0
// Whole-bone scores and probabilities against their definitions.
#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "osteon/core/error.hpp"
#include "osteon/risk/probability.hpp"
#include "osteon/risk/scores.hpp"

using namespace osteon;

TEST_CASE("strength classes at every boundary of the published table") {
  struct Row {
    BoneSite site;
    Sex sex;
    double fragile_to, normal_from;
  };
  for (const Row& row : {Row{BoneSite::hip, Sex::female, 3000, 4000}, Row{BoneSite::spine, Sex::female, 4500, 6000},
                         Row{BoneSite::hip, Sex::male, 3500, 5000}, Row{BoneSite::spine, Sex::male, 6500, 8500}}) {
    CHECK(classify_strength(row.site, row.sex, row.fragile_to) == StrengthClass::fragile);
    CHECK(classify_strength(row.site, row.sex, row.fragile_to + 1) == StrengthClass::low);
    CHECK(classify_strength(row.site, row.sex, row.normal_from - 1) == StrengthClass::low);
    CHECK(classify_strength(row.site, row.sex, row.normal_from) == StrengthClass::normal);
  }
  CHECK_THROWS_AS(classify_strength(BoneSite::hip, Sex::male, 0), UsageError);
  CHECK_THROWS_AS(classify_strength(BoneSite::hip, Sex::male, NAN), UsageError);
}

TEST_CASE("loads of a fall follow their formulas, and soft tissue takes its part") {
  Patient patient;
  patient.mass_kg = 60;
  patient.height_m = 1.6;
  patient.trochanteric_soft_tissue_mm = 20;
  const FallLoad carpenter = fall_load("carpenter", patient), bouxsein = fall_load("bouxsein", patient);

  CHECK(carpenter.peak_n == doctest::Approx(8.25 * 60 * 9.80665 * std::sqrt(1.6 / 1.7)).epsilon(1e-12));
  const double peak = std::sqrt(2 * 9.80665 * 0.51 * 1.6 * 71000 * 30);
  CHECK(bouxsein.peak_n == doctest::Approx(peak).epsilon(1e-12));
  CHECK(bouxsein.attenuated_n == doctest::Approx(peak - 1420).epsilon(1e-12));
  patient.trochanteric_soft_tissue_mm = 500;
  CHECK(fall_load("bouxsein", patient).attenuated_n == 0);
  CHECK(impact_speed_m_per_s(patient) == doctest::Approx(std::sqrt(2 * 9.80665 * 0.816)).epsilon(1e-12));
  patient.mass_kg = 0;
  CHECK_THROWS_AS(fall_load("bouxsein", patient), UsageError);
  CHECK_THROWS_AS(fall_load("other", patient), UsageError);
}

TEST_CASE("load to strength knows its transition zone") {
  CHECK(load_to_strength(3000, 3000).ratio == 1);
  CHECK(load_to_strength(799, 1000).verdict.substr(0, 5) == "below");
  CHECK(load_to_strength(800, 1000).verdict.substr(0, 6) == "within");
  CHECK(load_to_strength(1200, 1000).verdict.substr(0, 6) == "within");
  CHECK(load_to_strength(1201, 1000).verdict.substr(0, 5) == "above");
  CHECK(crawford_strength_n(23356, 29.24) == doctest::Approx(0.0068 * 23356 * 29.24).epsilon(1e-12));
  CHECK(fixed_deformation_strength_n(1600, 88, 0.04) == doctest::Approx(5632).epsilon(1e-12));
}

TEST_CASE("scores are put together from strength, patient and loads, and what is missing is said") {
  ScoreRequest request;
  request.site = BoneSite::spine;
  request.activities = {{"standing", 6, 0}, {"lifting", 10, 300}};
  CHECK_THROWS_WITH_AS(bone_scores(4000, request), doctest::Contains("'standing'"), UsageError);
  request.patient.mass_kg = 50;
  const BoneScores unknown = bone_scores(4000, request);
  CHECK(!unknown.strength_class);
  CHECK(unknown.notes == std::vector<std::string>{"no strength class without patient.sex"});
  request.patient.sex = Sex::female;
  const BoneScores spine = bone_scores(4000, request);
  REQUIRE(spine.strength_class);
  CHECK(*spine.strength_class == StrengthClass::fragile);
  REQUIRE(spine.ratios.size() == 2);  // a spine does not fall on the hip
  CHECK(spine.ratios[0].ratio.ratio == 0.075);
  CHECK(spine.ratios[1].load_n == 800);
  CHECK(spine.notes.empty());
  CHECK_THROWS_AS(activity_load_n({"nothing", 0, 0}, request.patient), UsageError);

  request.site = BoneSite::hip;
  request.activities.clear();
  CHECK(bone_scores(4000, request).notes.size() == 1);  // no height
  request.patient.height_m = 1.6;
  request.patient.trochanteric_soft_tissue_mm = 500;
  const BoneScores hip = bone_scores(4000, request);
  REQUIRE(hip.ratios.size() == 1);
  CHECK(hip.ratios[0].model == "carpenter");
  CHECK(hip.notes.empty());
  CHECK(hip.warnings.size() == 1);
  request.load_n = 2000;
  CHECK(bone_scores(4000, request).ratios.at(0).ratio.ratio == 0.5);
}

TEST_CASE("z-scores invert the LMS distribution, between the ages of the table, too") {
  const std::vector<LmsRow> table = {{20, 0.5, 100, 0.1}, {40, 0.0, 80, 0.2}};
  for (const double z : {-2.5, 0.0, 1.0}) {
    const double young = 100 * std::pow(1 + 0.5 * 0.1 * z, 2), old = 80 * std::exp(0.2 * z);
    const double between = 90 * std::pow(1 + 0.25 * 0.15 * z, 4);
    CHECK(std::fabs(lms_z_score(table, 20, young) - z) < 1e-12);
    CHECK(std::fabs(lms_z_score(table, 40, old) - z) < 1e-12);
    CHECK(std::fabs(lms_z_score(table, 30, between) - z) < 1e-12);
  }
  CHECK_THROWS_AS(lms_z_score(table, 19, 100), UsageError);
  CHECK_THROWS_AS(lms_z_score(table, 41, 100), UsageError);
  CHECK_THROWS_AS(lms_z_score({}, 30, 100), UsageError);
}

TEST_CASE("the probability of failure is that of a million draws of resistance and demand") {
  RiskUncertainty uncertainty;
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  constexpr int k_draws = 1000000;
  for (const double risk : {0.5, 0.8, 1.0, 1.3}) {
    int failed = 0;
    for (int i = 0; i < k_draws; ++i) {
      const double resistance = std::exp(uncertainty.yield_strain * normal(random));
      const double demand =
          risk * std::exp(uncertainty.material_law * normal(random) + uncertainty.load_size * normal(random) +
                          uncertainty.load_direction * normal(random));
      failed += demand > resistance ? 1 : 0;
    }
    const double p = failure_probability(risk, uncertainty.total());
    CAPTURE(risk);
    CHECK(std::fabs(p - static_cast<double>(failed) / k_draws) < 3 * std::sqrt(p * (1 - p) / k_draws));
  }
  CHECK(failure_probability(1.0, 0.3) == 0.5);
  CHECK(failure_probability(0.0, 0.3) == 0);
  CHECK(failure_probability(0.9, 0.0) == 0);
  CHECK(failure_probability(1.1, 0.0) == 1);
  CHECK(std::isnan(failure_probability(NAN, 0.3)));
}

TEST_CASE("shares of variance add up and follow the squares") {
  RiskUncertainty u{0.1, 0.2, 0.2, 0.4};
  const VarianceShares shares = variance_shares(u);
  CHECK(shares.yield_strain == doctest::Approx(0.04).epsilon(1e-12));
  CHECK(shares.material_law == doctest::Approx(0.16).epsilon(1e-12));
  CHECK(shares.load_size == doctest::Approx(0.16).epsilon(1e-12));
  CHECK(shares.load_direction == doctest::Approx(0.64).epsilon(1e-12));
  CHECK(variance_shares({0, 0, 0, 0}).load_size == 0);
}

TEST_CASE("the weakest link grows with volume and risk, and leaves out what is not evaluated") {
  MaterialField material;
  material.materials.resize(2);
  material.materials[1].in_evaluation_set = false;
  material.material_index.assign(10000, 0);
  std::vector<float> risk(10000, 0.8f);
  const WeakestLink link{6, 50, 1};
  const double expected = 1 - std::exp(-10000 * 0.001 * std::pow(static_cast<double>(0.8f), 6) / 50);

  CHECK(structure_probability(risk, material, 0.001, link) == doctest::Approx(expected).epsilon(1e-12));
  for (std::size_t e = 5000; e < 10000; ++e) {
    material.material_index[e] = 1;
    risk[e] = 100;
  }
  CHECK(structure_probability(risk, material, 0.002, link) == doctest::Approx(expected).epsilon(1e-12));
  CHECK_THROWS_AS(structure_probability(risk, material, 0.001, {0, 1, 1}), UsageError);
}
