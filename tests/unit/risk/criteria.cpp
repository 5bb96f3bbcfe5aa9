// SPDX-License-Identifier: Apache-2.0
// Failure criteria: closed forms, linearity in load, invariance; and the summary of a map.
#include "osteon/risk/criteria.hpp"

#include <doctest/doctest.h>

#include <Eigen/Dense>
#include <cmath>
#include <limits>
#include <random>

#include "osteon/core/error.hpp"
#include "src/risk/criteria_body.hpp"

using namespace osteon;

namespace {

ElementFields fields_of(const std::vector<double>& effective, const std::vector<float>& principal) {
  ElementFields fields;
  fields.effective_strain = effective;
  fields.energy_density.resize(principal.empty() ? effective.size() : principal.size() / 3);
  fields.principal_strain = principal;
  return fields;
}

/// RF by principal strain of a strain tensor.
double pstrain(const Eigen::Matrix3d& m) {
  const double voigt[6] = {m(0, 0), m(1, 1), m(2, 2), 2 * m(1, 2), 2 * m(2, 0), 2 * m(0, 1)};
  const auto values = principal_values(voigt, true);
  return risk::principal_strain_risk(values[0], values[2], 0.0073, 0.0104);
}

ElasticModel row_of_voxels(int count) {
  ElasticModel model;
  model.mesh = std::make_shared<const VoxelMesh>(Index3{count, 1, 1}, Vec3{1, 1, 1},
                                                 std::vector<std::uint8_t>(static_cast<std::size_t>(count), 1));
  model.material.materials.resize(2);
  model.material.materials[1].in_evaluation_set = false;
  model.material.material_index.assign(static_cast<std::size_t>(count), 0);
  return model;
}

}  // namespace

TEST_CASE("the criteria known are ees and pstrain, with the literature's defaults") {
  REQUIRE(known_criteria().size() == 2);
  const Criterion ees = find_criterion("ees"), pstrain = find_criterion("pstrain");
  CHECK(ees.parameters[0].value == 0.007);
  CHECK(pstrain.parameters[0].value == 0.0073);
  CHECK(pstrain.parameters[1].value == 0.0104);
  CHECK(pstrain.source.find("(recalled, check)") != std::string::npos);
}

TEST_CASE("an unknown criterion is an error that names the known ones") {
  CHECK_THROWS_WITH_AS(find_criterion("mises"), "there is no failure criterion \"mises\"; known are: ees, pstrain",
                       UsageError);
}

TEST_CASE("risk is 1 at each limit, in tension and in compression, and 0 without strain") {
  CHECK(risk::effective_strain_risk(0.007, 0.007) == 1);
  CHECK(risk::principal_strain_risk(0.0073, 0, 0.0073, 0.0104) == 1);
  CHECK(risk::principal_strain_risk(0, -0.0104, 0.0073, 0.0104) == 1);
  CHECK(risk::principal_strain_risk(0, 0, 0.0073, 0.0104) == 0);
  CHECK(risk::principal_strain_risk(-0.001, -0.002, 0.0073, 0.0104) == doctest::Approx(0.002 / 0.0104).epsilon(1e-15));
  CHECK(risk::principal_strain_risk(0.002, 0.001, 0.0073, 0.0104) == doctest::Approx(0.002 / 0.0073).epsilon(1e-15));
  CHECK(std::isnan(risk::principal_strain_risk(std::nan(""), 0, 0.0073, 0.0104)));
}

TEST_CASE("principal-strain risk of shear, uniaxial and hydrostatic strain has its closed form") {
  Eigen::Matrix3d shear = Eigen::Matrix3d::Zero();
  shear(0, 1) = shear(1, 0) = 0.004;
  const Eigen::Matrix3d uniaxial = Eigen::Vector3d(0.3 * 0.005, -0.005, 0.3 * 0.005).asDiagonal();
  const Eigen::Matrix3d sphere = -0.003 * Eigen::Matrix3d::Identity();
  CHECK(pstrain(shear) == doctest::Approx(0.004 / 0.0073).epsilon(1e-12));
  CHECK(pstrain(uniaxial) == doctest::Approx(0.005 / 0.0104).epsilon(1e-12));
  CHECK(pstrain(sphere) == doctest::Approx(0.003 / 0.0104).epsilon(1e-12));
}

TEST_CASE("principal-strain risk is linear in load and does not change with the frame") {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 2000; ++i) {
    Eigen::Matrix3d m;
    for (int j = 0; j < 9; ++j) m.data()[j] = 0.005 * normal(random);
    m = (m + m.transpose()).eval() / 2;
    const Eigen::Matrix3d q =
        Eigen::Quaterniond(normal(random), normal(random), normal(random), normal(random)).normalized().matrix();
    const double risk = pstrain(m);
    REQUIRE(pstrain(3.7 * m) == doctest::Approx(3.7 * risk).epsilon(1e-12));
    REQUIRE(pstrain(q * m * q.transpose()) == doctest::Approx(risk).epsilon(1e-12));
    REQUIRE(risk >= 0);
  }
}

TEST_CASE("maps hold the criterion of each element, with the parameters given") {
  const ElementFields fields = fields_of({0.007, 0.0035}, {0.0073f, 0, 0, 0.001f, 0, -0.0208f});
  CHECK(risk_factor(find_criterion("ees"), fields) == std::vector<float>{1.0f, 0.5f});
  const std::vector<float> principal = risk_factor(find_criterion("pstrain"), fields);
  CHECK(principal[0] == doctest::Approx(1).epsilon(1e-6));
  CHECK(principal[1] == doctest::Approx(2).epsilon(1e-6));

  Criterion stricter = find_criterion("ees");
  stricter.parameters[0].value = 0.0035;
  CHECK(risk_factor(stricter, fields)[0] == 2.0f);
  stricter.parameters[0].value = 0;
  CHECK_THROWS_AS(risk_factor(stricter, fields), UsageError);
}

TEST_CASE("a map of principal strain that was not computed is refused") {
  CHECK_THROWS_AS(risk_factor(find_criterion("pstrain"), fields_of({0.001, 0.002}, {})), InternalError);
}

TEST_CASE("the summary counts the evaluation set only and finds the most loaded voxel") {
  ElasticModel model = row_of_voxels(11);
  std::vector<float> risk(11);
  for (int i = 0; i < 11; ++i) risk[i] = 0.2f * static_cast<float>(i);  // 0 ... 2
  model.material.material_index[10] = 1;                                // the highest is PMMA

  const RiskSummary summary = summarise_risk(find_criterion("ees"), risk, model);

  CHECK(summary.criterion == "ees");
  CHECK(summary.max == doctest::Approx(1.8).epsilon(1e-6));
  CHECK(summary.p98 == doctest::Approx(1.8 - 0.18 * 0.2).epsilon(1e-6));
  CHECK(summary.volume_percent_above_1 == 50);  // 1.0 1.2 1.4 1.6 1.8 of ten
  CHECK(summary.most_loaded_voxel == Index3{9, 0, 0});
}

TEST_CASE("a model without any evaluated tissue has an empty summary") {
  ElasticModel model = row_of_voxels(3);
  model.material.material_index.assign(3, 1);
  const RiskSummary summary = summarise_risk(find_criterion("ees"), {1, 2, 3}, model);
  CHECK(summary.max == 0);
  CHECK(summary.volume_percent_above_1 == 0);
}
