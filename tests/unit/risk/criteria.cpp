// SPDX-License-Identifier: Apache-2.0
// Failure criteria: closed forms, linearity in load, invariance, limits.
#include "osteon/risk/criteria.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "osteon/core/error.hpp"
#include "support/solve_model.hpp"
#include "unit/risk/stress_states.hpp"

using namespace osteon;
using namespace osteon::test;

namespace {

constexpr double k_tension = 61, k_compression = 117;  // MPa, no ratio that could hide an exchange
constexpr double k_tolerance = 1e-12;

const std::vector<std::string> k_two_strengths = {"dp", "mohr", "modified_mohr", "hoffman", "tsaiwu"};

/// Criteria with two strengths; the modulus is that of full density for tsaiwu.
double risk(const std::string& id, const Eigen::Matrix3d& stress, double tension = k_tension,
            double compression = k_compression) {
  return risk_of(with_strengths(id, tension, compression), stress);
}

double interaction() {
  for (const Criterion::Parameter& p : find_criterion("tsaiwu").parameters)
    if (p.name == "interaction") return p.value;
  return std::nan("");
}

}  // namespace

TEST_CASE("the criteria known have the literature's defaults, and marks are kept") {
  std::string ids;
  for (const Criterion& criterion : known_criteria()) ids += criterion.id + " ";
  CHECK(ids == "ees pstrain pstrain_tissue vm dp mohr modified_mohr hoffman tsaiwu de ");
  CHECK(find_criterion("ees").parameters[0].value == 0.007);
  CHECK(find_criterion("pstrain").parameters[0].value == 0.0073);
  CHECK(find_criterion("pstrain").parameters[1].value == 0.0104);
  CHECK(find_criterion("pstrain_tissue").parameters[0].value == 0.0041);
  CHECK(find_criterion("pstrain_tissue").parameters[1].value == 0.0083);
  for (const char* id : {"pstrain", "pstrain_tissue", "vm", "dp", "mohr", "modified_mohr", "hoffman", "tsaiwu", "de"})
    CHECK_MESSAGE(find_criterion(id).source.find("(recalled, check)") != std::string::npos, id);
  CHECK_THROWS_WITH_AS(
      find_criterion("mises"),
      "there is no failure criterion \"mises\"; known are: ees, pstrain, pstrain_tissue, vm, dp, mohr, "
      "modified_mohr, hoffman, tsaiwu, de",
      UsageError);
}

TEST_CASE("risk is 1 under uniaxial stress at either strength") {
  for (const std::string& id : k_two_strengths)
    for (const auto& stress : {diagonal(k_tension, 0, 0), diagonal(0, 0, k_tension), diagonal(-k_compression, 0, 0),
                               diagonal(0, -k_compression, 0)})
      CHECK_MESSAGE(risk(id, stress) == near(1, k_tolerance), id);
  CHECK(risk("vm", diagonal(0, k_tension, 0)) == near(1, k_tolerance));
  CHECK(risk("vm", diagonal(0, -k_tension, 0)) == near(1, k_tolerance));
  const double strength = 102 * std::pow(0.9, 1.8);
  CHECK(risk_of(find_criterion("de"), diagonal(0, 0, -strength)) == near(1, k_tolerance));
  CHECK(risk_of(find_criterion("pstrain"), diagonal(0.0073, 0, 0)) == near(1, k_tolerance));
  CHECK(risk_of(find_criterion("pstrain"), diagonal(0, -0.0104, 0)) == near(1, k_tolerance));
  CHECK(risk_of(find_criterion("pstrain_tissue"), diagonal(0.0041, 0.002, 0)) == near(1, k_tolerance));
  CHECK(risk_of(find_criterion("pstrain_tissue"), diagonal(-0.001, -0.0083, 0)) == near(1, k_tolerance));
  CHECK(risk_of(find_criterion("ees"), diagonal(0.007, 0, 0)) == near(1, k_tolerance));
}

TEST_CASE("pure shear has its closed form") {
  const double t = 23, st = k_tension, sc = k_compression;
  const Eigen::Matrix3d stress = shear_xy(t);
  CHECK(risk("vm", stress) == near(std::sqrt(3) * t / st, k_tolerance));
  CHECK(risk("dp", stress) == near(t * std::sqrt(3) * (sc + st) / (2 * sc * st), k_tolerance));
  CHECK(risk("mohr", stress) == near(t / st + t / sc, k_tolerance));
  CHECK(risk("modified_mohr", stress) == near(t / st + t / sc, k_tolerance));
  CHECK(risk("hoffman", stress) == near(t * std::sqrt(3 / (st * sc)), k_tolerance));
  CHECK(risk("tsaiwu", stress) == near(t * std::sqrt(2 * (1 + interaction()) / (st * sc)), k_tolerance));
  CHECK(risk_of(find_criterion("de"), stress) == near(std::sqrt(3) * t / (102 * std::pow(0.9, 1.8)), k_tolerance));
  CHECK(risk_of(find_criterion("pstrain"), shear_xy(0.004)) == near(0.004 / 0.0073, k_tolerance));
}

TEST_CASE("hydrostatic stress has its closed form, in tension and compression") {
  const double p = 19, st = k_tension, sc = k_compression, linear = 3 * p * (1 / st - 1 / sc);
  const Eigen::Matrix3d pull = diagonal(p, p, p), push = diagonal(-p, -p, -p);
  CHECK(risk("dp", pull) == near(3 * p * (sc - st) / (2 * sc * st), k_tolerance));
  CHECK(risk("mohr", pull) == near(p / st - p / sc, k_tolerance));
  CHECK(risk("modified_mohr", pull) == near(p / st, k_tolerance));
  CHECK(risk("modified_mohr", push) == near(p / sc, k_tolerance));
  CHECK(risk("hoffman", pull) == near(linear, k_tolerance));
  for (const char* id : {"vm", "dp", "mohr", "hoffman"}) CHECK_MESSAGE(risk(id, push) == 0, id);
  CHECK(risk("vm", pull) == 0);
  CHECK(risk_of(find_criterion("de"), pull) == 0);
  // Tsai-Wu: the load factor 1 / RF solves A lambda^2 + B lambda = 1.
  const double quadratic = (3 - 6 * interaction()) * p * p / (st * sc);
  for (const double sign : {1.0, -1.0}) {
    const double lambda = 1 / risk("tsaiwu", sign * pull);
    CHECK(quadratic * lambda * lambda + sign * linear * lambda == near(1, k_tolerance));
  }
  CHECK(risk_of(find_criterion("pstrain"), diagonal(-0.003, -0.003, -0.003)) == near(0.003 / 0.0104, k_tolerance));
}

TEST_CASE("risk is linear in load, never negative and the same in every frame") {
  RandomStates random(1);
  for (const Criterion& criterion : known_criteria()) {
    CAPTURE(criterion.id);
    const double size = criterion.id == "ees" || criterion.id.find("pstrain") == 0 ? 0.005 : 40;
    for (int i = 0; i < 500; ++i) {
      const Eigen::Matrix3d m = random.tensor(size), q = random.rotation();
      const double risk = risk_of(criterion, m);
      REQUIRE(risk >= 0);
      REQUIRE(risk_of(criterion, 3.7 * m) == near(3.7 * risk, k_tolerance));
      // near the edge of a cone RF is the small difference of large numbers
      REQUIRE(std::fabs(risk_of(criterion, q * m * q.transpose()) - risk) <= k_tolerance * (1 + risk));
    }
    CHECK(risk_of(criterion, Eigen::Matrix3d::Zero()) == 0);
    Eigen::Matrix3d bad = random.tensor(size);
    bad(0, 1) = bad(1, 0) = std::nan("");
    CHECK(std::isnan(risk_of(criterion, bad)));
    bad = random.tensor(size);
    bad(2, 2) = std::nan("");
    CHECK(std::isnan(risk_of(criterion, bad)));
  }
}

TEST_CASE("with one strength Drucker-Prager and Hoffman are von Mises, Mohr is Tresca") {
  RandomStates random(2);
  for (int i = 0; i < 500; ++i) {
    const Eigen::Matrix3d m = random.tensor(40);
    const Eigen::Vector3d s = m.selfadjointView<Eigen::Lower>().eigenvalues();
    const double mises =
        std::sqrt((std::pow(s[0] - s[1], 2) + std::pow(s[1] - s[2], 2) + std::pow(s[2] - s[0], 2)) / 2);
    REQUIRE(risk("vm", m, 80, 80) == near(mises / 80, k_tolerance));
    REQUIRE(risk("dp", m, 80, 80) == near(mises / 80, k_tolerance));
    REQUIRE(risk("hoffman", m, 80, 80) == near(mises / 80, k_tolerance));
    REQUIRE(risk("mohr", m, 80, 80) == near((s[2] - s[0]) / 80, k_tolerance));
    const bool mixed = s[2] >= 0 && s[0] <= 0;
    REQUIRE(risk("modified_mohr", m, 80, 80) ==
            near(mixed ? (s[2] - s[0]) / 80 : std::max(s[2], -s[0]) / 80, k_tolerance));
  }
}

TEST_CASE("Tsai-Wu with an interaction of one half is Hoffman") {
  RandomStates random(3);
  Criterion tsai_wu = with_strengths("tsaiwu", k_tension, k_compression);
  set_parameter(tsai_wu, "interaction", 0.5);
  for (int i = 0; i < 200; ++i) {
    const Eigen::Matrix3d m = random.tensor(40);
    REQUIRE(risk_of(tsai_wu, m) == near(risk("hoffman", m), k_tolerance));
  }
}

TEST_CASE("Tsai-Wu strengths follow bone volume fraction and fabric") {
  const double density = 0.2, modulus = 9759 * std::pow(density, 1.91), q = 0.98;
  Criterion criterion = find_criterion("tsaiwu");
  CHECK(risk_of(criterion, diagonal(0, 57.69 * std::pow(density, 1.82), 0), modulus) == near(1, k_tolerance));
  CHECK(risk_of(criterion, diagonal(57.69, 0, 0), 20000) == near(1, k_tolerance));  // BV/TV is 1 at most

  const double across = 0.8, along = 1.4;
  set_parameter(criterion, "fabric_x", across);
  set_parameter(criterion, "fabric_y", across);
  set_parameter(criterion, "fabric_z", along);
  const double strength = std::pow(density, 1.82);
  CHECK(risk_of(criterion, diagonal(0, 0, 57.69 * strength * std::pow(along, 2 * q)), modulus) == near(1, k_tolerance));
  CHECK(risk_of(criterion, diagonal(-73.10 * strength * std::pow(across, 2 * q), 0, 0), modulus) ==
        near(1, k_tolerance));
  RandomStates random(4);
  const Eigen::Matrix3d m = random.tensor(20);
  const double risk = risk_of(criterion, m, modulus);
  for (const double angle : {0.3, 1.1, 2.9}) {  // transversely isotropic: about z, and not about x
    const Eigen::Matrix3d z = Eigen::AngleAxisd(angle, Eigen::Vector3d::UnitZ()).matrix();
    const Eigen::Matrix3d x = Eigen::AngleAxisd(angle, Eigen::Vector3d::UnitX()).matrix();
    CHECK(risk_of(criterion, z * m * z.transpose(), modulus) == near(risk, k_tolerance));
    CHECK(std::fabs(risk_of(criterion, x * m * x.transpose(), modulus) - risk) > 1e-3 * risk);
  }
  set_parameter(criterion, "shear_mpa", 29.61);
  const double shear_strength = 29.61 * strength * std::pow(across * across, q);
  CHECK(risk_of(criterion, shear_xy(shear_strength), modulus) == near(1, k_tolerance));
}

TEST_CASE("strengths are yield strains times the modulus of the voxel unless given in MPa") {
  for (const char* id : {"vm", "dp", "mohr", "modified_mohr", "hoffman"})
    for (const double modulus : {300.0, 18000.0}) {
      CHECK_MESSAGE(risk_of(find_criterion(id), diagonal(0.0073 * modulus, 0, 0), modulus) == near(1, k_tolerance), id);
      if (std::string(id) != "vm")
        CHECK_MESSAGE(risk_of(find_criterion(id), diagonal(-0.0104 * modulus, 0, 0), modulus) == near(1, k_tolerance),
                      id);
    }
}
